import type { Parts } from "../graphs/parts.ts";
import type { RecordStore } from "../stores/record-store.ts";
import { refuseChanged } from "./optimize.ts";
import { stateOf } from "./result.ts";
import { startRun, type Run } from "./run.ts";
import { runRecordOf } from "./run-lookup.ts";
import { createSession, openRuns } from "./session.ts";
import { defaultConcurrency, storeOf } from "./store.ts";

export interface ResumeOptions extends Parts {
  store?: string | RecordStore;
  concurrency?: number;
}

/** Continues a run where it was paused or killed, with the settings it has. A finished run is not run again. */
export async function resume(
  name: string,
  { store: where, concurrency = defaultConcurrency, ...parts }: ResumeOptions,
): Promise<Run> {
  const { store, close } = await storeOf(where);
  try {
    const runs = openRuns(store);
    const record = await runRecordOf(runs, name);
    const { settings } = (await stateOf(runs, record.thread)) ?? record.input;
    const session = await createSession({ runs, place: record, parts, settings, concurrency });
    refuseChanged(record, session.fingerprints);
    const lease = await runs.leases.acquire(record.thread);
    return startRun({ session, lease, record, close });
  } catch (error) {
    await close();
    throw error;
  }
}
