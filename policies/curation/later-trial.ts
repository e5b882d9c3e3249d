import { atLeastAcceptance, wholeAcceptance, type Acceptance } from "../acceptance.ts";
import type { Comparison, Trial } from "../trial.ts";

/** No worse on the sum over all tasks of the stage, all of which are asked in their order: their mean is a reward, which an early end would bias. */
const noWorseOnAll: Acceptance = {
  ...atLeastAcceptance,
  name: "acceptance.at-least whole",
  version: 1,
  plan: wholeAcceptance.plan,
  look: wholeAcceptance.look,
};

/**
 * The trial of a recipe, before which the later tasks of a stream judge an edit: the candidate and its parent are both run on all of them, and one that does
 * worse goes no further. That tasks after an edit judge it is SkillOS's (arXiv 2605.06614 [S]); there they reward the curator, and no edit is turned down. The
 * parent beside it is ours [R]: a rise between one position and the next also comes from other tasks. The last tasks of a stream have none after
 * them. `group` is the number of tasks of a stream.
 */
export function judgedLater(trial: Trial, { group }: { group: number }): Trial {
  return {
    ...trial,
    name: `${trial.name} judged later`,
    stages(of, memory, draw) {
      const { later, settings } = of;
      const rest = trial.stages(of, memory, draw);
      if (later.length === 0) return rest;
      const first: Comparison = {
        name: "later",
        suite: "train",
        tasks: later,
        against: "parents",
        acceptance: noWorseOnAll,
        keep: settings.candidates,
      };
      return [first, ...rest];
    },
    cost(of) {
      const cost = trial.cost(of);
      // The last position of a stream is judged by the rest of the trial alone.
      return { ...cost, most: cost.most + 2 * Math.max(0, group - of.batch) };
    },
  };
}
