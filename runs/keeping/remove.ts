import { DamageError, RunError } from "../../state/errors.ts";
import { leaseKeys } from "../../stores/copy.ts";
import type { RecordStore } from "../../stores/record-store.ts";
import type { Lease } from "../../stores/lease/held-lease.ts";
import type { RunEntry } from "../../stores/registry.ts";
import { attemptSpace, familyPrefix, threadSpace } from "../../stores/spaces.ts";
import { dropSpaces } from "../../stores/sweep.ts";
import { dropDeserted, withClosed } from "../closed-runs.ts";
import { runRecordOf } from "../run-lookup.ts";
import { readRunRecord } from "../run-record.ts";
import { openRuns, type Runs } from "../session.ts";
import { storeOf } from "../store.ts";
import { sweepRuns } from "./sweep.ts";

export interface RemoveOptions {
  store?: string | RecordStore;
  /** Also removes the branches of the run, which need it. */
  branches?: boolean;
  /** Asked before anything is removed; a no leaves everything as it is. */
  confirm?(runs: readonly string[]): boolean | Promise<boolean>;
}

/** What was removed: the runs, empty where that was not wanted, and the bytes of records that are free now. */
export interface Removal {
  runs: string[];
  bytes: number;
  /** Why what only they needed is still there, to be collected later; null where it is gone too. */
  left: string | null;
}

/**
 * Removes a run, and what only it needed. Refused where a process works on it, where others branched from it, unless
 * `branches`, and where what would go has changed since `confirm` was asked. Other runs stay whole, also where it is cut
 * short; then do it again. Paid answers that another run may ask for again stay as long as one of its family does.
 */
export async function removeRun(name: string, options: RemoveOptions = {}): Promise<Removal> {
  const { store, close } = await storeOf(options.store, { create: false });
  try {
    const runs = openRuns(store);
    // A run whose removal was cut short has nothing but its name left.
    const entry = (await runs.registry.find(name)) ?? (await runRecordOf(runs, name));
    const { doomed } = await partingOf(runs, entry);
    if (doomed.length > 1 && options.branches !== true) throw branched(entry.name, doomed.slice(1));
    const records = await recordsOf(runs, doomed);
    const names = doomed.map((each) => each.name);
    if ((await options.confirm?.(names)) === false) return { runs: [], bytes: 0, left: null };
    refuseMoved(entry.name, { before: doomed, now: (await partingOf(runs, entry)).doomed });
    return await withClosed(runs, doomed, async (leases) => {
      const now = await partingOf(runs, entry);
      refuseMoved(entry.name, { before: doomed, now: now.doomed });
      refuseWorkedOn(doomed, { before: records, now: await recordsOf(runs, doomed) });
      return { runs: names, ...(await removeAll(runs, leases, now)) };
    });
  } finally {
    await close();
  }
}

/** A family, by who goes with a run and who stays. */
interface Parting {
  doomed: RunEntry[];
  others: RunEntry[];
}

async function partingOf(runs: Runs, { family, thread }: RunEntry): Promise<Parting> {
  const entries = (await runs.registry.entries()).filter((other) => other.family === family);
  const doomed = await withBranches(runs, entries, thread);
  return { doomed, others: entries.filter((entry) => !doomed.some((each) => each.thread === entry.thread)) };
}

/** The state of each run's records, but for those of its lease: a sweep of the family takes that too. */
async function recordsOf({ store }: Runs, entries: readonly RunEntry[]): Promise<string[]> {
  const states: string[] = [];
  for (const { family, thread } of entries) {
    const found = await store.list(threadSpace(family, thread), {}, () => undefined);
    const versions = found.filter(({ key }) => !leaseKeys.has(key)).map(({ version }) => version);
    states.push(`${versions.length} records, the last ${versions.reduce((last, each) => Math.max(last, each), 0)}`);
  }
  return states;
}

/** While somebody thinks about the answer, others may branch. */
function refuseMoved(name: string, { before, now }: Record<"before" | "now", readonly RunEntry[]>): void {
  const isIn = (entries: readonly RunEntry[], entry: RunEntry) => entries.some(({ thread }) => thread === entry.thread);
  const made = now.filter((entry) => !isIn(before, entry));
  const gone = before.filter((entry) => !isIn(now, entry));
  if (made.length + gone.length === 0) return;
  const names = (entries: readonly RunEntry[], what: string) =>
    entries.length === 0 ? [] : [`${entries.map((entry) => entry.name).join(", ")} ${what}`];
  const what = [...names(made, "branched from it"), ...names(gone, "removed")].join("; ");
  throw new RunError(
    "moved",
    name,
    `The runs to be removed with run "${name}" have changed in the meantime: ${what}. Nothing was removed. Check them, then run the command again.`,
  );
}

function refuseWorkedOn(entries: readonly RunEntry[], { before, now }: Record<"before" | "now", readonly string[]>) {
  const { name } = entries.find((_, index) => now[index] !== before[index]) ?? {};
  if (name === undefined) return;
  throw new RunError(
    "moved",
    name,
    `Run "${name}" was changed by another process in the meantime. Nothing was removed. Check it with skillgraph show ${name}, then run the command again.`,
  );
}

/** The run, its branches, theirs and so on; each after the one it branched from. */
async function withBranches({ store }: Runs, family: readonly RunEntry[], thread: string): Promise<RunEntry[]> {
  const parents = new Map<string, string | undefined>();
  for (const entry of family) parents.set(entry.thread, (await recordOrNone(store, entry))?.parent?.thread);
  const found = family.filter((entry) => entry.thread === thread);
  for (const parent of found) found.push(...family.filter((entry) => parents.get(entry.thread) === parent.thread));
  return found;
}

/** A run that cannot be read can still be removed. */
async function recordOrNone(store: RecordStore, entry: RunEntry) {
  try {
    return await readRunRecord(store, entry);
  } catch (error) {
    if (error instanceof DamageError) return undefined;
    throw error;
  }
}

function branched(name: string, branches: readonly RunEntry[]): RunError {
  const names = branches.map((entry) => entry.name).join(", ");
  return new RunError(
    "needed",
    name,
    `Other runs branched from run "${name}" and depend on it: ${names}. Remove them first, or all of them with --branches.`,
  );
}

/** The name goes last: as long as it is there, a removal that was cut short can be done again. */
async function removeAll(runs: Runs, leases: readonly Lease[], { doomed, others }: Parting) {
  const { store, registry } = runs;
  const { family } = doomed[0] as RunEntry;
  const before = await store.bytes(familyPrefix(family));
  for (const lease of leases.toReversed()) {
    await lease.commit({ drop: true });
    await store.commit([{ space: attemptSpace(family, lease.thread), drop: true }]);
  }
  const left =
    others.length > 0 ? (await sweepRuns(runs, others, { leaving: doomed })).skipped : await dropFamily(store, family);
  const bytes = before - (await store.bytes(familyPrefix(family)));
  for (const { thread } of doomed.toReversed()) await registry.remove(thread);
  if (others.length > 0) await dropDeserted(runs, family);
  return { bytes, left };
}

/** All of a family that has no run any more. */
async function dropFamily(store: RecordStore, family: string): Promise<null> {
  await dropSpaces(store, await store.spaces(familyPrefix(family)));
  return null;
}
