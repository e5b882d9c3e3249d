import type { SkillFolder } from "../skills/folder.ts";
import type { Policy } from "./policy.ts";

/** Objectives that a program has by itself, without being run: in 0..1 by name, higher is better. */
export interface Objectives extends Policy {
  of(skills: readonly SkillFolder[]): Record<string, number>;
}

/** Nothing counts but what the verifier says. */
export const noObjectives: Objectives = { name: "objectives.none", version: 1, of: () => ({}) };
