import { expect, test } from "vitest";
import type { Act } from "../../agents/procedure/grammar/act.ts";
import { createCaseReader } from "../../analysts/statistical/window.ts";
import { textItem } from "../../analysts/statistical/extraction/normaliser.ts";
import { createOutlooks } from "../../analysts/statistical/procedure/outlook.ts";
import { findPipelines } from "../../analysts/statistical/procedure/pipelines.ts";
import { createRows } from "../../analysts/statistical/procedure/rows.ts";
import { createValues, nothing } from "../../analysts/statistical/procedure/values.ts";

function casesOf(texts: readonly (readonly [string, string])[]) {
  const reader = createCaseReader();
  return texts.map(([input, expected], place) => reader.caseOf(`t${place}`, input, expected));
}

const texts = [
  "Keep the drum, the Lamp and a lamp. Is it there?",
  "İnci says: no, No! ΟΔΟΣ (nobody knows)",
  "two drums, three lamps and 4 keys; in all?",
  "ͅιota ᾼ 5ab c5",
  "ιota",
  "İnci, no",
  "Twenty lamps, 1234547.1 lamps",
  "c5, 5AB,",
] as const;
const answers = [
  "no",
  "lamp drum",
  "the lamp",
  "οδος",
  "i̇nci",
  "9",
  "?",
  "ab",
  "yes",
  "keys",
  "nobody",
  "4",
  "3",
  "2",
  "5",
  "c5",
  "1234567.1",
  "5ab c5",
  "ota",
] as const;

const marked = (kind: "take-after" | "take-before" | "split") =>
  ["the", ",", "and", ":", "ͅ", "5"].map((mark): Act => ({ kind, items: [textItem(mark)] }));
const onTexts: Act[] = [...marked("take-after"), ...marked("take-before"), ...marked("split"), { kind: "split-words" }];
const onLists: Act[] = (
  ["number-words", "lower-case", "sort", "remove-outer-punctuation", "add-up", "count"] as const
).map((kind) => ({ kind }));

test("an outlook gives up no value that acts make the answer of", () => {
  const values = createValues();
  const outlookFor = createOutlooks(values);
  let reached = 0;
  for (const wanted of answers) {
    const mayCome = outlookFor(wanted);
    const comesTo = (value: number, depth: number): boolean => {
      const acts = { text: onTexts, list: onLists, number: [] }[values.typeOf(value)];
      const comes =
        values.isAnswer(value, wanted) ||
        (depth > 0 &&
          acts.some((act) => {
            const made = values.after(act)(value);
            return made !== nothing && comesTo(made, depth - 1);
          }));
      if (comes) expect([wanted, mayCome(value)]).toEqual([wanted, true]);
      if (comes) reached += 1;
      return comes;
    };
    for (const text of texts) comesTo(values.numberOf(text), 4);
  }
  expect(reached).toBeGreaterThan(20);
  expect(outlookFor("yes")(values.numberOf(texts[0]))).toBe(false);
  expect(outlookFor("no")(values.numberOf("Nobody knows"))).toBe(false);
});

test("equal values have one number, a text, a list and a number never the same", () => {
  const values = createValues();
  const [text, one] = [values.numberOf("7"), values.numberOf("x")];
  const list = values.after({ kind: "split-words" })(text);
  expect(new Set([text, list, values.after({ kind: "add-up" })(list)]).size).toBe(3);
  expect(values.after({ kind: "split-words" })(values.numberOf(" 7 "))).toBe(list);
  expect(values.after({ kind: "count" })(list)).toBe(
    values.after({ kind: "count" })(values.after({ kind: "split-words" })(one)),
  );
  const rows = createRows();
  expect([[1, 2], [2, 1], [], [1, 2], [2, 1, 0], []].map((row) => rows.numberOf(row))).toEqual([0, 1, 2, 0, 3, 2]);
});

test("a procedure is found for counts, sums and lists, and none for labels that no act can make", () => {
  const kindsFor = (given: readonly (readonly [string, string])[]) =>
    findPipelines(casesOf(given), createValues())[0]?.map(({ kind }) => kind);
  const words = ["oak pine", "birch", "elm ash fir", "yew beech"];
  expect(kindsFor(words.map((each) => [`Trees: ${each}.`, String(each.split(" ").length)]))).toEqual([
    "take-after",
    "split-words",
    "count",
    "answer-it",
  ]);
  expect(kindsFor(words.map((each) => [`Sort: ${each}`, each.split(" ").toSorted().join(" ")]))?.slice(-2)).toEqual([
    "sort",
    "answer-it",
  ]);
  expect(kindsFor(words.map((each, place) => [`Trees: ${each}.`, place % 2 === 0 ? "yes" : "no"]))).toBeUndefined();
});
