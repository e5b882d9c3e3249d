import { newStanding, type Bound, type Purse } from "../policies/forecast.ts";
import { tasksTaken } from "../policies/sampling.ts";
import type { Recipe } from "../graphs/recipe.ts";
import { findRecipe } from "../graphs/recipes/all.ts";
import type { Settings } from "../state/settings.ts";
import type { Limits } from "../state/usage.ts";
import { readBalance } from "../stores/ledger/sheets.ts";
import { memoriesOf } from "../stores/payload/opened.ts";
import { createPayload } from "../stores/payload/payload.ts";
import type { RecordStore } from "../stores/record-store.ts";
import { describeForecast, type RunForecast } from "./forecast.ts";
import { limitsOf, type LimitsInput } from "./limits.ts";
import { isUnder, lineage, spentOf, stateOf } from "./result.ts";
import { runRecordOf } from "./run-lookup.ts";
import type { RunRecord } from "./run-record.ts";
import { openRuns, type Runs } from "./session.ts";
import { generationCost } from "../policies/trial.ts";
import { withSample } from "../policies/validation-tasks.ts";
import { changedSettings, lastWhole } from "./cycle/settings-change.ts";
import { storeOf } from "./store.ts";

/**
 * What is left to a run, by what it took so far: its tokens, US dollars and minutes a rollout. Settings and limits are those it
 * is to go on with, by default its own. Reads only.
 */
export async function forecastOf(
  name: string,
  options: {
    store?: string | RecordStore;
    settings?: Record<string, unknown>;
    limits?: LimitsInput;
    /** The custom recipe of the run, if it has one. */
    recipe?: Recipe | undefined;
  } = {},
): Promise<RunForecast> {
  const { store, close } = await storeOf(options.store, { create: false });
  try {
    const runs = openRuns(store);
    const record = await runRecordOf(runs, name);
    const settings = changedSettings(record, options.settings ?? {}, options.recipe);
    return await forecastRest(runs, record, {
      settings,
      limits: limitsOf(options.limits, record.limits),
      recipe: options.recipe,
    });
  } finally {
    await close();
  }
}

async function forecastRest(
  runs: Runs,
  record: RunRecord,
  { settings, limits, recipe }: { settings: Settings; limits: Limits; recipe: Recipe | undefined },
): Promise<RunForecast> {
  const { train, validation } = record.input.suites;
  const { trial, episodes, sampling, drafting, stopping, sample } = findRecipe(settings.recipe, recipe).policies(
    settings,
  );
  const plan = {
    settings,
    trial,
    episodes,
    sampling,
    drafting,
    stopping,
    limits,
    sizes: { train: train.size, validation: validation.size },
  };
  const state = await stateOf(runs, record.thread);
  const entries = await lineage(runs, record);
  const last = entries.at(-1);
  if (state === undefined || last === undefined) return describeForecast({ ...plan, purses: [] });
  if (state.stop !== null && isUnder(settings, state)) return finished(state.stop);
  const memories = await memoriesOf(state, createPayload({ store: runs.store, family: record.family }));
  const policies = { trial, episodes, drafting };
  const { cut } = generationCost(policies, withSample(state.settings, sample, memories), plan.sizes);
  const from = isUnder(settings, state) ? last.generation : lastWhole(entries, { settings: state.settings, cut });
  const [done, again] = [entries[from - 1], entries.slice(from)];
  const drawn = again.filter(({ epoch }) => epoch?.reflects !== true);
  const taken = tasksTaken(memories) - drawn.reduce((sum, { batch }) => sum + batch.tasks, 0);
  const standing =
    done === undefined
      ? newStanding
      : { generation: from, taken, rollouts: done.spent.rollouts, isMeasured: done.headScore !== null };
  const fork = entries[(record.parent?.generation ?? 0) - 1];
  const own = last.spent.rollouts - (fork?.spent.rollouts ?? 0);
  const balance = await readBalance({ store: runs.store, family: record.family, run: record.thread });
  const { usd, seconds } = balance === undefined ? record.usage : spentOf(balance);
  const purses = [
    ...purseOf("budgetTokens", settings.budgetTokens, { used: last.spent.tokens, rollouts: last.spent.rollouts }),
    ...purseOf("usd", limits.usd, { used: usd, rollouts: own }),
    ...purseOf("minutes", limits.minutes, { used: seconds / 60, rollouts: own }),
  ];
  return describeForecast({ ...plan, settings: withSample(settings, sample, memories), standing, purses });
}

function finished(stop: string): RunForecast {
  const none = { least: 0, most: 0 };
  const text = `nothing left to do (${stop})`;
  return { generations: none, decisions: none, bound: "generations", unknown: [], text, warning: null };
}

/** What is left of a budget, by what of it each rollout took so far; nothing where that is not known yet. */
function purseOf(bound: Bound, budget: number | null, { used, rollouts }: { used: number; rollouts: number }): Purse[] {
  if (budget === null || used === 0 || rollouts <= 0) return [];
  return [{ bound, left: budget - used, rollout: used / rollouts, generation: 0 }];
}
