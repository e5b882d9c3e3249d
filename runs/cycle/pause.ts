import { setTimeout as sleep } from "node:timers/promises";
import { RunError } from "../../state/errors.ts";
import type { RecordStore } from "../../stores/record-store.ts";
import { resultOf, type RunResult } from "../result.ts";
import { runRecordOf } from "../run-lookup.ts";
import { openRuns } from "../session.ts";
import { storeOf } from "../store.ts";

export interface PauseOptions {
  store?: string | RecordStore;
  /** Told once: which process was asked. */
  onAsked?: (owner: { pid: number; host: string }) => void;
  /** Gives up waiting; the run is asked to pause all the same. */
  signal?: AbortSignal;
}

const lookEvery = 250;

/**
 * Asks the process that works on a run, on whatever host, to pause it, and waits until it has: it starts nothing more, waits
 * for its calls in flight and saves. Gives what the run has come to. Throws where nobody works on the run.
 */
export async function pause(name: string, { store: where, onAsked, signal }: PauseOptions = {}): Promise<RunResult> {
  const { store, close } = await storeOf(where, { create: false });
  try {
    const runs = openRuns(store);
    const { thread } = await runRecordOf(runs, name);
    const owner = await runs.leases.askToPause(thread);
    if (owner === undefined) {
      throw new RunError("missing", name, `No process is working on run "${name}", so there is nothing to pause.`);
    }
    onAsked?.({ pid: owner.pid, host: owner.host });
    while ((await runs.leases.ownerOf(thread))?.token === owner.token) await sleep(lookEvery, undefined, { signal });
    return await resultOf(runs, await runRecordOf(runs, name));
  } finally {
    await close();
  }
}
