import { readFields } from "../../../agents/procedure/fields.ts";
import { compilePattern, isFound } from "../../../agents/procedure/patterns/pattern.ts";
import type { Clause } from "../../../agents/procedure/grammar/sentence.ts";
import { createTrait, type Trait } from "../traits/phrasebook.ts";
import { leastSupport } from "../traits/trait-lists.ts";
import type { Case } from "../window.ts";
import { escapePattern, runsOf } from "./shapes.ts";

/** A field with more values than this does not sort its messages into kinds. */
const mostValues = 20;

/** A trait and the places of the cases it is true of, ascending. */
export interface FoundTrait {
  readonly trait: Trait;
  readonly cases: readonly number[];
}

/** "The field is": one for each value of a field that sorts the cases into a few kinds. */
export function fieldTraits(cases: readonly Case[]): FoundTrait[] {
  const postings = new Map<string, Map<string, number[]>>();
  for (const [place, { message }] of cases.entries()) {
    const { fields, textName } = readFields(message.text);
    for (const [name, value] of fields) {
      if (name === textName) continue;
      const values = postings.get(name) ?? new Map<string, number[]>();
      const places = values.get(value) ?? [];
      places.push(place);
      postings.set(name, values.set(value, places));
    }
  }
  return [...postings].flatMap(([about, values]) =>
    values.size < 2 || values.size > mostValues
      ? []
      : [...values].map(([value, places]) => foundTrait({ kind: "is", texts: [value], about }, places, 5)),
  );
}

/** The patterns that texts of cases suggest, and which texts match them, each worked out once. */
export interface PatternBook {
  patternsOf(each: Case): readonly string[];
  /** The places of the cases whose texts match, ascending. */
  placesOf(pattern: string, cases: readonly Case[]): number[];
  /** How many results are remembered. */
  readonly size: number;
}

export function createPatternBook(): PatternBook {
  const suggested = new WeakMap<Case, readonly string[]>();
  /** For each pattern and case, by serial: 0 where it was not looked for yet, 1 where it is not in the text, 2 where it is. */
  const results = new Map<string, Uint8Array>();
  let size = 0;
  return {
    patternsOf(each) {
      const known = suggested.get(each) ?? patternsIn(each.text);
      suggested.set(each, known);
      return known;
    },
    placesOf(pattern, cases) {
      const known = withRoom(results.get(pattern), highestOf(cases) + 1);
      results.set(pattern, known);
      const places: number[] = [];
      for (let place = 0; place < cases.length; place += 1) {
        const { serial, text } = cases[place] as Case;
        if (known[serial] === 0) {
          known[serial] = isFound(compilePattern(pattern), text) ? 2 : 1;
          size += 1;
        }
        if (known[serial] === 2) places.push(place);
      }
      return places;
    },
    get size() {
      return size;
    },
  };
}

const highest = new WeakMap<readonly Case[], number>();

/** The highest serial of some cases. */
function highestOf(cases: readonly Case[]): number {
  const known = highest.get(cases) ?? cases.reduce((most, { serial }) => Math.max(most, serial), 0);
  highest.set(cases, known);
  return known;
}

function withRoom(row: Uint8Array | undefined, least: number): Uint8Array {
  if (row !== undefined && row.length >= least) return row;
  const wider = new Uint8Array(2 * least);
  wider.set(row ?? []);
  return wider;
}

/** "The text matches": numbers by their length, and what stands between two of them. */
export function patternTraits(cases: readonly Case[], book: PatternBook): FoundTrait[] {
  const patterns = new Set<string>();
  for (const each of cases) for (const pattern of book.patternsOf(each)) patterns.add(pattern);
  return [...patterns]
    .map((pattern) => ({ pattern, places: book.placesOf(pattern, cases) }))
    .filter(({ places }) => places.length >= leastSupport && places.length < cases.length)
    .map(({ pattern, places }) => foundTrait({ kind: "matches", patterns: [pattern] }, places, 4));
}

function foundTrait(clause: Clause, cases: readonly number[], words: number): FoundTrait {
  return { trait: createTrait(clause, words), cases };
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
