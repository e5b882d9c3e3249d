import { z } from "zod";
import type { Spent } from "../state/evidence.ts";
import type { Json } from "../state/json.ts";
import type { Settings } from "../state/settings.ts";
import type { Policy } from "./policy.ts";

/** Says why the run is finished, or null while it goes on. */
export interface Stopping extends Policy {
  decide(
    input: { generation: number; score: number | null; spent: Spent; settings: Settings },
    memory: Json,
  ): string | null;
}

/** Generations since the last accepted candidate. */
const Idle = z.strictObject({ idle: z.int().nonnegative() });

/** Stops at the first bound reached: target, generations, patience, then the budget of rollouts. */
export const firstBound: Stopping = {
  name: "stopping.first-bound",
  version: 1,
  memory: {
    schema: Idle,
    start: { idle: 0 },
    maxBytes: 100,
    learn: (memory, { verdict }) => ({ idle: verdict.accepted ? 0 : Idle.parse(memory).idle + 1 }),
  },
  decide({ generation, score, spent, settings }, memory) {
    const { idle } = Idle.parse(memory);
    if (settings.target !== null && score !== null && score >= settings.target) return "target";
    if (settings.generations !== null && generation >= settings.generations) return "generations";
    if (settings.patience !== null && idle >= settings.patience) return "patience";
    return affords(settings, spent, settings.batch + settings.wave) ? null : "budget";
  },
};

/** Whether so many rollouts more fit the budget. */
export function affords(settings: Settings, spent: Spent, rollouts: number): boolean {
  return settings.budgetRollouts === null || spent.rollouts + rollouts <= settings.budgetRollouts;
}

/** How many of the wanted rollouts fit the budget. */
export function affordable(settings: Settings, spent: Spent, rollouts: number): number {
  if (settings.budgetRollouts === null) return rollouts;
  return Math.max(0, Math.min(rollouts, settings.budgetRollouts - spent.rollouts));
}
