import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { questionKey } from "../readers/split.ts";
import { readTasks } from "../readers/tasks.ts";
import type { TaskSuites } from "../runs/cycle/optimize.ts";
import type { SettingsInput } from "../state/settings.ts";
import type { Task } from "../state/task.ts";
import { sha256 } from "../state/json.ts";

/** Where the task sets are, beside the project. */
export const dataFolder = fileURLToPath(new URL("../../shared/data", import.meta.url));

export interface TaskSetBench {
  set: string;
  /** Rollouts a run may spend, validation included. */
  budget: number;
  /** Accuracy on the test split that the loop is to reach at the end of the budget. */
  required: number;
  /** Beside the defaults. */
  settings: SettingsInput;
}

/** Budget, required accuracy and settings of each set: the one place to change them. */
export const taskSets: readonly TaskSetBench[] = [
  { set: "price_amount", budget: 1000, required: 0.96, settings: { batch: 40 } },
  { set: "sms_spam", budget: 4000, required: 0.955, settings: { validation: null } },
  { set: "banking10", budget: 4000, required: 0.82, settings: {} },
  { set: "ua_brand", budget: 4000, required: 0.79, settings: {} },
  { set: "snips_slots", budget: 4000, required: 0.85, settings: { batch: 80 } },
  { set: "address_field", budget: 4000, required: 0.74, settings: {} },
  { set: "bbh_word_sorting", budget: 500, required: 1, settings: { batch: 15, validation: 30 } },
  { set: "bbh_object_counting", budget: 1000, required: 0.8, settings: { batch: 20 } },
];

export function hasTaskSets(): boolean {
  return existsSync(dataFolder);
}

/**
 * What a benchmark reports on: the test split; or, so that development sees no test task, the held-out third of train or the validation tasks,
 * sealed ones not included.
 */
export type Split = "test" | "held-out" | "validation";

/**
 * The suites of a set, the reported split apart: a run gets no test tasks. `held-out` takes a third of the train tasks, by
 * a hash of what they ask, out of the run's train suite; the test file's tasks are then dropped.
 */
export async function readBenchTasks(set: string, split: Split): Promise<{ suites: TaskSuites; reported: Task[] }> {
  const { train, validation, sealed, test } = await readTasks(`${dataFolder}/${set}`);
  const common = { validation, sealed, test: [] };
  if (split !== "held-out") return { suites: { ...common, train }, reported: split === "test" ? test : validation };
  return {
    suites: { ...common, train: train.filter((task) => !isHeldOut(task)) },
    reported: train.filter(isHeldOut),
  };
}

function isHeldOut(task: Task): boolean {
  return Number.parseInt(sha256(`held-out/${questionKey(task)}`).slice(0, 12), 16) / 2 ** 48 < 1 / 3;
}
