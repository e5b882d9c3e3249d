import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createRanking } from "../../../skills/library/bm25.ts";

const words = (text: string) => text.split(" ");

describe("BM25", () => {
  test("gives the score of the example in the README of rank_bm25 (k1 = 1.5, b = .75), whose rarity is ln((N - n + .5) / (n + .5))", () => {
    const corpus = ["Hello there good man!", "It is quite windy in London", "How is the weather today?"].map(words);
    const found = createRanking(corpus, { k1: 1.5, b: 0.75 }).scores(words("windy London"));
    const [ours, theirs] = [Math.log(1 + 2.5 / 1.5), Math.log(2.5 / 1.5)];
    expect([found[0], found[2]]).toEqual([0, 0]);
    expect((found[1]! / ours) * theirs).toBeCloseTo(0.93729472, 8);
  });

  test("has the rarity of Elastic's example: four documents with `shane`, two of them with `connelly`", () => {
    // At k1 = 0 a word's weight is its rarity alone.
    const people = ["shane", "shane c", "shane connelly", "shane p connelly"].map(words);
    const { scores } = createRanking(people, { k1: 0, b: 0.5 });
    expect(scores(["shane"])[0]).toBeCloseTo(0.105360515657826, 12);
    expect([...scores(["connelly"])].map((score) => score.toFixed(9))).toEqual([
      "0.000000000",
      "0.000000000",
      "0.693147181",
      "0.693147181",
    ]);
  });

  test("is worked out by hand for two documents: frequencies, lengths and a repeated word of the text", () => {
    const { scores } = createRanking([words("a a b"), words("b")]);
    // Mean length 2; lengths weigh 1.2 x (.25 + .75 x 3 / 2) = 1.65 and 1.2 x (.25 + .75 / 2) = .75.
    const [rare, common] = [Math.log(2), Math.log(1.2)];
    expect(scores(["a", "b", "b"])[0]).toBeCloseTo(rare * (4.4 / 3.65) + 2 * common * (2.2 / 2.65), 12);
    expect(scores(["a", "b", "b"])[1]).toBeCloseTo(2 * common * (2.2 / 1.75), 12);
  });

  test("scores above 0 exactly the documents that have a word of the text", () => {
    const letters = fc.array(fc.constantFrom(..."abcdef"), { maxLength: 8 });
    fc.assert(
      fc.property(fc.array(letters, { maxLength: 8 }), letters, (documents, text) => {
        const scores = createRanking(documents).scores(text);
        const isHolder = documents.map((own) => own.some((word) => text.includes(word)));
        expect([...scores].map((score) => score > 0)).toEqual(isHolder);
      }),
      { numRuns: 50 },
    );
  });
});
