import { compileCondition } from "../../agents/procedure/compile.ts";
import { noAnswer } from "../../agents/procedure/interpret.ts";
import type { Condition } from "../../agents/procedure/sentence.ts";
import type { Listing } from "./listing.ts";
import type { Case } from "./window.ts";

/** What changes of answers come to: wrong to right, right to wrong, wrong to another wrong. */
export interface Tally {
  readonly fixes: number;
  readonly breaks: number;
  readonly idle: number;
}

/** What a change of one answer is; an effect per case is a row of these. */
export const effects = { none: 0, fix: 1, break: 2, idle: 3 } as const;

/** A listing played on every case of the window. Cases and rules are named by their places. */
export interface Board {
  readonly listing: Listing;
  readonly cases: readonly Case[];
  /** For each rule, 1 where its condition holds. */
  readonly holds: readonly Uint8Array[];
  /** For each case the first rule that holds; the number of rules where none does. */
  readonly fired: Int32Array;
  /** The cases answered wrongly. */
  readonly wrong: readonly number[];
  /** For each case what answering it with the label would change. */
  effectOf(label: string): Uint8Array;
  /** For each case what it would change if the rule that fired did not hold. */
  readonly withoutRule: Uint8Array;
}

export function createBoard(
  listing: Listing,
  cases: readonly Case[],
  holdsOf: (condition: Condition) => Uint8Array,
): Board {
  const holds = listing.entries.map(({ condition }) => holdsOf(condition));
  const fired = Int32Array.from(cases, (_, place) => firstFrom(holds, place, 0));
  const answerOfRule = (rule: number): string => listing.entries[rule]?.answer ?? listing.otherwise?.answer ?? noAnswer;
  const answers = Array.from(fired, answerOfRule);
  const effect = (place: number, answer: string): number => {
    if (answer === answers[place]) return effects.none;
    if (answer === cases[place]?.expected) return effects.fix;
    return answers[place] === cases[place]?.expected ? effects.break : effects.idle;
  };
  const rows = new Map<string, Uint8Array>();
  return {
    listing,
    cases,
    holds,
    fired,
    wrong: [...cases.keys()].filter((place) => answers[place] !== cases[place]?.expected),
    effectOf(label) {
      const row = rows.get(label) ?? Uint8Array.from(cases, (_, place) => effect(place, label));
      rows.set(label, row);
      return row;
    },
    withoutRule: Uint8Array.from(cases, (_, place) => {
      const rule = fired[place] as number;
      return effect(place, answerOfRule(firstFrom(holds, place, rule + 1)));
    }),
  };
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

/** Plays conditions on cases, each condition once. */
export function createPlayer(cases: readonly Case[]): (condition: Condition) => Uint8Array {
  const played = new WeakMap<Condition, Uint8Array>();
  return (condition) => {
    const known = played.get(condition);
    if (known !== undefined) return known;
    const holds = compileCondition(condition);
    const row = Uint8Array.from(cases, ({ message }) => Number(holds(message)));
    played.set(condition, row);
    return row;
  };
}
