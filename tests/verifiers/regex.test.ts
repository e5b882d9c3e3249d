import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { CallError, SettingsError, SkillgraphError } from "../../state/errors.ts";
import { createRegex } from "../../verifiers/regex.ts";
import { scoreBy, taskOf } from "./scoring.ts";

const value = async (text: string, pattern: string) => (await scoreBy(createRegex(), text, pattern)).value;

describe("a regular expression", () => {
  test.each([
    ["the refund is due", "refund", 1],
    ["Refund", "refund", 0],
    ["Refund", "(?i)^REFUND$", 1],
    ["yes\n", "^yes$", 1],
    ["no\nyes\nno", "^yes$", 0],
    ["no\nyes\nno", "(?m)^yes$", 1],
    ["2024-02-30", "^\\d{4}-\\d{2}-\\d{2}$", 1],
    ["a\nb", "a.b", 0],
    ["a\nb", "(?s)a.b", 1],
    ["ÄÖ", "^\\p{Lu}+$", 1],
    ["a😀b", "^a.b$", 1],
    ["", "^$", 1],
    ["anything", "x*", 1],
  ])("%j by /%s/ is %d", async (text, pattern, wanted) => {
    expect(await value(text, pattern)).toBe(wanted);
  });

  test("may be one for all tasks, which then need no expected", async () => {
    const verifier = createRegex({ pattern: "^(yes|no)$" });
    expect(await scoreBy(verifier, "no")).toMatchObject({ value: 1 });
    expect(await scoreBy(verifier, "perhaps", "perhaps")).toEqual({
      value: 0,
      objectives: {},
      feedback: 'The answer does not have the required form: "perhaps".',
      detail: 'Did not find the pattern "^(yes|no)$" in "perhaps".',
    });
    expect(verifier).toMatchObject({ fingerprint: "regex@2:^(yes|no)$", literals: ["^(yes|no)$"] });
    expect([verifier.check, verifier.expects]).toEqual([undefined, undefined]);
    expect(createRegex()).toMatchObject({ fingerprint: "regex@2", expects: "pattern" });
  });

  test.each([
    ["(", /missing closing \)/],
    ["a(?=b)", /cannot be used.*without look-ahead/],
    ["(a)\\1", /cannot be used/],
    ["", /is empty/],
    ["a".repeat(1_001), /has 1001 characters; at most 1000 are allowed/],
    ["(?:\\w{1,50}\\s){1,50}", /cannot be used: invalid repeat count|has too many repetitions/],
    ["\\w{1000}\\w{1000}\\w{1000}", /has too many repetitions/],
  ])("that is %j is refused before anything is paid for", (pattern, message) => {
    expect(() => createRegex().check?.(taskOf(pattern))).toThrow(message);
    expect(() => createRegex().check?.(taskOf(pattern))).toThrow(SkillgraphError);
    expect(() => createRegex().check?.(taskOf(pattern))).toThrow(/"t1"/);
    expect(() => createRegex({ pattern })).toThrow(SettingsError);
  });

  test("is needed as a text", () => {
    expect(() => createRegex().check?.(taskOf())).toThrow(/the regex verifier needs "expected"/);
    expect(() => createRegex().check?.(taskOf(["a"]))).toThrow(/the regex verifier needs "expected"/);
  });

  test.each(["^(a+)+$", "(a|aa)+$", "(.*)*x", "(a?){50}a{50}$", "([a-z]+)*="])(
    "/%s/, which takes others forever, takes no time to speak of",
    async (pattern) => {
      expect(await value(`${"a".repeat(20_000)}!`, pattern)).toBe(0);
    },
  );

  test("is not tried on an answer that is too long for it: the rollout is missing", async () => {
    await expect(value("a".repeat(100_001), "b")).rejects.toThrow(CallError);
    await expect(value("a".repeat(100_000), "b")).resolves.toBe(0);
    await expect(value("a".repeat(30_000), "\\w{900}b")).rejects.toThrow(/applied to at most 2\d{4}\. /);
  });

  test("agrees with the engine of the language on what both know", async () => {
    const piece = fc.constantFrom("a", "b", "c", ".", "[ab]", "(?:a|bc)", "a?", "b+", "c*", "^", "$", "\\d", "a{1,2}");
    const pattern = fc.array(piece, { minLength: 1, maxLength: 5 }).map((pieces) => pieces.join(""));
    const text = fc.string({ unit: fc.constantFrom("a", "b", "c", "1", "x"), maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(pattern, text, async (source, given) => {
        expect(await value(given, source)).toBe(new RegExp(source).test(given) ? 1 : 0);
      }),
    );
  });
});
