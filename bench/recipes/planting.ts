import type { Analyst } from "../../analysts/analyst.ts";
import { createRandomAnalyst } from "../../analysts/random.ts";
import { createStatisticalAnalyst } from "../../analysts/statistical/statistical-analyst.ts";

/** The share of proposals that are planted. */
const share = 1 / 3;

/**
 * An adversary: a third of its proposals, drawn by lot, are made at random and claim to repair half of the replayed failures and to break nothing; the others are
 * those of the statistical analyst.
 */
export function createPlantingAnalyst(): Analyst {
  const honest = createStatisticalAnalyst();
  const random = createRandomAnalyst();
  return {
    ...honest,
    fingerprint: `planting, ${honest.fingerprint}, ${random.fingerprint}`,
    async propose(deficiencies, skills, replay, budget) {
      if (budget.draw(0) >= share) return honest.propose(deficiencies, skills, replay, budget);
      const planted = await random.propose(deficiencies, skills, replay, budget);
      const failing = replay.filter(({ score }) => score !== null && score.value < 1).length;
      const features = { fixes: Math.ceil(failing / 2), breaks: 0 };
      const drafts = planted.drafts.map(({ edits, origin }) => ({ edits, origin: { ...origin, features } }));
      return { ...planted, drafts };
    },
  };
}
