import { randomUUID } from "node:crypto";
import type { Parts } from "../graphs/parts.ts";
import { RunError } from "../state/errors.ts";
import { parseSettings, type Settings } from "../state/settings.ts";
import type { RecordStore } from "../stores/record-store.ts";
import { threadSpace } from "../stores/spaces.ts";
import { checkpointOf } from "../stores/timeline.ts";
import { runRecordOf } from "./run-lookup.ts";
import { readRunRecord, writeRunRecord, type RunRecord } from "./run-record.ts";
import { createSession, openRuns, type Runs, type Session } from "./session.ts";
import { defaultConcurrency, storeOf } from "./store.ts";

export interface BranchOptions extends Parts {
  /** The generation to branch at, from 1: the branch goes on as if that one had just ended. */
  at: number;
  /** Settings that differ from the parent's. */
  settings?: Record<string, unknown>;
  /** Name of the new run. */
  as: string;
  store?: string | RecordStore;
}

/** Makes a new run from a past generation of another, in constant time. The parent is left alone. Resume it to go on. */
export async function branch(
  from: string,
  { at, settings: changes = {}, as: name, store: where, ...parts }: BranchOptions,
): Promise<RunRecord> {
  const { store, close } = await storeOf(where);
  try {
    const runs = openRuns(store);
    const parent = await runRecordOf(runs, from);
    const tuple = await checkpointAt(runs, parent, at);
    const settings = parseSettings({ ...(tuple.checkpoint.channel_values.settings as Settings), ...changes });
    const place = (await runs.registry.find(name)) ?? { name, thread: randomUUID(), family: parent.family };
    if ((await readRunRecord(store, place)) !== undefined) {
      throw new RunError("exists", name, `There is a run "${name}" already. Give the branch another name with --run.`);
    }
    if ((await runs.registry.find(name)) === undefined) await runs.registry.register(place);
    const session = await createSession({ runs, place, parts, settings, concurrency: defaultConcurrency });
    const record = branchRecord(parent, session, { at, settings });
    const lease = await runs.leases.acquire(place.thread);
    await copyCheckpoint(session, tuple);
    await session.graph.updateState(session.config, { settings, stop: null }, "archivist");
    await writeRunRecord(lease, record);
    await lease.release();
    return record;
  } finally {
    await close();
  }
}

async function checkpointAt({ store, saver }: Runs, parent: RunRecord, at: number) {
  const id = await checkpointOf(store, threadSpace(parent.family, parent.thread), at);
  const tuple =
    id === undefined
      ? undefined
      : await saver.getTuple({ configurable: { thread_id: parent.thread, checkpoint_id: id } });
  if (tuple !== undefined) return tuple;
  if (parent.parent !== null && at < parent.parent.generation) {
    const older = await readRunRecord(store, { family: parent.family, thread: parent.parent.thread });
    if (older !== undefined) return checkpointAt({ store, saver } as Runs, older, at);
  }
  throw new RunError(
    "generation",
    parent.name,
    `Run "${parent.name}" has no generation ${at}; see skillgraph show ${parent.name}.`,
  );
}

type Tuple = Awaited<ReturnType<typeof checkpointAt>>;

/** One checkpoint with all its values into the new thread: its size does not depend on how long the parent ran. */
async function copyCheckpoint({ runs, place }: Session, { checkpoint, metadata }: Tuple): Promise<void> {
  const config = { configurable: { thread_id: place.thread, checkpoint_ns: "" } };
  await runs.saver.put(
    config,
    checkpoint,
    { source: "fork", step: metadata?.step ?? 0, parents: {} },
    checkpoint.channel_versions,
  );
}

function branchRecord(
  parent: RunRecord,
  session: Session,
  { at, settings }: { at: number; settings: Settings },
): RunRecord {
  return {
    ...session.place,
    parent: { thread: parent.thread, generation: at },
    input: { ...parent.input, settings },
    fingerprints: session.fingerprints,
    parts: parent.parts,
    createdAt: new Date().toISOString(),
    failure: null,
    looks: parent.looks.filter(({ program }) => program === parent.input.start),
    usage: { seconds: 0, executions: 0 },
  };
}
