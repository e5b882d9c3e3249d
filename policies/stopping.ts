import { z } from "zod";
import type { Spent } from "../state/evidence.ts";
import type { Json } from "../state/json.ts";
import type { Settings } from "../state/settings.ts";
import { affordable } from "./budget.ts";
import { outcomeOf } from "./feedback/feedback-history.ts";
import type { Policy } from "./policy.ts";

/** The progress of the run at the end of a generation. `least` is the number of rollouts without which no generation is started. */
interface Standing {
  generation: number;
  score: number | null;
  spent: Spent;
  settings: Settings;
  least: number;
  /** The epoch that another generation would belong to; null if the recipe has none. */
  epoch: number | null;
  /** The episode that it would belong to, and the number of train tasks, where the recipe has episodes. */
  episodes?: { next: number; train: number } | undefined;
}

/** Returns why the run is finished, or null if it continues. */
export interface Stopping extends Policy {
  decide(input: Standing, memory: Json): string | null;
  /** Maximum number of generations of a run, if the policy itself bounds them; `train` is the number of train tasks. */
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

/**
 * Stops at any bound; the setting `patience` counts generations without a candidate that is kept and better than its parent: EvoSkill's early
 * stop (arXiv 2603.02766). Its code does not count generations in which nothing failed [C]; with `countsAll` they do [R].
 */
export function untilNoImprovement({ countsAll }: { countsAll: boolean }): Stopping {
  return {
    ...firstBound,
    name: `stopping.no-improvement${countsAll ? "" : " as published"}`,
    version: 1,
    memory: {
      schema: Idle,
      start: { idle: 0 },
      maxBytes: 100,
      learn(memory, record) {
        const { idle } = Idle.parse(memory);
        if (outcomeOf(record) === "improved") return { idle: 0 };
        return { idle: countsAll || record.batch.failed > 0 ? idle + 1 : idle };
      },
    },
  };
}

/** Stops after this many epochs, and at any bound that is reached before. Each epoch can have a generation that reviews it. */
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
