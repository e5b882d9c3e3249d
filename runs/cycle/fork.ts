import { RunError } from "../../state/errors.ts";
import { threadSpace } from "../../stores/spaces.ts";
import { checkpointOf } from "../../stores/saver/timeline.ts";
import { stateOf } from "../result.ts";
import { readRunRecord, type RunRecord } from "../run-record.ts";
import type { Runs, Session } from "../session.ts";

/** Makes the first checkpoint of a branch, a copy of its parent's, where it is missing: making the branch may have been cut short. */
export async function fork(session: Session, { parent }: RunRecord): Promise<void> {
  const { runs, place } = session;
  if (parent !== null && (await stateOf(runs, place.thread)) === undefined) await copyCheckpoint(session, parent);
}

/** The checkpoint of a generation of a run, its own or one it inherited. Throws a RunError where there is none. */
export async function checkpointAt(runs: Runs, { family, thread, name }: RunRecord, at: number) {
  const id = await checkpointOf(runs.store, threadSpace(family, thread), at);
  const tuple =
    id === undefined
      ? undefined
      : await runs.saver.getTuple({ configurable: { thread_id: thread, checkpoint_id: id } });
  if (tuple !== undefined) return tuple;
  const parent = (await readRunRecord(runs.store, { family, thread }))?.parent ?? null;
  const older = parent === null ? undefined : await readRunRecord(runs.store, { family, thread: parent.thread });
  if (parent !== null && older !== undefined && at <= parent.generation) return checkpointAt(runs, older, at);
  throw new RunError("generation", name, `Run "${name}" has no generation ${at}; see skillgraph show ${name}.`);
}

/** One checkpoint with all its values into the new thread: its size does not depend on how long the parent ran. */
async function copyCheckpoint({ runs, place }: Session, parent: NonNullable<RunRecord["parent"]>): Promise<void> {
  const record = await readRunRecord(runs.store, { family: place.family, thread: parent.thread });
  if (record === undefined) {
    throw new RunError("missing", place.name, `The parent of run "${place.name}" no longer exists.`);
  }
  const { checkpoint, metadata } = await checkpointAt(runs, record, parent.generation);
  await runs.saver.put(
    { configurable: { thread_id: place.thread, checkpoint_ns: "" } },
    checkpoint,
    { source: "fork", step: metadata?.step ?? 0, parents: {} },
    checkpoint.channel_versions,
  );
}
