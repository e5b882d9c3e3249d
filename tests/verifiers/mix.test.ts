import { describe, expect, test } from "vitest";
import { StateError } from "../../state/errors.ts";
import { createInsensitive } from "../../verifiers/insensitive.ts";
import { createMix, mixPoints } from "../../verifiers/mix.ts";
import { answerOf } from "../support/nodes.ts";

test("the grades of Skill-Mix", () => {
  // Three of three skills and two of the three others.
  expect(mixPoints({ skills: 3, of: 3, other: 2 })).toEqual({ value: 5 / 6, full: 0, allSkills: 1, skillFraction: 0 });
  expect(mixPoints({ skills: 3, of: 3, other: 3 })).toEqual({ value: 1, full: 1, allSkills: 1, skillFraction: 1 });
  expect(mixPoints({ skills: 2, of: 5, other: 3 })).toEqual({
    value: 5 / 8,
    full: 0,
    allSkills: 0,
    skillFraction: 0.4,
  });
  for (const odd of [
    { skills: 4, of: 3, other: 0 },
    { skills: 0, of: 3, other: 4 },
    { skills: 0, of: 0, other: 0 },
  ])
    expect(() => mixPoints(odd)).toThrow(StateError);
});

describe("the verifier mix", () => {
  const task = { id: "mix-1", input: "", expected: ["one", "two", "three"] };
  const score = (text: string) => createMix().score(answerOf(text), task);

  test.each([
    ["all in order", "1. one\n2. two\n3. three", 1],
    ["other marks and lines between", "1) one\n\n2: two\n3. three\n", 1],
    ["one is wrong", "1. one\n2. 2\n3. three", 5 / 6],
    // Complete and in order lack, as one has no answer; the order of the others is right.
    ["one is missing", "1. one\n3. three", 4 / 6],
    ["another order", "2. two\n1. one\n3. three", 5 / 6],
    ["a word before them", "Sure!\n1. one\n2. two\n3. three", 5 / 6],
    ["one too many", "1. one\n2. two\n3. three\n4. four", 5 / 6],
    ["twice the same", "1. one\n2. two\n3. three\n3. four", 4 / 6],
    ["no number", "one two three", 0],
    ["nothing", "", 1 / 6],
  ])("of an answer with %s", async (_, text, value) => expect((await score(text)).value).toBeCloseTo(value, 12));

  test("says what is wrong, and has the grades as objectives", async () => {
    const { feedback, objectives } = await score("Well\n1. one\n2. zwei");
    expect(feedback).toBe(
      '1: Right: "one". 2: Expected "two", got "zwei". 3: No answer. Give one answer for each question, and no others. Leave out what is beside the answers: "Well".',
    );
    expect(objectives).toEqual({ "mix-full": 0, "mix-all-skills": 0, "mix-skill-fraction": 0 });
  });

  test("leaves other tasks to the verifier within, by which it compares", async () => {
    const mix = createMix({ each: createInsensitive() });
    expect(await mix.score(answerOf("ONE"), { ...task, expected: "one" })).toMatchObject({ value: 1, objectives: {} });
    expect(await mix.score(answerOf("1. ONE\n2. Two\n3. three"), task)).toMatchObject({ value: 1 });
    expect(mix.fingerprint).toBe("mix@1:insensitive@1");
  });

  test("refuses tasks that cannot be scored", () => {
    expect(() => createMix().check?.({ ...task, expected: [] })).toThrow(/empty list/);
    expect(() => createMix().check?.({ ...task, expected: ["one", null] })).toThrow(/"expected" as a string/);
    expect(() => createMix().check?.(task)).not.toThrow();
  });
});
