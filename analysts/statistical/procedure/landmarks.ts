import { runsOf } from "../extraction/shapes.ts";
import type { Case } from "../window.ts";

const studied = 30;
const mostMarks = 24;
const mostJoints = 6;
/** The share of texts a mark must stand in. */
const common = 0.9;

/** Phrases of one to three words and marks that nearly all texts hold: where a part of them may begin or end. */
export function marksOf(cases: readonly Case[]): string[] {
  const last = cases.slice(-studied);
  const counts = new Map<string, number>();
  for (const each of last) for (const phrase of phrasesOf(each)) counts.set(phrase, (counts.get(phrase) ?? 0) + 1);
  const least = Math.max(2, common * last.length);
  return [...counts]
    .filter(([, count]) => count >= least)
    .map(([phrase]) => phrase)
    .toSorted((left, right) => left.length - right.length)
    .slice(0, mostMarks);
}

const read = new WeakMap<Case, ReadonlySet<string>>();

function phrasesOf(each: Case): ReadonlySet<string> {
  const known = read.get(each) ?? phrasesIn(each.text);
  read.set(each, known);
  return known;
}

/** Phrases without white space inside come first; those with a word or mark at each end only. */
function phrasesIn(text: string): ReadonlySet<string> {
  const runs = runsOf(text.toLowerCase());
  const phrases = new Set<string>();
  for (const [start, run] of runs.entries()) {
    if (/^\s/.test(run)) continue;
    for (const length of [1, 2, 3]) {
      const part = runs.slice(start, start + length);
      if (part.length === length && !/^\s/.test(part.at(-1) as string)) phrases.add(part.join(""));
    }
  }
  return phrases;
}

const joints = new WeakMap<Case, readonly string[]>();

/** The marks and words of a text, each once. */
function jointsIn(each: Case): readonly string[] {
  const isJoint = (run: string) => /^[^\p{L}\p{N}\s]$|^\p{L}{2,}$/u.test(run);
  const known = joints.get(each) ?? [...new Set(runsOf(each.text.toLowerCase()))].filter(isJoint);
  joints.set(each, known);
  return known;
}

/** What may stand between the items of a list: marks and words that return in a text, alone and in pairs. */
export function jointsOf(cases: readonly Case[]): string[][] {
  const last = cases.slice(-studied);
  const counts = new Map<string, number>();
  for (const each of last) for (const run of jointsIn(each)) counts.set(run, (counts.get(run) ?? 0) + 1);
  const least = Math.max(2, common * last.length);
  const single = [...counts]
    .filter(([, count]) => count >= least)
    .map(([run]) => run)
    .toSorted((left, right) => Number(/\p{L}/u.test(left)) - Number(/\p{L}/u.test(right)) || left.length - right.length)
    .slice(0, mostJoints);
  const pairs = single.flatMap((left, place) => single.slice(place + 1).map((right) => [left, right]));
  return [...single.map((mark) => [mark]), ...pairs];
}
