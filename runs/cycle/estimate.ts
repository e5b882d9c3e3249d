import type { Recipe } from "../../graphs/recipe.ts";
import { findRecipe } from "../../graphs/recipes/all.ts";
import type { Purse, Span } from "../../policies/forecast.ts";
import { generationCost } from "../../policies/trial.ts";
import { countTokens, programTokens } from "../../skills/tokens.ts";
import type { SkillFolder } from "../../skills/folder.ts";
import type { Settings } from "../../state/settings.ts";
import type { Task } from "../../state/task.ts";
import { noLimits, type Limits } from "../../state/usage.ts";
import { describeForecast, type RunForecast } from "../forecast.ts";
import type { TaskSuites } from "./optimize.ts";

/** An estimate of a run, from its settings and tasks alone. */
export interface Estimate extends RunForecast {
  /** Within the budget, validation included; least where the target is reached at once. */
  rollouts: Span;
  /** On the test split at the end, outside of the budget: the best program, and the start where it is another one. */
  testRollouts: Span;
  rollout: RolloutTokens;
}

/**
 * Tokens of one rollout of the start program: in, its texts and a task of mean length; out, an answer as long as the mean
 * expected one, which is the least: what a model thinks, and the calls of tools, come on top.
 */
export interface RolloutTokens {
  skillTokens: number;
  taskTokens: number;
  outputTokens: number;
}

interface Planned {
  program: readonly SkillFolder[];
  tasks: TaskSuites;
  settings: Settings;
  limits?: Limits;
  /** Where it is not one of skillgraph. */
  recipe?: Recipe;
  /** What budgets beside those in rollouts buy, where the cost of a rollout is known. */
  purses?: (rollout: RolloutTokens) => readonly Purse[];
}

/** Tells what a run may come to, without asking or storing anything. */
export async function estimateRun({
  program,
  tasks,
  settings,
  limits = noLimits,
  recipe,
  purses,
}: Planned): Promise<Estimate> {
  const { trial, episodes, sampling, drafting, stopping } = findRecipe(settings.recipe, recipe).policies(settings);
  const sizes = { train: tasks.train.length, validation: tasks.validation.length };
  const rollout = {
    skillTokens: await programTokens(program),
    taskTokens: await meanTokens(tasks.train, ({ input, files = {} }) => [input, ...Object.values(files)].join("\n")),
    outputTokens: await meanTokens(tasks.train, ({ expected = "" }) =>
      typeof expected === "string" ? expected : JSON.stringify(expected),
    ),
  };
  const forecast = describeForecast({
    settings,
    trial,
    episodes,
    sampling,
    drafting,
    stopping,
    limits,
    sizes,
    purses: purses?.(rollout) ?? [],
  });
  const cost = generationCost({ trial, episodes, sampling, drafting }, settings, sizes);
  const generation = cost.batch + cost.most;
  const most = Math.min(forecast.generations.most * generation + cost.start, settings.budgetRollouts ?? Infinity);
  const least = cost.start + cost.batch + cost.least;
  const test = tasks.test.length;
  return {
    ...forecast,
    rollouts: { least: Math.min(least, most), most },
    testRollouts: { least: test, most: 2 * test },
    rollout,
  };
}

/** Tasks counted: enough for a mean. */
const sampled = 50;

async function meanTokens(tasks: readonly Task[], textOf: (task: Task) => string): Promise<number> {
  const step = Math.max(1, Math.floor(tasks.length / sampled));
  const some = tasks.filter((_, index) => index % step === 0);
  const counts = await Promise.all(some.map((task) => countTokens(textOf(task))));
  return Math.ceil(counts.reduce((sum, count) => sum + count, 0) / Math.max(1, counts.length));
}
