import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Json } from "../../state/json.ts";
import { createJsonEquality, firstDifference } from "../../verifiers/json-equality.ts";
import { scoreBy, taskOf } from "./scoring.ts";

const json = createJsonEquality();

describe("JSON equality", () => {
  test.each<[string, Json]>([
    ['{"b": [1, 2], "a": {"c": null}}', { a: { c: null }, b: [1, 2] }],
    ["1.0", 1],
    ["-0", 0],
    ["1e2", 100],
    ['"a\\u0062"', '"ab"'],
    [" [ ] \n", []],
    ['```json\n{"a": 1}\n```', { a: 1 }],
    ["```\n[1]```", [1]],
    ['{"a": 1}', '{"a": 1}'],
    ['{"__proto__": 1}', '{"__proto__": 1}'],
    ["null", null],
  ])("%j is %j", async (text, expected) => {
    expect(await scoreBy(json, text, expected)).toMatchObject({ value: 1, feedback: "Right: the same JSON." });
  });

  test.each<[string, Json, string]>([
    ['{"items": [{"price": 4}]}', { items: [{ price: 3 }] }, "At $.items[0].price expected 3, got 4."],
    ['{"b": 2, "a": 2}', { a: 1, b: 1 }, "At $.a expected 1, got 2."],
    ["{}", { a: "x" }, 'At $.a expected "x", got nothing.'],
    ['{"a": 1, "odd key": 2}', { a: 1 }, 'At $["odd key"] expected nothing, got 2.'],
    ["[1]", [1, [2]], "At $[1] expected a list of 1, got nothing."],
    ["[1, 2]", [1], "At $[1] expected nothing, got 2."],
    ["[]", {}, "At $ expected an empty object, got a list of 0."],
    ["null", { a: 1 }, 'At $ expected an object with "a", got null.'],
    ['"1"', 1, 'At $ expected 1, got "1".'],
    ["[2, 1]", [1, 2], "At $[0] expected 1, got 2."],
    ["1e999", 1, "At $ expected 1, got 1e999."],
    ['{"toString": 1}', {}, "At $.toString expected nothing, got 1."],
  ])("%j is not %j", async (text, expected, feedback) => {
    expect(await scoreBy(json, text, expected)).toEqual({ value: 0, objectives: {}, feedback });
  });

  test("an answer that is no JSON is wrong, and says why", async () => {
    for (const text of ["", "The answer is {}", "{a: 1}", '```json\n{"a": 1}\n``` as asked'])
      expect(await scoreBy(json, text, { a: 1 })).toMatchObject({ value: 0, feedback: /^The answer is no JSON \(/ });
  });

  test("numbers may differ by the tolerance, everywhere", async () => {
    const near = createJsonEquality({ tolerance: 0.01 });
    expect(await scoreBy(near, '{"a": [100.9, "x"]}', { a: [100, "x"] })).toMatchObject({ value: 1 });
    expect(await scoreBy(near, '{"a": [101.1, "x"]}', { a: [100, "x"] })).toMatchObject({ value: 0 });
    expect(await scoreBy(near, "0.001", 0)).toMatchObject({ value: 0 });
    expect(await scoreBy(near, "5", "1e999")).toMatchObject({ value: 0 });
    expect(() => createJsonEquality({ tolerance: -1 })).toThrow("must be at least 0 and below 1");
    expect([json.fingerprint, near.fingerprint]).toEqual(["json@2:0", "json@2:0.01"]);
  });

  test.each([
    ["12345678901234567890", "12345678901234567890", 1],
    ["12345678901234568000", "12345678901234567890", 0],
    ["1.2345678901234567890e19", "12345678901234567890", 1],
    ['{"a": [0.10000000000000000001]}', { a: ["0.10000000000000000001"] }, 1],
    ['{"a": [0.1]}', { a: ["0.10000000000000000001"] }, 0],
    ['{"a": "12345678901234567890"}', { a: "12345678901234567890" }, 1],
    ['{"a": 12}', { a: "12" }, 0],
    ['{"a": 9007199254740993}', { a: 9007199254740992 }, 0],
    ['{"a": 1, "a": 2}', { a: 2 }, 1],
  ])("%s against %j, which a double cannot hold, is %d", async (text, expected, right) => {
    expect(await scoreBy(json, text, expected)).toMatchObject({ value: right });
  });

  test("expected must be JSON", () => {
    expect(() => json.check?.(taskOf())).toThrow(/"t1" has no expected value; the json verifier/);
    expect(() => json.check?.(taskOf("refund"))).toThrow(/expects the text "refund", which is not JSON/);
    expect(() => json.check?.(taskOf(null))).not.toThrow();
    expect(() => json.check?.(taskOf([1, "{"]))).not.toThrow();
  });

  test("deeper than the stack, and wider, is compared all the same", async () => {
    const deep = (inner: string) => "[".repeat(50_000) + inner + "]".repeat(50_000);
    expect(await scoreBy(json, deep("1"), deep("1"))).toMatchObject({ value: 1 });
    const { feedback } = await scoreBy(json, deep("1"), deep("2"));
    expect(feedback).toContain("expected 2, got 1");
    expect(feedback.length).toBeLessThan(400);
    expect(await scoreBy(json, deep(""), 1)).toMatchObject({ value: 0, feedback: "At $ expected 1, got a list of 1." });
    const wide = JSON.stringify(Array.from({ length: 200_000 }, (_, index) => index));
    expect(await scoreBy(json, wide, wide)).toMatchObject({ value: 1 });
  });

  test("a value equals itself in any spelling, and no other", () => {
    const value = fc.jsonValue({ maxDepth: 3 }) as fc.Arbitrary<Json>;
    fc.assert(
      fc.property(value, value, (left, right) => {
        expect(firstDifference(left, JSON.parse(JSON.stringify(left, null, 2)) as Json)).toBeUndefined();
        expect(firstDifference(left, right) === undefined).toBe(firstDifference(right, left) === undefined);
        expect(firstDifference([left], [right])?.path.startsWith("$[0]")).toBe(
          firstDifference(left, right) === undefined ? undefined : true,
        );
      }),
    );
  });
});
