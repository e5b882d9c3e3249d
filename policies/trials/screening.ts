import type { Values } from "../../state/archive.ts";
import type { Evidence, Verdict } from "../../state/evidence.ts";
import { differencesIn, discordantIn } from "../acceptances/votes.ts";
import { slack } from "../scores.ts";

/** Where a rejected candidate did not do as the other one, of all that is known of it: what it repaired first. */
export function changedIn(known: readonly Evidence[]): Evidence["columns"] {
  const pairs = new Map(known.flatMap(pairsIn));
  const changed = [...pairs].filter(([, { candidate, other }]) => candidate !== other);
  const rows = changed.toSorted(([, one], [, two]) => Number(isRepaired(two)) - Number(isRepaired(one)));
  return {
    task: rows.map(([task]) => task),
    candidate: rows.map(([, { candidate }]) => candidate),
    other: rows.map(([, { other }]) => other),
  };
}

/** How many of what it changed, the first ones, the candidate repaired. */
export function repairsIn(changed: Evidence): number {
  return discordantIn(differencesIn(changed)).won;
}

interface Pair {
  candidate: number;
  other: number;
}

const isRepaired = ({ candidate, other }: Pair) => candidate > other;

/** The scores on each task that has both. */
function pairsIn({ columns: { task, candidate, other } }: Evidence): Array<[task: number, pair: Pair]> {
  return candidate.flatMap((value, row) => {
    const there = other[row] ?? null;
    return value === null || there === null ? [] : [[task[row] as number, { candidate: value, other: there }]];
  });
}

/**
 * What the first results of a part say on the tasks that the whole one changed (ours [R]): it is rejected where it is shown to repair no more than it breaks. Missing results, and
 * those that are still to come, could be repaired.
 */
export function screenPart(candidate: Values, other: Values): Verdict {
  const most = other.reduce<number>((sum, there, row) => sum + (candidate[row] ?? 1) - (there ?? 0), 0);
  const delta = most / other.length;
  return delta > slack
    ? { accepted: true, decided: true, reason: "repairs more than it breaks of what the whole one changed", delta }
    : { accepted: false, decided: true, reason: "repairs no more than it breaks of what the whole one changed", delta };
}
