import type { Values } from "../../state/archive.ts";
import { meanAndInterval } from "../interval.ts";

/** Scores of two programs on the same tasks, task by task, over the tasks that both have a result for. */
export interface PairedScores {
  /** How many tasks those are. */
  pairs: number;
  /** Mean of one minus the other, in -1..1; null without a pair. */
  difference: number | null;
  /** 95 % interval of that mean (Student's t over the differences of the pairs); null below two pairs, whose spread is not known. */
  interval: [low: number, high: number] | null;
  /** Tasks on which the one scores higher, and lower. */
  better: number;
  worse: number;
}

export function pairScores(one: Values, other: Values): PairedScores {
  const differences = one.flatMap((value, task) => {
    const there = other[task] ?? null;
    return value === null || there === null ? [] : [value - there];
  });
  const { mean, half } = meanAndInterval(differences);
  return {
    pairs: differences.length,
    difference: differences.length === 0 ? null : mean,
    interval: differences.length < 2 ? null : [Math.max(-1, mean - half), Math.min(1, mean + half)],
    better: differences.filter((difference) => difference > 0).length,
    worse: differences.filter((difference) => difference < 0).length,
  };
}
