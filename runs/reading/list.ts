import type { RecordStore } from "../../stores/record-store.ts";
import { resultOf, type RunResult } from "../result.ts";
import { readRunRecord } from "../run-record.ts";
import { openRuns } from "../session.ts";
import { storeOf } from "../store.ts";

/** A run in the list of a store: what it came to, and where it comes from. */
export interface RunSummary {
  run: string;
  thread: string;
  /** The run it branched from; null for a root. The name is the thread where that run is gone. */
  parent: { run: string; generation: number } | null;
  /** Whether a process works on it now, as far as can be seen from here. */
  isAtWork: boolean;
  createdAt: string;
  result: RunResult;
}

/** All runs of a store, oldest first. A run that cannot be read is left out and warned of. */
export async function listRuns({ store: where }: { store?: string | RecordStore } = {}): Promise<RunSummary[]> {
  const { store, close } = await storeOf(where, { create: false });
  try {
    const runs = openRuns(store);
    const entries = await runs.registry.entries();
    const nameOf = new Map(entries.map(({ thread, name }) => [thread, name]));
    const summaries: RunSummary[] = [];
    for (const entry of entries) {
      const record = await readRunRecord(store, entry);
      if (record === undefined) {
        store.warnings.add(`Run "${entry.name}" was registered but never started. Start it again, or remove it.`);
        continue;
      }
      const { parent } = record;
      summaries.push({
        run: entry.name,
        thread: entry.thread,
        parent:
          parent === null ? null : { run: nameOf.get(parent.thread) ?? parent.thread, generation: parent.generation },
        isAtWork: (await runs.leases.ownerOf(entry.thread)) !== undefined,
        createdAt: record.createdAt,
        result: await resultOf(runs, record),
      });
    }
    return summaries.toSorted((left, right) => (left.createdAt < right.createdAt ? -1 : 1));
  } finally {
    await close();
  }
}
