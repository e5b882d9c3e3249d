import { z } from "zod";
import type { Settings } from "../../state/settings.ts";

/** The numbers of the lifecycle of skills, as settings of a recipe: they can be changed in a run. Defaults are those of SLIM for ALFWorld [C], except what is marked as ours [R]. */
export const lifecycleSettings = {
  ablateEvery: z.int().positive().default(5).describe("skills are left out in every generation with such a number"),
  ablated: z
    .int()
    .nonnegative()
    .max(64)
    .default(4)
    .describe(
      "most skills that are left out in a generation, one at a time; the `general` ones are left out in addition",
    ),
  ablationTasks: z
    .int()
    .positive()
    .default(40)
    .describe(
      "most validation tasks on which a skill is left out in a generation; the next time it is the next ones, then further samples of them",
    ),
  keepFrom: z
    .number()
    .min(0)
    .max(1)
    .default(0.03)
    .describe("mean contribution from which a skill counts as useful, and needs no other for its tasks"),
  retireBelow: z
    .number()
    .min(-1)
    .max(1)
    .default(0.001)
    .describe("`retirement=threshold`: a mean contribution below this is low"),
  lowInRow: z
    .int()
    .positive()
    .default(3)
    .describe("`retirement=threshold`: how often in a row a contribution must be low for the skill to be retired"),
  leastUses: z
    .int()
    .nonnegative()
    .default(30)
    .describe("fewest rollouts of train tasks that showed a skill before it can be retired"),
  expandBelow: z
    .number()
    .min(0)
    .max(1)
    .default(0.4)
    .describe("mean score of the tasks of a skill below which another skill is created for its failures"),
  leastFailures: z
    .int()
    .min(1)
    .max(32)
    .default(20)
    .describe("fewest failed tasks of a skill, of the last 32, for another one to be created"),
  newSkills: z
    .int()
    .nonnegative()
    .default(2)
    .describe("most skills created between two generations in which skills are left out"),
};

const Terms = z.object(lifecycleSettings);
export type Terms = z.output<typeof Terms>;

export function termsOf(settings: Settings): Terms {
  return Terms.parse(settings);
}
