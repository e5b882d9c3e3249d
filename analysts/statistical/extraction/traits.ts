import { readFields } from "../../../agents/procedure/fields.ts";
import { compilePattern, isFound } from "../../../agents/procedure/patterns/pattern.ts";
import type { Clause } from "../../../agents/procedure/grammar/sentence.ts";
import type { Case, Trait } from "../window.ts";
import { escapePattern, runsOf } from "./shapes.ts";

const leastSupport = 2;
/** A field with more values than this does not sort its messages into kinds. */
const mostValues = 20;

/** "The field is": one for each value of a field that sorts the cases into a few kinds. */
export function fieldTraits(cases: readonly Case[]): Trait[] {
  const postings = new Map<string, Map<string, number[]>>();
  for (const [place, { message }] of cases.entries()) {
    const { fields, textName } = readFields(message.text);
    for (const [name, value] of fields) {
      if (name === textName) continue;
      const values = postings.get(name) ?? new Map<string, number[]>();
      postings.set(name, values.set(value, [...(values.get(value) ?? []), place]));
    }
  }
  return [...postings].flatMap(([about, values]) =>
    values.size < 2 || values.size > mostValues
      ? []
      : [...values].map(([value, places]) => traitOf({ kind: "is", texts: [value], about }, places, 5)),
  );
}

/** "The text matches": numbers by their length, and what stands between two of them. */
export function patternTraits(cases: readonly Case[]): Trait[] {
  const patterns = new Set(cases.flatMap(({ text }) => patternsIn(text)));
  return [...patterns]
    .map((pattern) => {
      const expression = compilePattern(pattern);
      return { pattern, places: [...cases.keys()].filter((place) => isFound(expression, (cases[place] as Case).text)) };
    })
    .filter(({ places }) => places.length >= leastSupport && places.length < cases.length)
    .map(({ pattern, places }) => traitOf({ kind: "matches", patterns: [pattern] }, places, 4));
}

function traitOf(clause: Clause, places: readonly number[], words: number): Trait {
  return { clause, cases: Int32Array.from(places), words, emptiness: 0 };
}

function patternsIn(text: string): string[] {
  const runs = runsOf(text);
  const isNumber = (run: string | undefined): boolean => run !== undefined && /^\d+$/.test(run);
  return runs.flatMap((run, place) => {
    if (isNumber(run)) return [`\\b\\d{${run.length}}\\b`];
    if (/^\p{L}/u.test(run) || !isNumber(runs[place - 1])) return [];
    const mark = /^\s/.test(run) ? " " : escapePattern(run);
    const next = runs[place + 1];
    if (!isNumber(next)) return [`\\d${mark}`];
    const length = (next as string).length;
    return [`\\d${mark}\\d`, `\\d${mark}\\d{${length}}(?!\\d)`, ...(length < 3 ? [`\\d${mark}\\d{1,2}(?!\\d)`] : [])];
  });
}
