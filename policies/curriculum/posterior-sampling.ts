import { createDraw, permutation } from "../../state/draw.ts";
import { rounded } from "../../state/rounding.ts";
import { SettingsError } from "../../state/errors.ts";
import type { Sampling } from "../sampling.ts";
import { BetaTable, chooseTasks, learnOutcomes, type TaskRule } from "./beta-table.ts";

/** Tasks that something is remembered of; of others every success rate is equally likely. */
const mostTasks = 1000;
/** Digits after the point of what is remembered. */
const digits = 3;
/** A task of 7 digits with parameters up to 99,999. */
const bytesPerTask = 40;

export interface PosteriorOptions {
  /** Default: nearest to a success rate of 0.5 [C]. */
  rule?: TaskRule;
  /** What remains of a belief when its task is rolled out again, in [0, 1]; 1 forgets nothing [C]. Default 0.8 [R]. */
  decay?: number;
  /** How many times the batch is drawn from the train tasks, of which the batch is chosen. Default 16 [C]. */
  pool?: number;
}

/**
 * Draws the tasks whose success rate is probably near a target, as those that always or never succeed teach nothing (MoPPS, arXiv
 * 2507.04632, recipe/ours/mopps.py [C]). Beliefs are Beta distributions, one a task, and fade as the skill changes. At most
 * 1,000 tasks are remembered, rounded to 3 digits; those that the least is known of are forgotten [R].
 */
export function posteriorSampling(options: PosteriorOptions = {}): Sampling {
  const { rule = { kind: "nearest", target: 0.5 }, decay = 0.8, pool = 16 } = options;
  if (!(decay >= 0 && decay <= 1)) throw new SettingsError("decay", `decay is ${decay}; it must be from 0 to 1.`);
  if (!(pool >= 1)) throw new SettingsError("pool", `pool is ${pool}; it must be at least 1.`);
  return {
    name: `sampling.posterior ${Object.values(rule).join(" ")} decay ${decay} pool ${pool}`,
    version: 1,
    memory: {
      schema: BetaTable,
      start: {},
      maxBytes: mostTasks * bytesPerTask,
      learn: (memory, { outcomes }) => remembered(learnOutcomes(BetaTable.parse(memory), outcomes, { decay })),
    },
    decide({ size, generation, settings }, memory) {
      const drawFor = (purpose: string) => createDraw(settings.seed, generation, purpose);
      const candidates = permutation(size, drawFor("posterior-pool")).slice(0, pool * settings.batch);
      const chosen = chooseTasks(candidates.map(String), BetaTable.parse(memory), {
        rule,
        size: settings.batch,
        drawAt: drawFor("posterior"),
      });
      return chosen.map(Number);
    },
  };
}

/** The beliefs that say the most, by how many rollouts they stand for. */
function remembered(table: BetaTable): BetaTable {
  const weightOf = ([alpha, beta]: readonly [number, number]) => alpha + beta;
  const all = Object.entries(table).toSorted(([, one], [, other]) => weightOf(other) - weightOf(one));
  return Object.fromEntries(
    all.slice(0, mostTasks).map(([task, [alpha, beta]]) => [task, [rounded(alpha, digits), rounded(beta, digits)]]),
  );
}
