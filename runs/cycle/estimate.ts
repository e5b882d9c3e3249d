import { countTokens, programTokens } from "../../skills/tokens.ts";
import type { SkillFolder } from "../../skills/folder.ts";
import type { Settings } from "../../state/settings.ts";
import type { Task } from "../../state/task.ts";
import type { TaskSuites } from "./optimize.ts";

export interface Span {
  least: number;
  most: number;
}

/** What a run may come to, told from its settings and tasks alone. */
export interface Estimate {
  /** Least where the target is reached at once. */
  generations: Span;
  /** Within the budget, validation included; least where candidates are turned down early. */
  rollouts: Span;
  /** On the test split at the end, outside of the budget: the best program, and the start where it is another one. */
  testRollouts: Span;
  /**
   * Tokens of one rollout of the start program: in, its texts and a task of mean length; out, an answer as long as the mean
   * expected one, which is the least: what a model thinks, and the calls of tools, come on top.
   */
  rollout: { skillTokens: number; taskTokens: number; outputTokens: number };
}

/** Tells what a run may come to, without asking or storing anything. */
export async function estimateRun(from: {
  program: readonly SkillFolder[];
  tasks: TaskSuites;
  settings: Settings;
}): Promise<Estimate> {
  const { program, tasks, settings } = from;
  const batch = Math.min(settings.batch, tasks.train.length);
  const isGated = settings.acceptance !== "always";
  const validation = isGated ? Math.min(settings.validation ?? Infinity, tasks.validation.length) : 0;
  const wave = Math.min(settings.wave, validation);
  const generations = generationsOf(settings, { start: validation, least: batch + wave });
  const wanted = {
    least: generations.least * (batch + wave) + validation,
    most: generations.most * (batch + validation) + validation,
  };
  const { budgetRollouts } = settings;
  const most = budgetRollouts === null ? wanted.most : Math.min(wanted.most, budgetRollouts);
  const test = tasks.test.length;
  return {
    generations,
    rollouts: { least: Math.min(wanted.least, most), most },
    testRollouts: { least: test, most: 2 * test },
    rollout: {
      skillTokens: await programTokens(program),
      taskTokens: await meanTokens(tasks.train, ({ input, files = {} }) => [input, ...Object.values(files)].join("\n")),
      outputTokens: await meanTokens(tasks.train, ({ expected = "" }) =>
        typeof expected === "string" ? expected : JSON.stringify(expected),
      ),
    },
  };
}

function generationsOf(settings: Settings, { start, least }: { start: number; least: number }): Span {
  const { generations, budgetRollouts } = settings;
  const affordable = budgetRollouts === null ? Infinity : Math.max(1, Math.floor((budgetRollouts - start) / least));
  return { least: 1, most: Math.min(generations ?? Infinity, affordable) };
}

/** Tasks counted: enough for a mean. */
const sampled = 50;

async function meanTokens(tasks: readonly Task[], textOf: (task: Task) => string): Promise<number> {
  const step = Math.max(1, Math.floor(tasks.length / sampled));
  const some = tasks.filter((_, index) => index % step === 0);
  const counts = await Promise.all(some.map((task) => countTokens(textOf(task))));
  return Math.ceil(counts.reduce((sum, count) => sum + count, 0) / Math.max(1, counts.length));
}
