import type { Values } from "../../state/archive.ts";
import { boundsOfDifference } from "./difference.ts";
import { signFlipP } from "./sign-flip.ts";

/** Scores of two programs on the same tasks, task by task, over the tasks that both have a result for. */
export interface PairedScores {
  /** How many tasks those are. */
  pairs: number;
  /** Mean of one minus the other, in -1..1; null without a pair. */
  difference: number | null;
  /** 95 % interval of that mean, as that of a certificate; null without a pair. */
  interval: [low: number, high: number] | null;
  /** Tasks on which the one scores higher, and lower. */
  better: number;
  worse: number;
  /** What the one is shown to be by the test of certificates, the exact one of sign flips, one-sided at .025 on either side; null for neither. */
  shown: "better" | "worse" | null;
}

/** One-sided, so that a difference to either side is found in error with at most .05. */
const level = 0.025;

export function pairScores(one: Values, other: Values): PairedScores {
  const differences = one.flatMap((value, task) => {
    const there = other[task] ?? null;
    return value === null || there === null ? [] : [value - there];
  });
  const pairs = differences.length;
  const isBetter = signFlipP(differences) <= level;
  const isWorse = signFlipP(differences.map((difference) => -difference)) <= level;
  return {
    pairs,
    difference: pairs === 0 ? null : differences.reduce((sum, difference) => sum + difference, 0) / pairs,
    interval: pairs === 0 ? null : boundsOfDifference(differences, 1 - level),
    better: differences.filter((difference) => difference > 0).length,
    worse: differences.filter((difference) => difference < 0).length,
    shown: isBetter ? "better" : isWorse ? "worse" : null,
  };
}
