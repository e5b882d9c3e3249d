import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  categoricalPosterior,
  successProbability,
  tokenBucket,
  turnBucket,
  type PosteriorKind,
  type Witness,
} from "../../../policies/beliefs/posterior.ts";

const witness = (success: boolean, context: string): Witness => ({ success, features: { context } });
const kinds: PosteriorKind[] = ["categorical", "beta", "frequentist"];
const evidence = fc.array(
  fc.record({ success: fc.boolean(), features: fc.dictionary(fc.constantFrom("a", "b"), fc.constantFrom("x", "y")) }),
  { maxLength: 30 },
);

describe("posteriors", () => {
  test("are one half without evidence, but for plain counts, which are 0 (published)", () => {
    expect(kinds.map((kind) => successProbability(kind, []))).toEqual([0.5, 0.5, 0]);
  });

  test("weigh a context by how often it comes with success and failure (solved by hand)", () => {
    const known = [witness(true, "a"), witness(true, "a"), witness(false, "a"), witness(false, "b")];
    expect(categoricalPosterior(known)).toBeCloseTo(0.5, 12);
    // 1/2 x 3/4 against 1/2 x 2/4.
    expect(categoricalPosterior(known, { context: "a" })).toBeCloseTo(0.6, 12);
    // 1/4 against 2/4.
    expect(categoricalPosterior(known, { context: "b" })).toBeCloseTo(1 / 3, 12);
    // 1/5 against 1/5: a new value is one of three.
    expect(categoricalPosterior(known, { context: "c" })).toBeCloseTo(0.5, 12);
    // A feature nobody has yet says nothing.
    expect(categoricalPosterior(known, { turns: "1_2" })).toBeCloseTo(0.5, 12);
  });

  test("are Beta(2, 6) after one success and five failures, and plain counts 1/6", () => {
    const known = [witness(true, "a"), ...Array.from({ length: 5 }, () => witness(false, "a"))];
    expect(successProbability("beta", known)).toBeCloseTo(0.25, 12);
    expect(successProbability("frequentist", known)).toBeCloseTo(1 / 6, 12);
  });

  test("are probabilities, in any order of the evidence, and the same as Beta's without features", () => {
    fc.assert(
      fc.property(evidence, (known) => {
        const given = { a: "x", b: "y" };
        const value = categoricalPosterior(known, given);
        expect(value).toBeGreaterThan(0);
        expect(value).toBeLessThan(1);
        expect(categoricalPosterior(known.toReversed(), given)).toBeCloseTo(value, 12);
        expect(categoricalPosterior(known)).toBeCloseTo(successProbability("beta", known), 12);
      }),
      { numRuns: 50 },
    );
  });

  test("have the published buckets", () => {
    expect([0, 1, 1000, 1001, 10_000, 100_000, 1_000_000, 1_000_001].map(tokenBucket)).toEqual([
      "0",
      "1_1k",
      "1_1k",
      "1k_10k",
      "1k_10k",
      "10k_100k",
      "100k_1m",
      "1m_plus",
    ]);
    expect([0, 1, 2, 3, 5, 6, 10, 11, 20, 21].map(turnBucket)).toEqual([
      "0",
      "1_2",
      "1_2",
      "3_5",
      "3_5",
      "6_10",
      "6_10",
      "11_20",
      "11_20",
      "20_plus",
    ]);
  });
});
