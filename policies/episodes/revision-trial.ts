import { strictAcceptance, wholeAcceptance, type Acceptance } from "../acceptance.ts";
import { rewardAcceptance } from "../rewards/reward.ts";
import { headStage, type Comparison, type Trial } from "../trial.ts";

/** The stage in which a revision is rewarded: on the train tasks of the batch, against the program that it revises. */
function rewardOn(tasks: readonly number[], acceptance: Acceptance = wholeAcceptance): Comparison {
  return { name: "reward", suite: "train", tasks, against: "parents", acceptance, keep: 1 };
}

/** Each revision is the next in its chain, whether it helped or not (Skill-R1, A.2 [P]), unless too many results are missing. */
const followingAcceptance: Acceptance = {
  ...wholeAcceptance,
  name: "acceptance.following",
  version: 1,
  decide(evidence) {
    const verdict = wholeAcceptance.decide(evidence);
    return verdict.decided ? { ...verdict, accepted: true, reason: "next in its chain" } : verdict;
  },
};

/**
 * A revision is accepted if its mean reward on the tasks of its episode is higher than its parent's (Skill-R1, A.6 [R]); with `follows`
 * always, as published.
 */
export function episodeTrial({ follows }: { follows: boolean }): Trial {
  return {
    name: `trial.episode${follows ? " following" : ""}`,
    version: 1,
    takesShorter: false,
    stages: ({ batch }) => [rewardOn(batch, follows ? followingAcceptance : wholeAcceptance)],
    cost: ({ batch }) => ({ start: 0, least: batch, most: batch }),
  };
}

/** A revision is accepted if it is better than its parent on the batch, and then than the head on the validation tasks in use. */
function gatedTrial(name: string, { reward, gate }: { reward: Acceptance; gate: Acceptance }): Trial {
  return {
    name,
    version: 1,
    takesShorter: false,
    stages: ({ batch, validation }) => [
      rewardOn(batch, reward),
      headStage({ name: "validation", acceptance: gate, tasks: validation, keep: 1 }),
    ],
    cost: ({ batch, validation }) => ({ start: validation, least: batch, most: batch + validation }),
  };
}

/** The same on the batch, and then strictly better than the head on the validation tasks in use: ours, for skills that all tasks share [R]. */
export const sharedTrial: Trial = gatedTrial("trial.shared", { reward: wholeAcceptance, gate: strictAcceptance });

/**
 * Strictly more reward than the parent on the batch (ours [R]: it spares candidates that would not be accepted), and then than the head, the best so far, on the validation
 * tasks in use (MASA, arXiv 2605.30723 [S]). `lambda` is the weight of steps without effect, in 0..1.
 */
export function rewardTrial(lambda: number): Trial {
  const acceptance = rewardAcceptance(lambda);
  return gatedTrial(`trial.reward ${lambda}`, { reward: acceptance, gate: acceptance });
}
