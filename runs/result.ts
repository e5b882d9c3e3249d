import { knownRecipe } from "../graphs/recipes/all.ts";
import type { ApprovalRequest } from "../state/approval.ts";
import type { Means } from "../state/archive.ts";
import type { RunState } from "../state/channels.ts";
import { RunError } from "../state/errors.ts";
import { startScoreOf } from "../state/start-score.ts";
import { GenerationRecord, isClosing, type SampleRecord } from "../state/evidence.ts";
import { canonicalJson, hashJson, type Hash } from "../state/json.ts";
import { Settings } from "../state/settings.ts";
import { TaskList } from "../state/task.ts";
import { noLimits, usdOf } from "../state/usage.ts";
import { readBalance, type Balance } from "../stores/ledger/sheets.ts";
import { readHeld, type HeldTask } from "../stores/ledger/attempts.ts";
import { recordOf } from "../stores/payload/opened.ts";
import { createPayload, type Payload } from "../stores/payload/payload.ts";
import { threadSpace } from "../stores/spaces.ts";
import { checkpointOf, timeline } from "../stores/saver/timeline.ts";
import { approvalAsked } from "./cycle/approval.ts";
import { digestOf } from "./digest.ts";
import { tunedEpisodes, type TunedEpisodes } from "./episodes.ts";
import { trustOf, type Trust } from "./certifying/standing.ts";
import { describeForecast, type RunForecast } from "./forecast.ts";
import { readRunRecord, type Look, type RunRecord, type SpentUsage } from "./run-record.ts";
import type { Runs } from "./session.ts";

export type RunStatus = "finished" | "paused" | "waiting" | "failed";

/** Mean scores in 0..1 of the program the run started from and of its best; null where not measured. */
export interface BeforeAndAfter {
  start: number | null;
  best: number | null;
}

/** What a run came to, as printed by `--json`. */
export interface RunResult {
  run: string;
  status: RunStatus;
  /** Why it is finished, failed or paused by itself; null where it was paused on demand or is at work. */
  reason: string | null;
  /** Without the audit after the last one. */
  generations: number;
  /** Asked for, validation included, answered from the ledger or not. */
  rollouts: number;
  simulations: number;
  /** Of all answers asked for, in and out, the analyst's included. */
  tokens: number;
  score: { validation: BeforeAndAfter; test: BeforeAndAfter };
  /** Of how many validation tasks the scores are means, where audits took them: as many as they asked. The start's is null where it has no score, or one of all in use; null without audits, where both are of all. */
  auditedOn: { start: number | null; best: number } | null;
  /** Means of objectives other than the score, such as `strict` and `lenient`, by name. */
  objectives: Record<"validation" | "test", Record<string, BeforeAndAfter>>;
  /** Skills that were tuned on single train tasks or clusters, with their scores there; null where the run does not tune. */
  episodes: TunedEpisodes | null;
  /** How the samples of tasks agree, after the last generation; null where each task is run once. */
  samples: SampleRecord | null;
  skill: { hash: Hash; tokens: number };
  digest: Hash;
  /** Really spent, by who paid; failed calls are not counted, as nobody says what they cost. */
  spent: SpentUsage;
  /** Whether its best skill is certified on the sealed tasks; null where no task is sealed. */
  trust: Trust | null;
  /** Tasks that were put aside, as the process ended on them again and again. */
  held: HeldTask[];
  /** What its settings allow it in all, from its start; null where its recipe is not known here. */
  forecast: Pick<RunForecast, "generations" | "decisions" | "bound" | "warning"> | null;
  /** What a person is asked while the status is `waiting`; null otherwise. */
  asked: ApprovalRequest | null;
}

/** The state at the run's last checkpoint; undefined while there is none, or only the one that holds the graph's input. */
export async function stateOf({ saver }: Runs, thread: string): Promise<RunState | undefined> {
  const values = (await saver.getTuple({ configurable: { thread_id: thread } }))?.checkpoint.channel_values;
  return values !== undefined && "generation" in values ? (values as RunState) : undefined;
}

/** Whether the last checkpoint was made under these settings: not so where a change of them has yet to take effect. */
export function isUnder(settings: Settings, state: RunState): boolean {
  return hashJson(Settings.parse(state.settings)) === hashJson(settings);
}

/** The run's generations, oldest first, with those it inherited at its fork. */
export async function lineage(runs: Runs, record: RunRecord): Promise<GenerationRecord[]> {
  return (await storedLineage(runs, record)).map(recordIn);
}

function recordIn(text: string): GenerationRecord {
  return GenerationRecord.parse(JSON.parse(text));
}

/** The same up to a generation, by default all, each as the canonical JSON it is stored as: a long run has many. */
async function storedLineage(runs: Runs, record: RunRecord, until = Infinity): Promise<string[]> {
  // After a step back in time on the same thread, entries beyond the last checkpoint are of another history.
  const last = Math.min(until, (await stateOf(runs, record.thread))?.record?.generation ?? 0);
  const fork = record.parent;
  const own = await gapless(runs, record, last);
  if (fork === null) return own;
  const parent = await readRunRecord(runs.store, { family: record.family, thread: fork.thread });
  if (parent === undefined)
    throw new RunError("missing", record.name, `The parent of run "${record.name}" no longer exists.`);
  return [...(await storedLineage(runs, parent, Math.min(until, fork.generation))), ...own];
}

