import type { Acceptance, MovingAcceptance } from "../acceptance.ts";
import { differencesIn } from "../acceptances/votes.ts";
import { anyOrder } from "../acceptances/orders.ts";
import { missingVerdict } from "../acceptances/sequential.ts";
import { headStage, type Stage, type Trial } from "../trial.ts";

/** The share of the validation tasks that choosing takes, and the least of them in a round (ours [R]). */
const choosingShare = 0.25;
const leastTasks = 5;

/** Ranks by the mean difference to the head, and decides nothing else. */
const ranking: Acceptance = {
  name: "acceptance.ranking",
  version: 1,
  takesShorter: false,
  plan: anyOrder,
  look: () => "more",
  decide(evidence) {
    const { candidate, other } = evidence.columns;
    const differences = differencesIn(evidence);
    const delta = differences.reduce((sum, one) => sum + one, 0) / Math.max(1, differences.length);
    const missing = other.length - differences.length;
    if (candidate.length < other.length)
      return { accepted: false, decided: false, reason: "not enough evidence", delta };
    if (missing > evidence.maxMissing * other.length)
      return { ...missingVerdict({ missing, planned: other.length, maxMissing: evidence.maxMissing }), delta };
    // What is dropped for its rank was not shown to be no better.
    return { accepted: true, decided: false, reason: "among the best so far", delta };
  },
};

/**
 * Several candidates: in each round all that are left are run on a few tasks, the same for all, and the better half stays (successive halving,
 * Jamieson & Talwalkar 2016); the last one is compared with the head on the other tasks alone, which it was not chosen on. So choosing the best of many
 * does not raise the error of the comparison.
 */
export function halvingTrial(acceptance: Acceptance | MovingAcceptance): Trial {
  return {
    name: `trial.halving ${acceptance.name}`,
    version: acceptance.version,
    takesShorter: acceptance.takesShorter,
    stages(of, _, draw) {
      const { validation, settings } = of;
      const now = "at" in acceptance ? acceptance.at(of, draw) : acceptance;
      const { rounds, each } = roundsOf(settings.candidates, validation.length);
      const choosing = Array.from({ length: rounds }, (_round, at): Stage => {
        const tasks = validation.slice(at * each, (at + 1) * each);
        const keep = Math.max(1, Math.ceil(settings.candidates / 2 ** (at + 1)));
        return headStage({ name: `halving ${at + 1}`, acceptance: ranking, tasks, keep });
      });
      return [
        ...choosing,
        headStage({ name: "validation", acceptance: now, tasks: validation.slice(rounds * each), keep: 1 }),
      ];
    },
    cost({ settings: { candidates, wave }, validation }) {
      const { rounds, each } = roundsOf(candidates, validation);
      const choosing = Array.from({ length: rounds }, (_, at) => each * Math.ceil(candidates / 2 ** at));
      return {
        start: validation,
        least: rounds > 0 ? each : Math.min(wave, validation),
        most: choosing.reduce((sum, one) => sum + one, 0) + validation - rounds * each,
      };
    },
  };
}

/** As many rounds as leave one candidate, as far as the tasks for choosing hold them. */
function roundsOf(candidates: number, validation: number): { rounds: number; each: number } {
  const rounds = Math.ceil(Math.log2(candidates));
  const each = Math.max(leastTasks, Math.floor((choosingShare * validation) / Math.max(1, rounds)));
  return rounds * each < validation ? { rounds, each } : { rounds: 0, each: 0 };
}
