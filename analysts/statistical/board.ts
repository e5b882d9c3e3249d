import type { Act } from "../../agents/procedure/grammar/act.ts";
import type { Test } from "../../agents/procedure/compile.ts";
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
  /** The cases answered wrongly. */
  readonly wrong: readonly number[];
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
  return {
    listing,
    cases,
    holds,
    fired,
    answersOf,
    effect,
    wrong: [...cases.keys()].filter((place) => answers[place] !== cases[place]?.expected),
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
export function firstFrom(holds: readonly Uint8Array[], place: number, start: number): number {
  for (let rule = start; rule < holds.length; rule += 1) if (holds[rule]?.[place] === 1) return rule;
  return holds.length;
}

export function tallyOf(row: Uint8Array, cases: Iterable<number>): Tally {
  const counts = [0, 0, 0, 0];
  for (const each of cases) counts[row[each] as number] = (counts[row[each] as number] as number) + 1;
  return { fixes: counts[effects.fix] ?? 0, breaks: counts[effects.break] ?? 0, idle: counts[effects.idle] ?? 0 };
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
  for (const [place, each] of cases.entries()) row[place] = valueAt(each, place);
  return row;
}

/** Whether a condition holds where the entry stands: Rules see the whole message, Extract its text. */
export function isMet(test: Test, { message, body }: Case, entry: Entry): boolean {
  return entry.extraction === undefined ? test(message) : test(body, (name) => message.about(name));
}