/** The run's own entries up to one; those that are damaged or gone are read from the checkpoints they were committed with. */
async function gapless(runs: Runs, record: RunRecord, last: number): Promise<string[]> {
  const { store, saver } = runs;
  const space = threadSpace(record.family, record.thread);
  const entries = await timeline(store, space, last);
  const all: string[] = [];
  for (let generation = (record.parent?.generation ?? 0) + 1; generation <= last; generation += 1) {
    const entry = entries.get(generation);
    if (entry !== undefined) all.push(entry);
    else all.push(...(await reread(generation)));
  }
  return all;

  async function reread(generation: number): Promise<string[]> {
    const id = await checkpointOf(store, space, generation);
    const from = { configurable: { thread_id: record.thread, checkpoint_id: id } };
    const found = id === undefined ? undefined : await saver.getTuple(from);
    const { record: ref = null } = (found?.checkpoint.channel_values ?? {}) as Partial<RunState>;
    const entry = await recordOf({ record: ref }, createPayload({ store, family: record.family }));
    const what = `Generation ${generation} of run "${record.name}" is damaged on the timeline in ${store.url}`;
    store.warnings.add(
      entry === null ? `${what}, and there is no other copy.` : `${what}; it was read from its checkpoint.`,
    );
    return entry === null ? [] : [canonicalJson(entry)];
  }
}

/**
 * What the run has come to so far. A run is finished when its last checkpoint says why it stopped under the settings it has,
 * and the look at the test split that follows is taken.
 */
export async function resultOf(runs: Runs, record: RunRecord): Promise<RunResult> {
  const state = await stateOf(runs, record.thread);
  const generations = state === undefined ? [] : await storedLineage(runs, record);
  const [first, last] = [generations.at(0), generations.at(-1)].map((text) =>
    text === undefined ? undefined : recordIn(text),
  );
  const best = state?.head ?? record.input.start;
  const payload = createPayload({ store: runs.store, family: record.family });
  const stop = state !== undefined && isUnder(record.input.settings, state) ? state.stop : null;
  const home = { store: runs.store, family: record.family, run: record.thread };
  const balance = await readBalance(home);
  const test = { start: lookAt(record, record.input.start), best: lookAt(record, best) };
  const started = startScoreOf(records(generations));
  const isFinished = stop !== null && (record.input.suites.test.size === 0 || test.best !== null);
  const asked = await approvalAsked(runs, record.thread);
  const unfinished = asked === null ? "paused" : "waiting";
  return {
    run: record.name,
    status: record.failure !== null ? "failed" : isFinished ? "finished" : unfinished,
    reason: record.failure ?? (isFinished ? stop : (record.pause ?? asked?.question ?? null)),
    generations: generations.length - (last !== undefined && isClosing(last) ? 1 : 0),
    rollouts: state?.spent.rollouts ?? 0,
    simulations: state?.spent.simulations ?? 0,
    tokens: state?.spent.tokens ?? 0,
    score: {
      validation: {
        start: started?.score ?? null,
        best: last?.headScore ?? null,
      },
      test,
    },
    auditedOn: (last?.standing ?? null) === null ? null : { start: started?.tasks ?? null, best: last?.headTasks ?? 0 },
    objectives: {
      validation: pairsOf(first?.parentMeans, last?.headMeans),
      test: pairsOf(lookOf(record, record.input.start)?.objectives, lookOf(record, best)?.objectives),
    },
    episodes: last?.episode?.tuned === true ? await episodesOf(generations, record, payload) : null,
    samples: last?.samples ?? null,
    skill: { hash: best, tokens: await payload.tokens(best) },
    digest: digestOf(state ?? record.input, generations),
    spent: balance === undefined ? record.usage : spentOf(balance),
    trust: await trustOf(runs, record, best),
    held: await readHeld(home),
    forecast: forecastIn(record.input),
    asked,
  };
}

function* records(generations: readonly string[]): Generator<GenerationRecord> {
  for (const text of generations) yield recordIn(text);
}

async function episodesOf(
  generations: readonly string[],
  { input }: RunRecord,
  payload: Payload,
): Promise<TunedEpisodes | null> {
  const tasks = await payload.json(input.suites.train.hash, TaskList);
  return tunedEpisodes(generations.map(recordIn), (index) => tasks[index]?.id ?? String(index));
}

function forecastIn({ settings, suites }: RunRecord["input"]): RunResult["forecast"] {
  const recipe = knownRecipe(settings.recipe);
  if (recipe === undefined) return null;
  const sizes = { train: suites.train.size, validation: suites.validation.size };
  const { generations, decisions, bound, warning } = describeForecast({
    settings,
    ...recipe.policies(settings),
    limits: noLimits,
    sizes,
    purses: [],
  });
  return { generations, decisions, bound, warning };
}

/** The balance of a run as it is reported: a sum in US dollars, and by role. */
export function spentOf({ seconds, executions, usage }: Balance): SpentUsage {
  return { seconds, executions, usd: usdOf(usage), roles: usage };
}

function lookAt(record: RunRecord, program: Hash): number | null {
  return lookOf(record, program)?.score ?? null;
}

function lookOf({ looks }: RunRecord, program: Hash): Look | undefined {
  return looks.findLast((look) => look.program === program);
}

function pairsOf(start: Means = {}, best: Means = {}): Record<string, BeforeAndAfter> {
  const names = [...new Set([...Object.keys(start), ...Object.keys(best)])].toSorted();
  return Object.fromEntries(names.map((name) => [name, { start: start[name] ?? null, best: best[name] ?? null }]));
}
