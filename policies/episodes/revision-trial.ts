import { strictAcceptance, wholeAcceptance, type Acceptance } from "../acceptance.ts";
import type { Comparison, Trial } from "../trial.ts";

/** The stage in which a revision is rewarded: on the train tasks of the batch, against the program that it revises. */
function rewardOn(tasks: readonly number[], acceptance = wholeAcceptance): Comparison {
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

/** The same on the batch, and then strictly better than the head on the validation tasks in use: ours, for skills that all tasks share [R]. */
export const sharedTrial: Trial = {
  name: "trial.shared",
  version: 1,
  takesShorter: false,
  stages: ({ batch, validation }) => [
    rewardOn(batch),
    {
      name: "validation",
      suite: "validation",
      tasks: validation,
      against: "head",
      acceptance: strictAcceptance,
      keep: 1,
    },
  ],
  cost: ({ batch, validation }) => ({ start: validation, least: batch, most: batch + validation }),
};
