import type { Analyst } from "../analyst.ts";
import { createBan } from "./marks.ts";
import { analyzeFailures } from "./analyze.ts";
import { diagnoseFailures } from "./diagnose.ts";
import { createRewriter } from "./rewrite.ts";
import { searchChanges } from "./search.ts";
import type { Listing } from "./listing.ts";
import { defaultTuning, type Tuning } from "./tuning.ts";
import { casesOf, createWindow } from "./window.ts";

export function createStatisticalAnalyst(tuning: Tuning = defaultTuning): Analyst {
  return {
    fingerprint: "statistical@1",
    async analyze(rollouts, skills) {
      return analyzeFailures(rollouts, skills);
    },
    async diagnose(failures, skills) {
      return diagnoseFailures(failures, skills);
    },
    async propose(deficiencies, skills, replay, { edits, rejected }) {
      if (deficiencies.length === 0) return { drafts: [], simulations: 0 };
      const window = createWindow(casesOf(replay));
      const editsTowards = createRewriter(skills);
      const isReachable = (listing: Listing): boolean => editsTowards(listing).length <= edits;
      const found = searchChanges(skills, window, { edits, isBanned: createBan(rejected), isReachable, tuning });
      const proposed = editsTowards(found.listing);
      if (proposed.length === 0) return { drafts: [], simulations: found.simulations };
      const origin = { operator: found.choices[0]?.operator ?? "", target: found.choices[0]?.place ?? "", features: {} };
      return { drafts: [{ edits: proposed, origin }], simulations: found.simulations };
    },
  };
}
