import { z } from "zod";
import type { Spent } from "../state/evidence.ts";
import type { Json } from "../state/json.ts";
import type { Settings } from "../state/settings.ts";
import { affordable } from "./budget.ts";
import type { Policy } from "./policy.ts";

/** How the run stands at the end of a generation. `least` counts the rollouts without which no generation is begun. */
interface Standing {
  generation: number;
  score: number | null;
  spent: Spent;
  settings: Settings;
  least: number;
  /** The epoch that another generation would belong to; null where the recipe has none. */
  epoch: number | null;
}

/** Says why the run is finished, or null while it goes on. */
export interface Stopping extends Policy {
  decide(input: Standing, memory: Json): string | null;
  /** Generations that a run has at most, where the policy bounds them by itself; `train` counts the train tasks. */
  most?(of: { settings: Settings; train: number }): number;
}

/** Generations since the last accepted candidate. */
const Idle = z.strictObject({ idle: z.int().nonnegative() });

/** Stops at the first bound reached: target, generations, patience, then the budgets of rollouts and tokens. */
export const firstBound: Stopping = {
  name: "stopping.first-bound",
  version: 3,
  memory: {
    schema: Idle,
    start: { idle: 0 },
    maxBytes: 100,
    learn: (memory, { verdict }) => ({ idle: verdict.accepted ? 0 : Idle.parse(memory).idle + 1 }),
  },
  decide({ generation, score, spent, settings, least }, memory) {
    const { idle } = Idle.parse(memory);
    if (settings.target !== null && score !== null && score >= settings.target) return "target";
    if (settings.generations !== null && generation >= settings.generations) return "generations";
    if (settings.patience !== null && idle >= settings.patience) return "patience";
    return affordable(settings, spent, least) < least ? "budget" : null;
  },
};

/** Stops once so many epochs are over, and at any bound that is reached before. Each epoch may have a generation that looks back on it. */
export function afterEpochs(epochs: number): Stopping {
  return {
    ...firstBound,
    name: "stopping.epochs",
    version: 1,
    most: ({ settings, train }) => epochs * (Math.ceil(train / Math.min(settings.batch, train)) + 1) - 1,
    decide: (standing, memory) =>
      standing.epoch !== null && standing.epoch > epochs ? "epochs" : firstBound.decide(standing, memory),
  };
}
