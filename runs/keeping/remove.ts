import { DamageError, RunError } from "../../state/errors.ts";
import type { RecordStore } from "../../stores/record-store.ts";
import type { RunEntry } from "../../stores/registry.ts";
import { attemptSpace, familyPrefix } from "../../stores/spaces.ts";
import { dropSpaces } from "../../stores/sweep.ts";
import { runRecordOf } from "../run-lookup.ts";
import { readRunRecord } from "../run-record.ts";
import { openRuns, withLeases, type Runs } from "../session.ts";
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
 * Removes a run, and what only it needed. Refused where a process works on it, and where others branched from it, unless
 * `branches`. Other runs stay whole, also where it is cut short; then do it again. Paid answers that another run may ask for
 * again stay as long as one of its family does.
 */
export async function removeRun(name: string, options: RemoveOptions = {}): Promise<Removal> {
  const { store, close } = await storeOf(options.store, { create: false });
  try {
    const runs = openRuns(store);
    // A run whose removal was cut short has nothing but its name left.
    const entry = (await runs.registry.find(name)) ?? (await runRecordOf(runs, name));
    const family = (await runs.registry.entries()).filter((other) => other.family === entry.family);
    const doomed = await withBranches(runs, family, entry.thread);
    if (doomed.length > 1 && options.branches !== true) throw branched(entry.name, doomed.slice(1));
    const names = doomed.map((each) => each.name);
    if ((await options.confirm?.(names)) === false) return { runs: [], bytes: 0, left: null };
    const others = family.filter(({ thread }) => !doomed.some((each) => each.thread === thread));
    return { runs: names, ...(await removeAll(runs, doomed, others)) };
  } finally {
    await close();
  }
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
    `Others branched from run "${name}" and need it: ${names}. Remove them first, or all of them with --branches.`,
  );
}

/** The name goes last: as long as it is there, a removal that was cut short can be done again. */
async function removeAll(runs: Runs, doomed: readonly RunEntry[], others: readonly RunEntry[]) {
  const { store, registry } = runs;
  const { family } = doomed[0] as RunEntry;
  return withLeases(runs, doomed, async (leases) => {
    const before = await store.bytes(familyPrefix(family));
    for (const lease of leases.toReversed()) {
      await lease.commit({ drop: true });
      await store.commit([{ space: attemptSpace(family, lease.thread), drop: true }]);
    }
    const left =
      others.length > 0
        ? (await sweepRuns(runs, others, { leaving: doomed })).skipped
        : await dropFamily(store, family);
    const bytes = before - (await store.bytes(familyPrefix(family)));
    for (const { thread } of doomed.toReversed()) await registry.remove(thread);
    return { bytes, left };
  });
}

/** All of a family that has no run any more. */
async function dropFamily(store: RecordStore, family: string): Promise<null> {
  await dropSpaces(store, await store.spaces(familyPrefix(family)));
  return null;
}
