import fc from "fast-check";
import { expect, test } from "vitest";
import { occurrencesOf } from "../../skills/occurrences.ts";

test("a text is found at every place where the engine finds it, also where places overlap", () => {
  const few = fc.array(fc.constantFrom("a", "b", "\n"), { maxLength: 40 }).map((letters) => letters.join(""));
  fc.assert(
    fc.property(
      few,
      few.filter((wanted) => wanted !== "" && wanted.length < 8),
      (text, wanted) => {
        const places: number[] = [];
        for (let at = text.indexOf(wanted); at !== -1; at = text.indexOf(wanted, at + 1)) places.push(at);
        expect([...occurrencesOf(wanted, text)]).toEqual(places);
      },
    ),
    { seed: 5, numRuns: 500 },
  );
});

test("a text that repeats itself is looked for in one of millions that does too", () => {
  expect([...occurrencesOf(`b${"a".repeat(500_000)}`, "a".repeat(5_000_000))]).toEqual([]);
});
