import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createTokenF1, f1, wordsOf } from "../../verifiers/token-f1.ts";
import { scoreBy, taskOf } from "./scoring.ts";

const value = async (text: string, expected: string) => (await scoreBy(createTokenF1(), text, expected)).value;

describe("token F1", () => {
  test.each([
    ["Norman dynasty rulers", "The Norman dynasty", 0.8],
    ["the cat sat", "A cat sat.", 1],
    ["dog", "cat", 0],
    ["in 1066 in Hastings", "in Hastings", 2 / 3],
    ["a a b", "a b b", 2 / 3],
    ["x x y", "x y y", 2 / 3],
    ["U.S.A.", "usa", 1],
    ["The", "an", 1],
    ["", "cat", 0],
    ["cat", "the", 0],
    ["“cat”", "cat", 0],
    ["théa a", "théa", 1],
  ])("%j against %j is %d", async (text, expected, wanted) => {
    expect(await value(text, expected)).toBeCloseTo(wanted, 12);
  });

  test("normalises words as published: small letters, no ASCII punctuation, no articles", () => {
    expect(wordsOf("The well-known AN\tactor's  a-team: an_it; one & all")).toEqual([
      "wellknown",
      "actors",
      "ateam",
      "anit",
      "one",
      "all",
    ]);
  });

  test("names the words that are missing or too many", async () => {
    expect(await scoreBy(createTokenF1(), "Norman rulers", "The Norman dynasty")).toMatchObject({
      feedback: 'F1 0.50: expected "The Norman dynasty", got "Norman rulers". Missing: "dynasty". Too much: "rulers".',
    });
  });

  test("needs a text, number or truth value", () => {
    const { check } = createTokenF1();
    expect(() => check?.(taskOf())).toThrow(/the f1 verifier needs "expected"/);
    expect(() => check?.(taskOf(["a"]))).toThrow(/the f1 verifier needs "expected"/);
    expect(() => check?.(taskOf(3))).not.toThrow();
  });

  const bag = fc.array(fc.constantFrom("red", "green", "blue", "one", "two"), { maxLength: 8 });

  test("is in 0..1, 1 for equal bags alone, and blind to sides and order", () => {
    fc.assert(
      fc.property(bag, bag, (left, right) => {
        const score = f1(left, right);
        expect(score).toBeGreaterThanOrEqual(0);
        expect(score).toBeLessThanOrEqual(1);
        expect(score === 1).toBe(left.toSorted().join() === right.toSorted().join());
        expect(f1(right, left)).toBe(score);
        expect(f1(left.toReversed(), right)).toBe(score);
      }),
    );
  });

  test("is the harmonic mean of precision and recall", () => {
    fc.assert(
      fc.property(bag, bag, (wanted, got) => {
        const shared = [...new Set(wanted)].reduce((sum, word) => {
          const count = (words: readonly string[]) => words.filter((each) => each === word).length;
          return sum + Math.min(count(wanted), count(got));
        }, 0);
        fc.pre(shared > 0);
        const [precision, recall] = [shared / got.length, shared / wanted.length];
        expect(f1(wanted, got)).toBeCloseTo((2 * precision * recall) / (precision + recall), 12);
      }),
    );
  });
});
