import { z } from "zod";
import type { Json } from "../state/json.ts";
import type { EditScope } from "../state/program.ts";
import type { Settings } from "../state/settings.ts";
import type { Policy } from "./policy.ts";
import { autonomousEdits, editBudget, type EditDecay } from "./schedules/edit-budget.ts";

/** How many edits one candidate may have: the textual learning rate. */
export interface EditSchedule extends Policy {
  /** The analyst chooses how many of the drafted edits are kept, at most as many as the policy allows. */
  readonly isChosen?: true;
  /** What the edits may change; without it, texts of files that are there. */
  readonly scope?: EditScope;
  /** `train` is the number of train tasks. */
  decide(input: { generation: number; settings: Settings; train: number }, memory: Json): number;
}

/** The same number of edits in every generation. */
export const constantEdits: EditSchedule = {
  name: "edits.constant",
  version: 1,
  decide: ({ settings: { edits } }) => editBudget("constant", { step: 1, steps: 1, most: edits, least: edits }),
};

/** The same schedule, for edits that may also create, delete and rename files and skills. */
export function withOperations(schedule: EditSchedule): EditSchedule {
  return { ...schedule, name: `${schedule.name} with operations`, scope: "program" };
}

/** As many as the analyst chooses: SkillOpt's `autonomous` [C]. */
export const chosenNumber: EditSchedule = {
  name: "edits.autonomous",
  version: 1,
  isChosen: true,
  decide: () => autonomousEdits,
};

/** Number of steps of the schedule so far. */
const Steps = z.strictObject({ steps: z.int().nonnegative() });

/**
 * From the setting `edits` down to `least` over the steps of all epochs, one step per batch. As in the source, a generation
 * without a candidate is not a step [C], nor is one that reviews an epoch.
 */
export function decayingEdits(
  decay: Exclude<EditDecay, "constant">,
  { least, epochs }: { least: number; epochs: number },
): EditSchedule {
  return {
    name: `edits.${decay}`,
    version: 1,
    memory: {
      schema: Steps,
      start: { steps: 0 },
      maxBytes: 100,
      learn(memory, { candidate, epoch }) {
        const { steps } = Steps.parse(memory);
        return { steps: candidate === null || epoch?.reflects === true ? steps : steps + 1 };
      },
    },
    decide({ settings, train }, memory) {
      const { steps } = Steps.parse(memory);
      const all = epochs * Math.ceil(train / settings.batch);
      return editBudget(decay, { step: steps + 1, steps: all, most: settings.edits, least });
    },
  };
}
