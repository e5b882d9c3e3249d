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
type Answers = string | readonly (string | undefined)[];

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
  /** What a rule answers where it holds. */
  answersOf(rule: number): Answers;
  /** For each case what it would change if the rule that fired did not hold. */
  readonly withoutRule: Uint8Array;
}

export function createBoard(listing: Listing, cases: readonly Case[], player: Player): Board {
  const plays = listing.entries.map(player);
  const holds = plays.map((play) => play.holds);
  const fired = new Int32Array(cases.length);
  for (let place = 0; place < cases.length; place += 1) fired[place] = firstFrom(holds, place, 0);
  const answersOf = (rule: number): Answers => plays[rule]?.answers ?? listing.otherwise?.answer ?? noAnswer;
  const answerOfRule = (rule: number, place: number): string => answerAt(answersOf(rule), place) ?? "";
  const answers: string[] = [];
  for (let place = 0; place < cases.length; place += 1) answers.push(answerOfRule(fired[place] as number, place));
  const effect = (place: number, answer: string | undefined): number => {
    if (answer === answers[place] || answer === undefined) return effects.none;
    if (answer === cases[place]?.expected) return effects.fix;
    return answers[place] === cases[place]?.expected ? effects.break : effects.idle;
  };
  const rows = new Map<Answers, Uint8Array>();
  const taken = Array.from({ length: holds.length + 1 }, (): number[] => []);
  for (let place = 0; place < cases.length; place += 1) taken[fired[place] as number]?.push(place);
  const wrong = [...cases.keys()].filter((place) => answers[place] !== cases[place]?.expected);
  return {
    listing,
    cases,
    holds,
    fired,
    taken,
    wrong,
    missed: [...new Set(wrong.map((place) => cases[place]?.expected ?? ""))].toSorted(),
    answersOf,
    effect,
    effectOf(given) {
      const row = rows.get(given) ?? rowOf(cases, (_, place) => effect(place, answerAt(given, place)));
      rows.set(given, row);
      return row;
    },
    withoutRule: rowOf(cases, (_, place) =>
      effect(place, answerOfRule(firstFrom(holds, place, (fired[place] as number) + 1), place)),
    ),
  };
}

function answerAt(answers: Answers, place: number): string | undefined {
  return typeof answers === "string" ? answers : answers[place];
}

/** The first rule from `start` on that holds for a case; the number of rules where none does. */
function firstFrom(holds: readonly Uint8Array[], place: number, start: number): number {
  for (let rule = start; rule < holds.length; rule += 1) if (holds[rule]?.[place] === 1) return rule;
  return holds.length;
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
