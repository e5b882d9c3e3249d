import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { findNeighbours, nearThreshold, plainText } from "../../readers/near-duplicates.ts";
import { createDraw } from "../../state/draw.ts";
import type { Task } from "../../state/task.ts";

const tasksOf = (inputs: readonly string[]): Task[] => inputs.map((input, index) => ({ id: `${index}`, input }));

/** The pairs of places that are found, smaller first. */
function pairsOf(inputs: readonly string[]): string[] {
  const near = findNeighbours(tasksOf(inputs));
  const pairs = inputs.flatMap((_, index) => near(index).map((found) => [index, found.index].toSorted().join("-")));
  return [...new Set(pairs)].toSorted();
}

/** The definition, pair by pair. */
function jaccard(left: string, right: string): number {
  const [one, other] = [left, right].map((input) => {
    const text = plainText({ id: "", input });
    const starts = text === "" ? [] : Array.from({ length: Math.max(1, text.length - 4) }, (_, start) => start);
    return new Set(starts.map((start) => text.slice(start, start + 5)));
  }) as [Set<string>, Set<string>];
  const shared = [...one].filter((shingle) => other.has(shingle)).length;
  return shared / (one.size + other.size - shared);
}

const words = ["please", "cancel", "order", "my", "the", "refund", "today", "parcel", "arrived", "broken"];

/** Random messages, of which every third is an earlier one with a word more. */
function messages(count: number, length: number): string[] {
  const draw = createDraw(7, 0, "near");
  let index = 0;
  const next = () => draw(index++);
  const word = () => words[Math.floor(next() * words.length)] as string;
  const made: string[] = [];
  for (let each = 0; each < count; each += 1) {
    const before = made[Math.floor(next() * made.length)];
    const fresh = Array.from({ length }, () => `${word()}${Math.floor(next() * 90)}`).join(" ");
    made.push(each % 3 === 2 && before !== undefined ? `${before} ${word()}` : fresh);
  }
  return made;
}

describe("near-duplicates", () => {
  test("are found in spite of capitals, punctuation, forms of accents and a word more or less", () => {
    const inputs = [
      "My parcel has not arrived yet, what can I do?",
      "my parcel has NOT arrived yet — what can I do",
      "Hello! My parcel has not arrived yet, what can I do?",
      "What can I do to get a refund for a parcel that arrived broken?",
      "Cafe\u0301 chairs are missing in the box",
      "Café chairs are missing in the box.",
    ];
    expect(pairsOf(inputs)).toEqual(["0-1", "0-2", "1-2", "4-5"]);
    expect(findNeighbours(tasksOf(inputs))(0)[0]).toMatchObject({ index: 1, similarity: 1 });
  });

  test("are compared by their files too, and never found where nothing is asked in words", () => {
    const file = { "notes.md": "a long text that both of them have, and that says much of what is asked" };
    const near = findNeighbours([
      { id: "1", input: "Sum up.", files: file },
      { id: "2", input: "Sum it up.", files: file },
      { id: "3", input: "Sum up." },
      { id: "4", input: "?!" },
      { id: "5", input: "?!" },
    ]);
    expect([0, 1, 2, 3, 4].map((index) => near(index).map((found) => found.index))).toEqual([[1], [0], [], [], []]);
  });

  test("are all pairs of short texts with an index of 0.8 or more, and no others", () => {
    const piece = fc.constantFrom("refund ", "order ", "a", "b", "my ", "parcel ", "é", "1");
    const text = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(""));
    fc.assert(
      fc.property(fc.array(text, { maxLength: 12 }), (inputs) => {
        const wanted = inputs.flatMap((left, one) =>
          inputs.flatMap((right, other) =>
            one < other && jaccard(left, right) >= nearThreshold ? [[one, other].join("-")] : [],
          ),
        );
        expect(pairsOf(inputs)).toEqual(wanted.map((pair) => pair.split("-").toSorted().join("-")).toSorted());
      }),
    );
  });

  test("of long texts are found by a sample of their shingles", () => {
    const [text, other] = messages(2, 2_000) as [string, string];
    const changed = text.split(" ").map((word, index) => (index % 40 === 0 ? "otherwise" : word));
    expect(jaccard(text, changed.join(" "))).toBeGreaterThan(0.85);
    expect(pairsOf([text, other, changed.join(" ")])).toEqual(["0-2"]);
  });

  test("among thousands are found, the same each time", () => {
    const inputs = messages(3_000, 12);
    const near = findNeighbours(tasksOf(inputs));
    const copies = inputs.flatMap((_, index) => (index % 3 === 2 ? [index] : []));
    expect(copies.every((index) => near(index).length > 0)).toBe(true);
    const again = findNeighbours(tasksOf(inputs));
    expect(copies.map((index) => again(index))).toEqual(copies.map((index) => near(index)));
  });
});
