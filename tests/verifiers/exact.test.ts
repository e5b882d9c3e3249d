import { describe, expect, test } from "vitest";
import { SkillgraphError } from "../../state/errors.ts";
import type { Json } from "../../state/json.ts";
import { noCost, type Answer } from "../../state/task.ts";
import { createExact } from "../../verifiers/exact.ts";

const answer = (text: string): Answer => ({ text, used: [], trace: [], cost: noCost });
const task = (expected?: Json) => ({ id: "t1", input: "q", ...(expected === undefined ? {} : { expected }) });
const score = (text: string, expected?: Json) => createExact().score(answer(text), task(expected));

describe("the exact verifier", () => {
  test("gives 1 for the expected text, white space around it aside", async () => {
    expect(await score(" refund\n", "refund ")).toEqual({ value: 1, objectives: {}, feedback: 'Right: "refund".' });
    expect(await score("Refund", "refund")).toMatchObject({ value: 0 });
  });

  test("compares numbers and booleans as text", async () => {
    expect(await score("42", 42)).toMatchObject({ value: 1 });
    expect(await score("true", true)).toMatchObject({ value: 1 });
    expect(await score("0", false)).toMatchObject({ value: 0 });
  });

  test("tells both sides, shortened", async () => {
    expect(await score("b", "a")).toMatchObject({ feedback: 'Expected "a", got "b".' });
    const { feedback } = await score("x".repeat(10_000), "😀".repeat(10_000));
    expect(feedback.length).toBeLessThan(450);
    expect(feedback).toContain("…");
  });

  test.each([[undefined], [null], [["a"]], [{ a: 1 }]])(
    "asks for a comparable expected value instead of %j",
    (expected) => {
      expect(() => score("a", expected as Json)).toThrow(SkillgraphError);
      expect(() => score("a", expected as Json)).toThrow(/"t1".*exact verifier needs "expected"/);
    },
  );

  test("names itself with its version", () => {
    expect(createExact().fingerprint).toBe("exact@1");
  });
});
