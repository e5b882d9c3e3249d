import { z } from "zod";
import type { GenerationRecord, Spent } from "../state/evidence.ts";
import { Json } from "../state/json.ts";
import type { Settings } from "../state/settings.ts";
import { SettingsError } from "../state/errors.ts";
import { affordable } from "./budget.ts";
import { outcomeOf } from "./feedback/feedback-history.ts";
import { hasConverged, type BatchUse } from "./library-growth.ts";
import type { Policy } from "./policy.ts";
import { reaches, type MeasuredScore } from "./validation-tasks.ts";

/** The progress of the run at the end of a generation. `least` is the number of rollouts without which no generation is started. */
interface Standing {
  generation: number;
  /** What is known of the head. */
  measured: MeasuredScore;
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

/**
 * How a run ends for this reason: at once, or, where its head is provisional, after one more generation that only audits it. The generation that
 * closes a run ends it for the reason that it was begun for, except for a target that the head does not reach any more after its audit: then for
 * another reason, or the run goes on.
 */
export function endingOf(
  why: string | null,
  { closing, standing }: { closing: string | null; standing: GenerationRecord["standing"] },
): { closing: string | null; stop: string | null } {
  if (closing !== null && closing !== "target") return { closing: null, stop: closing };
  return standing === "provisional" ? { closing: why, stop: null } : { closing: null, stop: why };
}

/** Generations since the last accepted candidate. */
const Idle = z.strictObject({ idle: z.int().nonnegative() });

/** Stops at the first bound reached: target, generations, patience, then the budgets of rollouts and tokens. */
export const firstBound: Stopping = {
  name: "stopping.first-bound",
  version: 4,
  memory: {
    schema: Idle,
    start: { idle: 0 },
    maxBytes: 100,
    learn: (memory, { verdict }) => ({ idle: verdict.accepted ? 0 : Idle.parse(memory).idle + 1 }),
  },
  decide({ generation, measured, spent, settings, least }, memory) {
    const { idle } = Idle.parse(memory);
    if (settings.target !== null && reaches(settings.target, measured)) return "target";
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

const Ended = z.strictObject({ bound: Json, isOver: z.boolean() });

/** Stops with "finished" after a generation in which there was nothing to try, and at any bound that is reached before. */
export const untilNoCandidate: Stopping = {
  name: "stopping.no-candidate",
  version: 1,
  memory: {
    schema: Ended,
    start: { bound: { idle: 0 }, isOver: false },
    maxBytes: 200,
    learn: (memory, record, settings) => ({
      bound: firstBound.memory?.learn(Ended.parse(memory).bound, record, settings) ?? null,
      isOver: record.candidate === null,
    }),
  },
  decide(standing, memory) {
    const { bound, isOver } = Ended.parse(memory);
    return isOver ? "finished" : firstBound.decide(standing, bound);
  },
};

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

const Use = z.strictObject({ created: z.number().nonnegative(), used: z.number().nonnegative() });

/** The sum of the batches before the last ones, and these. */
const Growth = z.strictObject({ bound: Json, before: Use, last: z.array(Use) });

/**
 * Stops with "converged" once the skills have stopped growing, and at any bound that is reached before: in each of the last `patience`
 * generations with rollouts, accepted edits per rollout, over the whole run, fell or none was accepted, and changed by at most `tolerance` (the
 * slope of EGL, Yunjue Agent [P/C]; see `hasConverged`). Created are the accepted edits, and each rollout of a batch that has a result
 * uses them once [R], as in the defaults of 3 generations and 0.01 [R].
 */
export function whenConverged({ patience = 3, tolerance = 0.01 }: Partial<Convergence> = {}): Stopping {
  if (!(Number.isInteger(patience) && patience >= 1 && patience <= 100))
    throw new SettingsError("patience", `patience is ${patience}; it must be a whole number from 1 to 100.`);
  if (!(tolerance >= 0)) throw new SettingsError("tolerance", `tolerance is ${tolerance}; it must be at least 0.`);
  const { memory: bound } = firstBound as Required<Stopping>;
  return {
    name: `stopping.converged ${patience} within ${tolerance}`,
    version: 1,
    memory: {
      schema: Growth,
      start: { bound: bound.start, before: { created: 0, used: 0 }, last: [] },
      maxBytes: bound.maxBytes + (patience + 1) * 100,
      learn(memory, record, settings) {
        const { before, last, ...of } = Growth.parse(memory);
        const learned = { bound: bound.learn(of.bound, record, settings) };
        const used = record.outcomes.reduce((sum, { rollouts }) => sum + rollouts, 0);
        if (used === 0 && record.acceptedEdits === 0) return { ...learned, before, last };
        const all = [...last, { created: record.acceptedEdits, used }];
        const sum = [before, ...all.slice(0, -patience)].reduce(plus);
        return { ...learned, before: sum, last: all.slice(-patience) };
      },
    },
    decide(standing, memory) {
      const { bound: own, before, last } = Growth.parse(memory);
      const reached = firstBound.decide(standing, own);
      if (reached !== null) return reached;
      return last.length === patience && hasConverged([before, ...last], { patience, tolerance }) ? "converged" : null;
    },
  };
}

interface Convergence {
  patience: number;
  tolerance: number;
}

function plus(one: BatchUse, other: BatchUse): BatchUse {
  return { created: one.created + other.created, used: one.used + other.used };
}
