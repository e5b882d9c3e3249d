import type { Parts } from "../../graphs/parts.ts";
import type { SettingsInput } from "../../state/settings.ts";
import type { Lease, Pace } from "../../stores/lease/held-lease.ts";
import type { RecordStore } from "../../stores/record-store.ts";
import { runRecordOf } from "../run-lookup.ts";
import { limitsOf, type LimitsInput } from "../limits.ts";
import { refuseChanged } from "../run-record.ts";
import { startRun, type Run } from "./run.ts";
import { changedSettings } from "./settings-change.ts";
import { createSession, openRuns, withLease } from "../session.ts";
import { sourcesWithChanges, type Sources } from "../sources.ts";
import { defaultConcurrency, storeOf, type ExecutorName } from "../store.ts";
import { checkParts } from "../checks.ts";

export interface ResumeOptions extends Parts {
  store?: string | RecordStore;
  concurrency?: number;
  executor?: ExecutorName;
  /** Other limits than those the run has; null lifts one. */
  limits?: LimitsInput;
  /** Where those limits and settings come from, shown by `show`. */
  sources?: Sources;
  /** Takes a run from an owner that cannot be seen from here. Only for when it is known to be gone. */
  takeOver?: boolean;
  /** Settings to change, such as a larger budget, under which a finished run goes on too. Kept with the run. */
  settings?: SettingsInput;
  pace?: Pace;
}

/**
 * Continues a run where it was paused or killed. A finished run is not run again, unless its settings are changed so that
 * there is something left to do.
 */
export async function resume(
  name: string,
  {
    store: where,
    concurrency = defaultConcurrency,
    executor,
    limits,
    sources,
    takeOver = false,
    settings: changes = {},
    pace,
    ...parts
  }: ResumeOptions,
): Promise<Run> {
  checkParts(parts, concurrency);
  const { store, close } = await storeOf(where, { create: false });
  try {
    const runs = openRuns(store, { pace });
    const place = await runRecordOf(runs, name);
    const settings = changedSettings(place, changes, parts.recipe);
    const session = await createSession({ runs, place, parts, settings, concurrency, executor });
    refuseChanged(place, session.fingerprints);
    const start = async (lease: Lease) => {
      const before = await runRecordOf(runs, name);
      const record = {
        ...before,
        input: { ...before.input, settings: changedSettings(before, changes, parts.recipe) },
        limits: limitsOf(limits, before.limits),
        sources: sourcesWithChanges(before.sources, { settings: changes, limits, sources }),
      };
      return startRun({ session, lease, record, concurrency, close });
    };
    return await withLease(runs, place, start, { takeOver });
  } catch (error) {
    await close();
    throw error;
  }
}
