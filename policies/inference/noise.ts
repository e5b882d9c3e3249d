import type { Values } from "../../state/archive.ts";
import { boundsOfDifference, detectableDifference } from "./difference.ts";

/** How two runs of the same program on the same tasks differ. */
export interface Noise {
  /** Tasks with a result of both. */
  pairs: number;
  /** Share of them on which the two differ. */
  flips: number;
  /** Mean squared difference, in 0..1; for binary scores the same as `flips`. */
  spread: number;
  /** Mean of the second minus the first, with its 95 % interval: 0 but for chance. */
  difference: number;
  interval: [low: number, high: number];
}

/** Null where no task has a result of both. */
export function noiseOf(first: Values, second: Values): Noise | null {
  const differences = second.flatMap((score, task) => {
    const before = first[task] ?? null;
    return score === null || before === null ? [] : [score - before];
  });
  const pairs = differences.length;
  if (pairs === 0) return null;
  const mean = (of: (difference: number) => number) => differences.reduce((sum, one) => sum + of(one), 0) / pairs;
  return {
    pairs,
    flips: mean((one) => (one === 0 ? 0 : 1)),
    spread: mean((one) => one ** 2),
    difference: mean((one) => one),
    interval: boundsOfDifference(differences, 0.975),
  };
}

/** Samples of each task that are worth trying [R]. */
const samplings = [1, 2, 3, 5];

/** What a comparison on so many validation tasks can find, as far as only the noise of the agent and the verifier is in its way. */
export interface Advice {
  /** Fewest samples of each task with which a gain of `gain` is likely to be found (80 %); null where five do not do. */
  samples: number | null;
  /** The gain that is likely to be found, by the number of samples. */
  detectable: Array<{ samples: number; gain: number }>;
  /** Validation tasks that one sample each needs for it. */
  tasks: number;
}

/**
 * An edit also changes which tasks pass, which samples do not average out, so a comparison needs at least what is said here. The mean of k
 * samples has the k-th part of the spread; `tasks` solves `detectableDifference` for the number of pairs.
 */
export function adviseOn({ spread }: Pick<Noise, "spread">, validation: number, gain: number): Advice {
  const found = (samples: number) => detectableDifference({ spread: spread / samples, pairs: validation }) ?? 1;
  const detectable = samplings.map((samples) => ({ samples, gain: found(samples) }));
  const atOne = detectableDifference({ spread: 1, pairs: 1e6 }) ?? 1;
  return {
    samples: detectable.find((one) => one.gain <= gain)?.samples ?? null,
    detectable,
    tasks: Math.ceil((spread * 1e6 * atOne ** 2) / gain ** 2),
  };
}
