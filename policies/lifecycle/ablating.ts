import type { Hash, Json } from "../../state/json.ts";
import type { Settings } from "../../state/settings.ts";

/** What skills of the head can be left out on. */
export interface AblationInput {
  settings: Settings;
  head: Hash;
  /** The validation tasks in use, as indices in the suite, and the names of the skills that each shows. */
  tasks: ReadonlyArray<{ task: number; shows: readonly string[] }>;
}

/** Skills of the head that are left out together on some validation tasks, all with the same sample. */
export interface AblationPlan {
  /** What is learned about: a skill by name; null for the general ones together. */
  skill: string | null;
  hidden: string[];
  /** Indices in the suite, and the place of the first one among the tasks that show the skill. */
  tasks: number[];
  from: number;
  sample: number;
}

/** Has skills of the head left out after the gate, to learn what they contribute. Decides by the memory of its policy. */
export interface Ablating {
  /** Skills that a setting names: the program that a run starts from must have them. */
  readonly named: { setting: string; skills: readonly string[] };
  isDue(of: { generation: number; settings: Settings }): boolean;
  plan(of: AblationInput, memory: Json): AblationPlan[];
  /** Most rollouts that this takes per generation, on average; `validation` counts the validation tasks in use. */
  most(of: { settings: Settings; validation: number }): number;
}
