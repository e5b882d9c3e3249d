import { createCompiler } from "../agents/procedure/interpret.ts";
import { createProcedureAgent } from "../agents/procedure/procedure-agent.ts";
import type { Slip } from "../agents/procedure/slip.ts";
import { createRandomAnalyst } from "../analysts/random.ts";
import { createStatisticalAnalyst } from "../analysts/statistical/statistical-analyst.ts";
import { evaluate } from "../runs/evaluation/evaluate.ts";
import { optimize } from "../runs/cycle/optimize.ts";
import { show } from "../runs/reading/show.ts";
import type { SkillFolder } from "../skills/folder.ts";
import { minimalSkill } from "../skills/minimal.ts";
import { findRecipe } from "../graphs/recipes/all.ts";
import { parseSettings, type SettingsInput } from "../state/settings.ts";
import { createMemoryStore } from "../stores/drivers/memory.ts";
import { createPayload } from "../stores/payload/payload.ts";
import { createExact } from "../verifiers/exact.ts";
import { cpuSince, createClockedAnalyst } from "./clocked-analyst.ts";
import { readBenchTasks, type Split } from "./task-sets.ts";

const analysts = { statistical: createStatisticalAnalyst, random: createRandomAnalyst };

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
}

/** The head that stood after so many rollouts. */
export interface CurvePoint {
  rollouts: number;
  score: number;
  words: number;
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
  /** How many programs were run on the reported split. */
  evaluations: number;
  /** Seconds of CPU of the run, evaluations on the reported split left out, and the analyst's share of them. */
  cpu: { run: number; analyst: number };
}

export async function learn({ set, split, analyst, slip, settings, at }: LearnJob): Promise<LearnFigures> {
  const store = createMemoryStore();
  const { suites, reported } = await readBenchTasks(set, split);
  const parts = { agent: createProcedureAgent(slip === null ? {} : { slip }), verifier: createExact() };
  const program = [minimalSkill(set.replaceAll("_", "-"), `Answers the tasks of ${set}.`)];
  const clocked = createClockedAnalyst(analysts[analyst]());
  const from = process.cpuUsage();
  const run = await optimize({ ...parts, analyst: clocked.analyst, program, tasks: suites, settings, store });
  const { generations } = await run.result();
  const cpu = { run: cpuSince(from) / 1000, analyst: clocked.spent() / 1000 };
  const { timeline } = await show("run", { store });
  const payload = createPayload({ store, family: run.thread });
  const compile = createCompiler();
  const evaluated = new Map<string, Omit<CurvePoint, "rollouts">>();
  const evaluateHead = async (skills: readonly SkillFolder[]) => {
    const look = { ...parts, program: skills, tasks: reported, suite: "test" as const };
    const { score } = await evaluate({ ...look, store: createMemoryStore(), concurrency: 64 });
    if (score === null) throw new Error(`No task of ${set} has a result.`);
    return { score, words: compile(skills).words };
  };
  const points: CurvePoint[] = [];
  for (const rollouts of at) {
    const head = timeline.findLast(({ spent }) => spent.rollouts <= rollouts)?.head;
    const key = head ?? "start";
    const point =
      evaluated.get(key) ?? (await evaluateHead(head === undefined ? program : await payload.program(head)));
    evaluated.set(key, point);
    points.push({ rollouts, ...point });
  }
  const last = timeline.at(-1);
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
    evaluations: evaluated.size,
    cpu,
  };
}
