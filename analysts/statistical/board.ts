import type { Act } from "../../agents/procedure/grammar/act.ts";
import { noAnswer } from "../../agents/procedure/interpret.ts";
import type { Condition } from "../../agents/procedure/grammar/sentence.ts";
import { follow } from "./extraction/performer.ts";
import type { Entry, Listing, Step } from "./listing.ts";
import type { Notebook } from "./notebook.ts";
import type { Case } from "./window.ts";

/** What changes of answers come to: wrong to right, right to wrong, wrong to another wrong. */
export interface Tally {
  readonly fixes: number;
  readonly breaks: number;
  readonly idle: number;
}

/** What a change of one answer is; an effect per case is a row of these. */
export const effects = { none: 0, fix: 1, break: 2, idle: 3 } as const;

/** One answer for all cases, or one for each; undefined where nothing is found to answer with. */
export type Answers = string | readonly (string | undefined)[];

/** A listing played on every case of the window. Cases and rules are named by their places. */
export interface Board {
  readonly listing: Listing;
  readonly cases: readonly Case[];
  /** For each rule, 1 where its condition holds and it finds something to answer. */
  readonly holds: readonly Uint8Array[];
  /** For each case the first rule that holds; the number of rules where none does. */
  readonly fired: Int32Array;
  /** For each rule the cases it answers, ascending; last those that no rule holds for. */
  readonly taken: readonly (readonly number[])[];
  /** The cases answered wrongly. */
  readonly wrong: readonly number[];
  /** The labels they should get, by code unit. */
  readonly missed: readonly string[];
  /** What answering a case so would change; nothing where there is no answer. */
  effect(place: number, answer: string | undefined): number;
  /** For each case what answering it so would change. */
  effectOf(answers: Answers): Uint8Array;
  /** The cases that answering so would repair, ascending. */
  repairedBy(answers: Answers): readonly number[];
  /** What a rule answers where it holds. */
  answersOf(rule: number): Answers;
  /** For each case what it would change if the rule that fired did not hold. */
  readonly withoutRule: Uint8Array;
}

export function createBoard(listing: Listing, cases: readonly Case[], player: Player): Board {
  const plays = listing.entries.map(player);
  const holds = plays.map((play) => play.holds);
  const [fired, next] = firstTwo(holds, cases.length);
  const otherwise = listing.otherwise?.answer ?? noAnswer;
  const answersOf = (rule: number): Answers => plays[rule]?.answers ?? otherwise;
  const answerOfRule = (rule: number, place: number): string => answerAt(answersOf(rule), place) ?? "";
  const answers = cases.map((_, place) => answerOfRule(fired[place] as number, place));
  const effect = (place: number, answer: string | undefined): number => {
    if (answer === answers[place] || answer === undefined) return effects.none;
    const { expected } = cases[place] as Case;
    if (answer === expected) return effects.fix;
    return answers[place] === expected ? effects.break : effects.idle;
  };
  const rows = new Map<Answers, Uint8Array>();
  const rowFor = (given: Answers): Uint8Array => {
    const row = new Uint8Array(cases.length);
    for (let place = 0; place < row.length; place += 1) row[place] = effect(place, answerAt(given, place));
    return row;
  };
  const taken = Array.from({ length: holds.length + 1 }, (): number[] => []);
  for (let place = 0; place < cases.length; place += 1) taken[fired[place] as number]?.push(place);
  const wrong: number[] = [];
  const wrongBy = new Map<string, number[]>();
  const repaired = new Map<Answers, readonly number[]>();
  for (const [place, { expected }] of cases.entries()) {
    if (answers[place] === expected) continue;
    wrong.push(place);
    const alike = wrongBy.get(expected);
    if (alike === undefined) wrongBy.set(expected, [place]);
    else alike.push(place);
  }
  return {
    listing,
    cases,
    holds,
    fired,
    taken,
    wrong,
    missed: [...wrongBy.keys()].toSorted(),
    answersOf,
    effect,
    effectOf(given) {
      const row = rows.get(given) ?? rowFor(given);
      rows.set(given, row);
      return row;
    },
    repairedBy(given) {
      if (typeof given === "string") return wrongBy.get(given) ?? [];
      const places = repaired.get(given) ?? wrong.filter((place) => given[place] === cases[place]?.expected);
      repaired.set(given, places);
      return places;
    },
    withoutRule: rowFor(cases.map((_, place) => answerOfRule(next[place] as number, place))),
  };
}

export function answerAt(answers: Answers, place: number): string | undefined {
  return typeof answers === "string" ? answers : answers[place];
}

/** For each case the first rule that holds and the next one; the number of rules where there is none. */
function firstTwo(holds: readonly Uint8Array[], cases: number): [first: Int32Array, next: Int32Array] {
  const first = new Int32Array(cases).fill(holds.length);
  const next = new Int32Array(cases).fill(holds.length);
  for (let rule = holds.length - 1; rule >= 0; rule -= 1) {
    const row = holds[rule] as Uint8Array;
    for (let place = 0; place < cases; place += 1) {
      if (row[place] === 0) continue;
      next[place] = first[place] as number;
      first[place] = rule;
    }
  }
  return [first, next];
}

export function tallyOf(row: Uint8Array, cases: readonly number[] | Int32Array): Tally {
  let [fixes, breaks, idle] = [0, 0, 0];
  for (let at = 0; at < cases.length; at += 1) {
    const effect = row[cases[at] as number];
    if (effect === effects.fix) fixes += 1;
    else if (effect === effects.break) breaks += 1;
    else if (effect === effects.idle) idle += 1;
  }
  return { fixes, breaks, idle };
}

/** What an entry comes to on every case. */
export type Player = (entry: Entry) => {
  holds: Uint8Array;
  answers: Answers;
};

/** Plays entries on cases, each condition and each extraction once. */
export function createPlayer(cases: readonly Case[], notebook: Pick<Notebook, "testOf" | "finderOf">): Player {
  const played = new WeakMap<Condition, Uint8Array>();
  const found = new WeakMap<readonly (Act | Step)[], readonly (string | undefined)[]>();
  const plays = new WeakMap<Entry, ReturnType<Player>>();
  const play: Player = (entry) => {
    const { condition, answer, extraction, steps = [] } = entry;
    const meets = notebook.testOf(condition, entry.extraction !== undefined);
    const holds = played.get(condition) ?? rowOf(cases, (each) => Number(meets(each)));
    played.set(condition, holds);
    const acts = extraction ?? entry.steps;
    if (acts === undefined) return { holds, answers: answer };
    const find = extraction === undefined ? (each: Case) => follow(steps, each) : notebook.finderOf(extraction);
    const answers = found.get(acts) ?? cases.map(find);
    found.set(acts, answers);
    return {
      holds: rowOf(cases, (_, place) => (answers[place] === undefined ? 0 : (holds[place] as number))),
      answers,
    };
  };
  return (entry) => {
    const known = plays.get(entry) ?? play(entry);
    plays.set(entry, known);
    return known;
  };
}

function rowOf(cases: readonly Case[], valueAt: (each: Case, place: number) => number): Uint8Array {
  const row = new Uint8Array(cases.length);
  for (let place = 0; place < cases.length; place += 1) row[place] = valueAt(cases[place] as Case, place);
  return row;
}
