import { randomUUID } from "node:crypto";
import type { Parts } from "../../graphs/parts.ts";
import { RunError } from "../../state/errors.ts";
import type { Settings } from "../../state/settings.ts";
import type { Lease } from "../../stores/lease/held-lease.ts";
import type { RecordStore } from "../../stores/record-store.ts";
import { checkName, checkParts } from "../checks.ts";
import { dropDeserted, refuseClosed } from "../closed-runs.ts";
import { checkpointAt, fork } from "./fork.ts";
import { runRecordOf } from "../run-lookup.ts";
import { nothingSpent, readRunRecord, refuseChanged, writeRunRecord, type RunRecord } from "../run-record.ts";
import { branchSettings, stateUnder } from "./settings-change.ts";
import { createSession, openRuns, withLease, type Place, type Runs, type Session } from "../session.ts";
import { sourcesOfBranch, type Sources } from "../sources.ts";
import { defaultConcurrency, storeOf } from "../store.ts";

export interface BranchOptions extends Parts {
  /** The generation to branch at, from 1: the branch goes on as if that one had just ended. */
  at: number;
  /** Settings that differ from the parent's. */
  settings?: Record<string, unknown>;
  /** Where those come from, shown by `show`. */
  sources?: Sources;
  /** Name of the new run. */
  as: string;
  store?: string | RecordStore;
}

/** Makes a new run from a past generation of another, in constant time. The parent is left alone. Resume it to go on. */
export async function branch(
  from: string,
  { at, settings: changes = {}, sources: given, as: name, store: where, ...parts }: BranchOptions,
): Promise<RunRecord> {
  checkName(name);
  checkParts(parts, defaultConcurrency);
  const { store, close } = await storeOf(where, { create: false });
  try {
    const runs = openRuns(store);
    const parent = await runRecordOf(runs, from);
    await checkpointAt(runs, parent, at);
    const settings = branchSettings(parent, changes, parts.recipe);
    const place = await placeFor(runs, name, parent);
    const session = await createSession({ runs, place, parts, settings, concurrency: defaultConcurrency });
    // Settings may choose other policies, and so another graph; who answers, studies and scores stays.
    refuseChanged(parent, { ...session.fingerprints, graph: parent.fingerprints.graph });
    return await withLease(runs, place, async (lease) => {
      if ((await readRunRecord(store, place)) !== undefined) throw taken(name);
      const record = branchRecord(parent, session, {
        at,
        settings,
        sources: sourcesOfBranch({ changes, settings, sources: given }),
      });
      await writeRunRecord(lease, record);
      await refuseClosed(runs, parent).catch((error: unknown) => unmake(runs, lease, error));
      await fork(session, record);
      await stateUnder(session, record);
      await lease.release();
      return record;
    });
  } finally {
    await close();
  }
}

/** A new place in the parent's family, or that of a branch whose making was cut short. */
async function placeFor({ registry }: Runs, name: string, { family }: RunRecord): Promise<Place> {
  const known = await registry.find(name);
  if (known !== undefined && known.family !== family) throw taken(name);
  if (known !== undefined) return known;
  const place = { name, thread: randomUUID(), family };
  await registry.register(place);
  return place;
}

/** A branch of a run that is being removed would have nothing to go on from. */
async function unmake(runs: Runs, lease: Lease, error: unknown): Promise<never> {
  await lease.commit({ drop: true });
  await runs.registry.remove(lease.thread);
  await dropDeserted(runs, lease.family);
  throw error;
}

function taken(name: string): RunError {
  return new RunError("exists", name, `Run "${name}" already exists. Give the branch another name with --run.`);
}

function branchRecord(
  parent: RunRecord,
  session: Session,
  { at, settings, sources }: { at: number; settings: Settings; sources: Sources },
): RunRecord {
  return {
    ...session.place,
    parent: { thread: parent.thread, generation: at },
    input: { ...parent.input, settings },
    fingerprints: session.fingerprints,
    parts: parent.parts,
    sources,
    skillPath: parent.skillPath,
    createdAt: new Date().toISOString(),
    failure: null,
    pause: null,
    looks: parent.looks.filter(({ program }) => program === parent.input.start),
    limits: parent.limits,
    usage: nothingSpent,
  };
}
