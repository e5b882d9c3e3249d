import { StoreError } from "../../state/errors.ts";
import type { RecordStore } from "../../stores/record-store.ts";
import type { RunEntry } from "../../stores/registry.ts";
import { leaseKeys } from "../../stores/copy.ts";
import { familyPrefix, threadSpace } from "../../stores/spaces.ts";
import type { Leftovers } from "../../stores/sweep.ts";
import { evaluationsFamily } from "../evaluation/evaluate.ts";
import { openRuns, type Runs } from "../session.ts";
import { storeOf } from "../store.ts";
import { sweepRuns } from "./sweep.ts";

export interface CollectOptions {
  store?: string | RecordStore;
  /** Only reports what would be deleted. */
  isTrial?: boolean;
}

/** A run and its branches, which share answers and payload. */
export interface FamilyUse {
  runs: string[];
  /** What their records take, before anything was dropped. */
  bytes: number;
  leftovers: Leftovers | null;
  /** Why leftovers were not looked for or not dropped; null where they were. */
  skipped: string | null;
}

export interface Collection {
  families: FamilyUse[];
  /** Bytes of answers and looks of evaluations outside of runs, which are kept. */
  evaluations: number;
  /** The store's file before and after; null for a store that is none. */
  file: { before: number; after: number } | null;
}

/**
 * Drops what no run of a store needs any more, and gives free space back to the disk. A family that a process works on, or of
 * which a record is damaged, is left as it is. Other runs stay whole where it is cut short.
 */
export async function collectGarbage({ store: where, isTrial = false }: CollectOptions = {}): Promise<Collection> {
  const { store, close } = await storeOf(where, { create: false });
  try {
    const runs = openRuns(store);
    const byFamily = new Map<string, RunEntry[]>();
    for (const entry of await runs.registry.entries()) {
      byFamily.set(entry.family, [...(byFamily.get(entry.family) ?? []), entry]);
    }
    const families: FamilyUse[] = [];
    for (const entries of byFamily.values()) families.push(await collectFamily(runs, entries, isTrial));
    const evaluations = await store.bytes(familyPrefix(evaluationsFamily));
    return { families, evaluations, file: isTrial ? null : await compacted(store) };
  } finally {
    await close();
  }
}

async function collectFamily(runs: Runs, entries: readonly RunEntry[], isTrial: boolean): Promise<FamilyUse> {
  const { family } = entries[0] as RunEntry;
  const [root, branches] = [true, false].map((isRoot) =>
    entries.filter(({ thread }) => (thread === family) === isRoot),
  );
  const names = [...(root ?? []), ...(branches ?? [])].map(({ name }) => name);
  const bytes = await runs.store.bytes(familyPrefix(family));
  await tellUnfinished(runs, entries);
  return { runs: names, bytes, ...(await sweepRuns(runs, entries, { isTrial })) };
}

/** A name with nothing behind it: a run that was never begun, or whose removal was cut short. */
async function tellUnfinished({ store }: Runs, entries: readonly RunEntry[]): Promise<void> {
  for (const { family, thread, name } of entries) {
    const space = threadSpace(family, thread);
    const records = await store.list(space, { limit: 10 }, () => undefined);
    if (records.some(({ key }) => !leaseKeys.has(key))) continue;
    store.warnings.add(
      `Run "${name}" is registered but has no records: it was never started, or its removal was interrupted. Remove it with: skillgraph rm ${name}`,
    );
  }
}

/** Another process may be using the file just now: then the space stays free for records to come. */
async function compacted(store: RecordStore): Promise<Collection["file"]> {
  try {
    return (await store.compact?.()) ?? null;
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    store.warnings.add(`The file could not be shrunk. ${error.message}`);
    return null;
  }
}
