import { compileLoop } from "../graphs/compile.ts";
import { createLoop } from "../graphs/loop.ts";
import type { Parts } from "../graphs/parts.ts";
import type { Recipe } from "../graphs/recipe.ts";
import { findRecipe } from "../graphs/recipes/all.ts";
import { graphVersion } from "../graphs/version.ts";
import { SettingsError } from "../state/errors.ts";
import type { Hash } from "../state/json.ts";
import type { SkillFinding } from "../state/program.ts";
import type { Settings } from "../state/settings.ts";
import { createAccount } from "../stores/ledger/account.ts";
import { createAttempts } from "../stores/ledger/attempts.ts";
import { createLocalPool } from "../rollouts/executor.ts";
import { createGroupCommit } from "../stores/ledger/group-commit.ts";
import { defaultPace, type Lease, type Pace } from "../stores/lease/held-lease.ts";
import { createLeases } from "../stores/lease/lease.ts";
import { createLedger } from "../stores/ledger/ledger.ts";
import { createCommonLimits } from "../stores/limits/common-limits.ts";
import { createPayload } from "../stores/payload/payload.ts";
import type { RecordStore } from "../stores/record-store.ts";
import { createRegistry } from "../stores/registry.ts";
import { createRolloutArchive } from "../stores/payload/rollout-archive.ts";
import { createSaver } from "../stores/saver/saver.ts";
import { labelGeneration } from "../stores/saver/timeline.ts";
import type { Fingerprints } from "./run-record.ts";
import type { ExecutorName } from "./store.ts";
import { createQueueExecutor } from "./workers/queue.ts";

/** Where a run lives: its thread, and the family (root run and branches) that shares ledger and payload. */
export interface Place {
  name: string;
  thread: string;
  family: string;
}

/** What every run of a store shares. */
export function openRuns(store: RecordStore, { pace = defaultPace }: { pace?: Pace | undefined } = {}) {
  const registry = createRegistry(store);
  const leases = createLeases({ store, registry, pace });
  const saver = createSaver({ store, registry, leases, label: labelGeneration(store) });
  return { store, registry, leases, saver };
}
export type Runs = ReturnType<typeof openRuns>;

/** Takes the lease for some work, which gives it back when it is done; gives it back where the work fails. */
export async function withLease<Value>(
  { leases }: Runs,
  { thread }: Place,
  work: (lease: Lease) => Promise<Value>,
  options: { takeOver?: boolean } = {},
): Promise<Value> {
  const lease = await leases.acquire(thread, options);
  try {
    return await work(lease);
  } catch (error) {
    // The store may be what failed; the lease then counts as given back all the same.
    await lease.release().catch(() => undefined);
    throw error;
  }
}

/** What a run spends, by itself or by its workers too, and its attempts; those on workers are theirs. */
export function openBooks({ store }: Runs, { family, thread }: Place, executor: ExecutorName = "pool") {
  const home = { store, family, run: thread };
  const commit = createGroupCommit(store);
  const account = createAccount({ ...home, commit, sharing: executor === "queue" ? "run" : undefined });
  return { account, attempts: executor === "queue" ? undefined : createAttempts({ ...home, commit }), commit };
}

/** Works while nobody else can write to any of the runs. */
export async function withLeases<Value>(
  runs: Runs,
  places: readonly Place[],
  work: (leases: readonly Lease[]) => Promise<Value>,
): Promise<Value> {
  const [place, ...others] = places;
  if (place === undefined) return work([]);
  return withLease(runs, place, async (lease) => {
    const value = await withLeases(runs, others, (leases) => work([lease, ...leases]));
    await lease.release();
    return value;
  });
}

export interface SessionNeeds {
  runs: Runs;
  place: Place;
  parts: Parts;
  settings: Settings;
  concurrency: number;
  executor?: ExecutorName | undefined;
}

/** The archivist's checkpoints are what a run is branched from, continued from and shown by. */
function refuseWithoutGenerations(nodes: Record<string, unknown>, recipe: Recipe): void {
  if (Object.hasOwn(nodes, "archivist")) return;
  const found = Object.keys(nodes).filter((name) => !name.startsWith("__"));
  throw new SettingsError(
    "recipe",
    `The graph of recipe "${recipe.name}" has no node "archivist", which ends a generation. Its nodes are: ${found.join(", ")}. Add loopNodes(needs).archivist.`,
  );
}

/** Everything to work on one run: the compiled graph on the run's saver, its executor, ledger and payload. */
export async function createSession({
  runs,
  place,
  parts,
  settings,
  concurrency,
  executor: executorName = "pool",
}: SessionNeeds) {
  const { store, saver } = runs;
  const payload = createPayload({ store, family: place.family });
  const books = openBooks(runs, place, executorName);
  const confirm = async () => runs.leases.held(place.thread)?.confirm();
  const isBranch = place.thread !== place.family;
  const limits = executorName === "queue" ? createCommonLimits(store) : undefined;
  const ledger = createLedger({ store, family: place.family, run: place.thread, isBranch, confirm, books, limits });
  const archive = createRolloutArchive({ payload, ledger, expects: parts.verifier.expects });
  const recipe = findRecipe(settings.recipe, parts.recipe);
  const policies = recipe.policies(settings);
  const { agent, verifier } = parts;
  const seeing = { visibility: policies.visibility, seed: settings.seed };
  const rolling = { agent, verifier, ledger, payload, concurrency, ...seeing };
  const executor =
    executorName === "pool" ? createLocalPool(rolling) : createQueueExecutor(rolling, { store, place, books });
  const needs = { analyst: parts.analyst, policies, verifier: parts.verifier, executor, payload, archive, ledger };
  const loop = recipe.wire?.(needs) ?? createLoop(needs);
  const graph = compileLoop(loop, { checkpointer: saver });
  const drawable = await graph.getGraphAsync();
  refuseWithoutGenerations(drawable.nodes, recipe);
  const fingerprints: Fingerprints = {
    graph: graphVersion(drawable, policies, recipe),
    agent: parts.agent.fingerprint,
    analyst: parts.analyst.fingerprint,
    verifier: parts.verifier.fingerprint,
  };
  const listening = parts.callbacks === undefined ? {} : { callbacks: parts.callbacks };
  return {
    runs,
    place,
    approve: parts.approve,
    drive: parts.drive,
    policies,
    payload,
    ledger,
    books,
    executor,
    archive,
    graph,
    fingerprints,
    /** What the agent finds in a program that it will not do as it is written. */
    async inspect(program: Hash): Promise<SkillFinding[]> {
      return [...(parts.agent.inspect?.(await payload.program(program)) ?? [])];
    },
    config: {
      configurable: { thread_id: place.thread },
      runName: "skillgraph",
      metadata: { run: place.name },
      ...listening,
    },
  };
}
export type Session = Awaited<ReturnType<typeof createSession>>;
