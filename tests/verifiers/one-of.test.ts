import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createExact } from "../../verifiers/exact.ts";
import { createInsensitive } from "../../verifiers/insensitive.ts";
import { createJsonEquality } from "../../verifiers/json-equality.ts";
import { createOneOf } from "../../verifiers/one-of.ts";
import { createRegex } from "../../verifiers/regex.ts";
import { createTokenF1 } from "../../verifiers/token-f1.ts";
import { scoreBy, taskOf } from "./scoring.ts";

describe("one of several", () => {
  test("gives 1 for any text of the list, and names them where none is met", async () => {
    const oneOf = createOneOf();
    expect(await scoreBy(oneOf, " b ", ["a", "b"])).toEqual({ value: 1, objectives: {}, feedback: 'Right: "b".' });
    expect(await scoreBy(oneOf, "c", ["a", "b"])).toMatchObject({
      value: 0,
      feedback: 'Expected one of "a", "b", got "c".',
    });
    const { feedback } = await scoreBy(oneOf, "z", ["a", "b", "c", "d", "e", "f", "g"]);
    expect(feedback).toBe('Expected one of "a", "b", "c", "d", "e" or 2 more, got "z".');
  });

  test("takes a single text as a list of one", async () => {
    expect(await scoreBy(createOneOf(), "a", "a")).toMatchObject({ value: 1 });
    expect(await scoreBy(createOneOf(), "b", "a")).toMatchObject({ value: 0, feedback: 'Expected "a", got "b".' });
  });

  test("compares as it is told to, and gives the best score", async () => {
    expect(await scoreBy(createOneOf(), "NEW  york", ["New York", "NYC"])).toMatchObject({ value: 0 });
    expect(await scoreBy(createOneOf({ each: createInsensitive() }), "NEW  york", ["NYC", "New York"])).toMatchObject({
      value: 1,
    });
    const best = await scoreBy(createOneOf({ each: createTokenF1() }), "red car", ["blue bicycle", "big red car"]);
    expect(best.value).toBeCloseTo(0.8);
    expect(best.feedback).toContain("big red car");
    expect(await scoreBy(createOneOf({ each: createJsonEquality() }), "[1]", [[2], [1]])).toMatchObject({ value: 1 });
    expect(await scoreBy(createOneOf({ each: createRegex() }), "abc", ["^x", "c$"])).toMatchObject({ value: 1 });
    const missed = await scoreBy(createOneOf({ each: createRegex() }), "abc", ["^x", "^y"]);
    expect(missed.feedback).not.toContain("^x");
    expect(missed.detail).toContain("^x");
  });

  test("refuses an empty list, and what the comparison refuses", () => {
    const { check } = createOneOf();
    expect(() => check?.(taskOf([]))).toThrow(/"t1" has an empty list as "expected"/);
    expect(() => check?.(taskOf(["a", { b: 1 }]))).toThrow(/the exact verifier needs "expected"/);
    expect(() => check?.(taskOf())).toThrow(/has no expected value/);
    expect(() => createOneOf({ each: createRegex() }).check?.(taskOf(["a", "("]))).toThrow(/cannot be used/);
    expect(() => check?.(taskOf(["a", 2, true]))).not.toThrow();
  });

  test("names itself and its comparison, and whether it expects patterns", () => {
    expect(createOneOf().fingerprint).toBe("one-of@2:exact@1");
    expect(createOneOf({ each: createRegex() }).expects).toBe("pattern");
    expect(createOneOf().expects).toBeUndefined();
  });

  test("is the best of its parts, in any order", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.string(), { minLength: 1, maxLength: 6 }), fc.string(), async (texts, text) => {
        const each = await Promise.all(texts.map((one) => scoreBy(createExact(), text, one)));
        const best = Math.max(...each.map(({ value }) => value));
        expect((await scoreBy(createOneOf(), text, texts)).value).toBe(best);
        expect((await scoreBy(createOneOf(), text, texts.toReversed())).value).toBe(best);
      }),
    );
  });
});
