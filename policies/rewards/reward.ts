import { mainObjective, type Means } from "../../state/archive.ts";
import { SettingsError, StateError } from "../../state/errors.ts";
import { rounded } from "../../state/rounding.ts";
import { wholeAcceptance, type Acceptance } from "../acceptance.ts";
import { meanScore } from "../scores.ts";
import { effectObjective } from "./steps.ts";

const digits = 12;

/**
 * MASA's reward R = SR - lambda NHR (arXiv 2605.30723 [S]): the mean score minus the share of steps without effect, in -lambda..1. `lambda` is in
 * 0..1; its published value is not known, .1 is ours [R]. Means without `effect` count as if every step had one. Null where there is no score. Throws a
 * SettingsError for another lambda, and a StateError for means that are no numbers in 0..1.
 */
export function rewardOf(means: Means, lambda: number): number | null {
  if (!(lambda >= 0 && lambda <= 1)) throw new SettingsError("lambda", `lambda is ${lambda}; it must be from 0 to 1.`);
  const score = means[mainObjective] ?? null;
  const effect = means[effectObjective] ?? 1;
  for (const [name, value] of Object.entries({ [mainObjective]: score ?? 0, [effectObjective]: effect })) {
    if (value >= 0 && value <= 1) continue;
    throw new StateError(`The mean of "${name}" is ${value}, of which no reward can be made; it must be in 0..1.`);
  }
  return score === null ? null : rounded(score - lambda * (1 - effect), digits);
}

/**
 * Strictly more reward than the other, over all tasks of the stage, which are asked in their order: MASA's hill climbing accepts where the mean reward
 * is strictly above the best so far [S]. Where one of the two has no `effect`, scores alone are compared [R].
 */
export function rewardAcceptance(lambda: number): Acceptance {
  rewardOf({}, lambda);
  return {
    ...wholeAcceptance,
    name: `acceptance.reward ${lambda}`,
    version: 1,
    decide(evidence) {
      const verdict = wholeAcceptance.decide(evidence);
      if (!verdict.decided) return verdict;
      const { columns, means } = evidence;
      // What scores can no longer show, steps still may.
      if (columns.candidate.length < columns.other.length)
        return { accepted: false, decided: false, reason: "not enough evidence", delta: 0 };
      const pairs = columns.candidate.flatMap((value, row) => {
        const other = columns.other[row] ?? null;
        return value === null || other === null ? [] : [[value, other] as const];
      });
      const isKnown = [means.candidate, means.other].every((each) => typeof each[effectObjective] === "number");
      const reward = (score: number | null, own: Means) =>
        rewardOf(isKnown ? { ...own, [mainObjective]: score } : { [mainObjective]: score }, lambda) ?? 0;
      const [after, before] = [0, 1].map((side) => meanScore(pairs.map((pair) => pair[side] as number))) as [
        number | null,
        number | null,
      ];
      const delta = rounded(reward(after, means.candidate) - reward(before, means.other), digits);
      const accepted = delta > 0;
      return { accepted, decided: true, reason: accepted ? "more reward" : "no more reward", delta };
    },
  };
}
