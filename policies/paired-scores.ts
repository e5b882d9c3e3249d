import type { Column } from "../state/evidence.ts";
import { meanAndInterval } from "./interval.ts";

/** Scores of two programs on the same tasks, task by task; a missing result counts as 0 for either. */
export interface PairedScores {
  /** Mean of one minus the other, in -1..1: the difference of their mean scores. */
  difference: number;
  /** 95 % interval of that mean (Student's t over the differences of the tasks). */
  interval: [low: number, high: number];
  /** Tasks on which the one scores higher, and lower. */
  better: number;
  worse: number;
}

/** Needs at least two tasks: of one the spread is not known. */
export function pairScores(one: Column["values"], other: Column["values"]): PairedScores {
  const differences = one.map((value, task) => (value ?? 0) - (other[task] ?? 0));
  const { mean, half } = meanAndInterval(differences);
  return {
    difference: mean,
    interval: [Math.max(-1, mean - half), Math.min(1, mean + half)],
    better: differences.filter((difference) => difference > 0).length,
    worse: differences.filter((difference) => difference < 0).length,
  };
}
