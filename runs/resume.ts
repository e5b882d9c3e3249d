import type { Parts } from "../graphs/parts.ts";
import type { Lease, Pace } from "../stores/held-lease.ts";
import type { RecordStore } from "../stores/record-store.ts";
import { runRecordOf } from "./run-lookup.ts";
import { limitsOf, type LimitsInput } from "./limits.ts";
import { refuseChanged } from "./run-record.ts";
import { startRun, type Run } from "./run.ts";
import { createSession, openRuns, withLease } from "./session.ts";
import { sourcesWithLimits, type Sources } from "./sources.ts";
import { defaultConcurrency, storeOf } from "./store.ts";

export interface ResumeOptions extends Parts {
  store?: string | RecordStore;
  concurrency?: number;
  /** Other limits than those the run has; null lifts one. */
  limits?: LimitsInput;
  /** Where those limits come from, to be told by `show`. */
  sources?: Sources;
  /** Takes a run from an owner that cannot be seen from here. Only for when it is known to be gone. */
  takeOver?: boolean;
  pace?: Pace;
}

/** Continues a run where it was paused or killed, with the settings it has. A finished run is not run again. */
export async function resume(
  name: string,
  { store: where, concurrency = defaultConcurrency, limits, sources, takeOver = false, pace, ...parts }: ResumeOptions,
): Promise<Run> {
  const { store, close } = await storeOf(where, { create: false });
  try {
    const runs = openRuns(store, { pace });
    const place = await runRecordOf(runs, name);
    const { settings } = place.input;
    const session = await createSession({ runs, place, parts, settings, concurrency });
    refuseChanged(place, session.fingerprints);
    const start = async (lease: Lease) => {
      const record = await runRecordOf(runs, name);
      return startRun({
        session,
        lease,
        record: {
          ...record,
          limits: limitsOf(limits, record.limits),
          sources: sourcesWithLimits(record.sources, limits, sources),
        },
        concurrency,
        close,
      });
    };
    return await withLease(runs, place, start, { takeOver });
  } catch (error) {
    await close();
    throw error;
  }
}
