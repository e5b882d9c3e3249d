import {
  maxChannelVersion,
  TASKS,
  type Checkpoint,
  type CheckpointMetadata,
  type CheckpointPendingWrite,
  type CheckpointTuple,
  type SerializerProtocol,
} from "@langchain/langgraph-checkpoint";
import { DamageError } from "../../state/errors.ts";
import type { CheckpointLine } from "./checkpoint-reader.ts";
import { checkpointKey, entryOf, unpack, type CheckpointEntry, type CheckpointRecord } from "./checkpoint-record.ts";
import { readWrites } from "./pending-writes.ts";
import type { RecordStore } from "../record-store.ts";

/** A stored checkpoint as LangGraph wants it: with all its values and the writes on top of it. */
export async function readTuple(
  { store, serde }: { store: RecordStore; serde: SerializerProtocol },
  line: CheckpointLine,
  entry: CheckpointEntry,
): Promise<CheckpointTuple> {
  const { record } = entry;
  const writesOf = (checkpointId: string) => readWrites({ store, serde }, line, checkpointId);
  const configOf = (id: string) => ({
    configurable: { thread_id: line.thread, checkpoint_ns: line.namespace, checkpoint_id: id },
  });
  const checkpoint: Checkpoint = {
    v: record.v,
    id: record.id,
    ts: record.ts,
    channel_values: await readValues({ store, serde }, line, entry),
    channel_versions: versionsOf(record),
    versions_seen: record.seen,
  };
  if (record.v < 4 && record.parent !== undefined) addPendingSends(checkpoint, await writesOf(record.parent));
  return {
    config: configOf(record.id),
    checkpoint,
    metadata: (await unpack(record.metadata, serde)) as CheckpointMetadata,
    pendingWrites: await writesOf(record.id),
    ...(record.parent === undefined ? {} : { parentConfig: configOf(record.parent) }),
  };
}

/** The value of every channel that has one, from this record and from those of the checkpoints that wrote the others. */
async function readValues(
  { store, serde }: { store: RecordStore; serde: SerializerProtocol },
  line: CheckpointLine,
  { sequence, record }: CheckpointEntry,
): Promise<Record<string, unknown>> {
  const places = Object.entries(record.channels).flatMap(([channel, place]) =>
    Array.isArray(place) ? [[channel, place[1]] as const] : [],
  );
  const keys = new Map(places.map(([, other]) => [other, checkpointKey(line.namespace, other)]));
  keys.delete(sequence);
  const found = await store.get(line.space, [...keys.values()]);
  const records = new Map([[sequence, record]]);
  for (const [other, key] of keys) {
    const stored = found.get(key);
    if (stored !== undefined) records.set(other, entryOf(other, stored).record);
  }
  const values = places.map(async ([channel, other]) => {
    const kept = records.get(other)?.values ?? {};
    const packed = Object.hasOwn(kept, channel) ? kept[channel] : undefined;
    if (packed !== undefined) return [channel, await unpack(packed, serde)] as const;
    const key = checkpointKey(line.namespace, other);
    throw new DamageError({ space: line.space, key, url: store.url }, `missing, and with it the value of "${channel}"`);
  });
  return Object.fromEntries(await Promise.all(values));
}

function versionsOf({ channels }: CheckpointRecord): Checkpoint["channel_versions"] {
  return Object.fromEntries(
    Object.entries(channels).map(([channel, place]) => [channel, Array.isArray(place) ? place[0] : place]),
  );
}

/** Before format 4, LangGraph kept the sends of a superstep in the parent's writes. */
function addPendingSends(checkpoint: Checkpoint, parentWrites: readonly CheckpointPendingWrite[]): void {
  const versions = Object.values(checkpoint.channel_versions);
  checkpoint.channel_values[TASKS] = parentWrites.filter(([, channel]) => channel === TASKS).map(([, , sent]) => sent);
  checkpoint.channel_versions[TASKS] = versions.length > 0 ? maxChannelVersion(...versions) : 1;
}
