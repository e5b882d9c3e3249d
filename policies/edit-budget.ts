import type { Json } from "../state/json.ts";
import type { Settings } from "../state/settings.ts";
import type { Policy } from "./policy.ts";

/** How many edits one candidate may hold: the textual learning rate. */
export interface EditSchedule extends Policy {
  decide(input: { generation: number; settings: Settings }, memory: Json): number;
}

/** The same number of edits in every generation (SkillOpt's schedule `constant`, 03-methods 1.7). */
export const constantEdits: EditSchedule = {
  name: "edits.constant",
  version: 1,
  decide: ({ settings }) => settings.edits,
};
