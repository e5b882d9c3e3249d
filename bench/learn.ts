import type { TaskAgent } from "../agents/agent.ts";
import { createProcedureAgent } from "../agents/procedure/procedure-agent.ts";
import type { Slip } from "../agents/procedure/slip.ts";
import { createRandomAnalyst } from "../analysts/random.ts";
import { createStatisticalAnalyst } from "../analysts/statistical/statistical-analyst.ts";
import { optimize } from "../runs/cycle/optimize.ts";
import { show } from "../runs/reading/show.ts";
import { minimalSkill } from "../skills/minimal.ts";
import { findRecipe } from "../graphs/recipes/all.ts";
import { mainObjective, Members } from "../state/archive.ts";
import { parseSettings, type SettingsInput } from "../state/settings.ts";
import { createMemoryStore } from "../stores/drivers/memory.ts";
import { createPayload } from "../stores/payload/payload.ts";
import { createExact } from "../verifiers/exact.ts";
import { cpuSince, createClockedAnalyst } from "./clocked-analyst.ts";
import type { Client } from "./peers/client.ts";
import { createPlantingAnalyst } from "./recipes/planting.ts";
import { createReader, type CurvePoint } from "./read-off.ts";
import { readBenchTasks, type Split } from "./task-sets.ts";

export const analysts = {
  statistical: createStatisticalAnalyst,
  random: createRandomAnalyst,
  planting: createPlantingAnalyst,
};

/** One run from a minimal skill, as plain JSON: what a process of its own can be sent. */
export interface LearnJob {
  set: string;
  split: Split;
  arm: string;
  analyst: keyof typeof analysts;
  /** The agent overlooks rules of long skills; null for one that never does. */
  slip: Slip | null;
  /** With `seed` and `budgetRollouts`. */
  settings: SettingsInput & { seed: number; budgetRollouts: number };
  /** Rollouts at which the head is evaluated on the reported split, rising; the last is the budget. */
  at: number[];
  /** An outside optimizer that searches instead of a run; of the settings it has seed, budget, batch, edits, replay and validation. */
  client?: Client;
}

export interface LearnFigures {
  points: CurvePoint[];
  /** Of the head at the end. */
  tokens: number;
  /** Validation score of the head at the end; null where the gate does not look. */
  validation: number | null;
  /** How many validation tasks the gate used. */
  validationTasks: number;
  generations: number;
  accepted: number;
  /** Spent: a run may end before its budget. */
  rollouts: number;
  /** Of the programs kept at the end, in 0..1: correctness on the reported split, description and body within their limits. */
  hypervolume: number;
  /** How many programs were run on the reported split. */
  evaluations: number;
  /**
   * Seconds of CPU of the run, evaluations on the reported split left out, and the analyst's share of them. Of an outside optimizer
   * `run` is the bridge's and `client` its own; null where the system does not say.
   */
  cpu: { run: number; analyst: number; client?: number | null };
  /** Seconds from beginning to end of the run. */
  wall: number;
}

/** The embedded agent and verifier of a job, and the program it starts from. */
export function partsOf({ set, slip }: Pick<LearnJob, "set" | "slip">) {
  return {
    agent: createProcedureAgent(slip === null ? {} : { slip }),
    verifier: createExact(),
    program: [minimalSkill(set.replaceAll("_", "-"), `Answers the tasks of ${set}.`)] as const,
  };
}

/** The run of a job, and its figures; with another agent in place of the embedded one, which still answers for the reported split. */
export async function learn(
  { set, split, analyst, slip, settings, at }: LearnJob,
  agent?: TaskAgent,
): Promise<LearnFigures> {
  const store = createMemoryStore();
  const { suites, reported } = await readBenchTasks(set, split);
  const { program, ...parts } = partsOf({ set, slip });
  const clocked = createClockedAnalyst(analysts[analyst]());
  const [from, began] = [process.cpuUsage(), performance.now()];
  const own = { ...parts, agent: agent ?? parts.agent, analyst: clocked.analyst };
  const run = await optimize({ ...own, program, tasks: suites, settings, store });
  const { generations } = await run.result();
  const cpu = { run: cpuSince(from) / 1000, analyst: clocked.spent() / 1000 };
  const wall = (performance.now() - began) / 1000;
  const { timeline } = await show("run", { store });
  const payload = createPayload({ store, family: run.thread });
  const reader = createReader(reported, { ...parts, set });
  const points: CurvePoint[] = [];
  for (const rollouts of at) {
    const head = timeline.findLast(({ spent }) => spent.rollouts <= rollouts)?.head;
    points.push(await reader.point(rollouts, head === undefined ? program : await payload.program(head)));
  }
  const last = timeline.at(-1);
  const members = last === undefined ? [] : await payload.json(last.archive.members, Members);
  const kept = members.map(async (member) => ({
    skills: await payload.program(member.program),
    validation: member.means[mainObjective] ?? null,
  }));
  return {
    points,
    tokens: last?.headTokens ?? 0,
    validation: last?.headScore ?? null,
    validationTasks: Math.min(
      parseSettings(settings, findRecipe(settings.recipe)).validation ?? Infinity,
      suites.validation.length,
    ),
    generations,
    accepted: timeline.filter(({ verdict }) => verdict.accepted).length,
    rollouts: last?.spent.rollouts ?? 0,
    hypervolume: await reader.hypervolume(await Promise.all(kept)),
    evaluations: reader.evaluations(),
    cpu,
    wall,
  };
}
