import type {
  ChannelVersions,
  Checkpoint,
  CheckpointMetadata,
  SerializerProtocol,
} from "@langchain/langgraph-checkpoint";
import { StateError } from "../../state/errors.ts";
import type { Json } from "../../state/json.ts";
import type { StoredRecord } from "../record-store.ts";

/** A serialized value: [JSON], or [the serializer's type, its text] for what is not quite JSON. */
export type Packed = [Json] | [type: string, text: string];

/**
 * A checkpoint as stored. A channel is its version, and where it has a value, the sequence of the checkpoint that wrote
 * it: `values` holds only what this one wrote. Sequences are never reused, so branches of a thread do not mix.
 */
export interface CheckpointRecord {
  v: number;
  id: string;
  ts: string;
  parent?: string;
  metadata: Packed;
  seen: Checkpoint["versions_seen"];
  channels: Record<string, ChannelVersion | [ChannelVersion, sequence: number]>;
  values: Record<string, Packed>;
}

type ChannelVersion = ChannelVersions[string];

/** A stored checkpoint: its place among those of its namespace, and the version its record was committed at. */
export interface CheckpointEntry {
  sequence: number;
  version: number;
  record: CheckpointRecord;
}

export function entryOf(sequence: number, { value, version }: StoredRecord): CheckpointEntry {
  return { sequence, version, record: JSON.parse(value) as CheckpointRecord };
}

/** `checkpoint/NAMESPACE/SEQUENCE`: key order is commit order. */
export function checkpointKey(namespace: string, sequence: number): string {
  return `${checkpointPrefix(namespace)}${String(sequence).padStart(10, "0")}`;
}

export function checkpointPrefix(namespace: string): string {
  return `checkpoint/${encodeURIComponent(namespace)}/`;
}

/** The sequence of a namespace's last checkpoint, so that it is missed where it is gone. */
export function checkpointHeadKey(namespace: string): string {
  return `checkpoint-head/${encodeURIComponent(namespace)}`;
}

/** Where the sequence of a checkpoint is found by its id. */
export function checkpointIdKey(namespace: string, id: string): string {
  return `checkpoint-id/${encodeURIComponent(namespace)}/${encodeURIComponent(id)}`;
}

/**
 * The record of a checkpoint. Values are taken from it for the channels in `newVersions`, and from where the parent has
 * them for channels at an unchanged version. A channel that the named parent does not have at that version is stored too,
 * so that a checkpoint whose parent was not stored is complete.
 */
export async function packCheckpoint(from: {
  checkpoint: Checkpoint;
  metadata: CheckpointMetadata;
  newVersions: ChannelVersions;
  sequence: number;
  parent: { id: string; record: CheckpointRecord | undefined } | undefined;
  serde: SerializerProtocol;
}): Promise<CheckpointRecord> {
  const { checkpoint, newVersions, sequence, parent, serde } = from;
  const { channel_values: all, channel_versions: versions } = checkpoint;
  const channels = new Map<string, CheckpointRecord["channels"][string]>();
  const values = new Map<string, Packed>();
  for (const [channel, version] of Object.entries(versions)) {
    const known = parent?.record?.channels ?? {};
    const inherited = Object.hasOwn(known, channel) ? known[channel] : undefined;
    const inheritedVersion = Array.isArray(inherited) ? inherited[0] : inherited;
    const isUnchanged = !Object.hasOwn(newVersions, channel);
    if (isUnchanged && inherited !== undefined && inheritedVersion === version) {
      channels.set(channel, inherited);
    } else if (Object.hasOwn(all, channel) && !(isUnchanged && parent === undefined)) {
      channels.set(channel, [version, sequence]);
      values.set(channel, await packChannel(channel, all[channel], serde));
    } else {
      channels.set(channel, version);
    }
  }
  return {
    v: checkpoint.v,
    id: checkpoint.id,
    ts: checkpoint.ts,
    ...(parent === undefined ? {} : { parent: parent.id }),
    metadata: await pack(from.metadata, serde),
    seen: checkpoint.versions_seen,
    channels: Object.fromEntries(channels),
    values: Object.fromEntries(values),
  };
}

export async function packChannel(channel: string, value: unknown, serde: SerializerProtocol): Promise<Packed> {
  try {
    return await pack(value, serde);
  } catch (error) {
    if (!(error instanceof StateError)) throw error;
    throw new StateError(`Channel "${channel}": ${error.message}`, { cause: error });
  }
}

async function pack(value: unknown, serde: SerializerProtocol): Promise<Packed> {
  const [type, bytes] = await serde.dumpsTyped(value);
  const text = Buffer.from(bytes).toString("utf8");
  return type === "json" ? [JSON.parse(text) as Json] : [type, text];
}

export async function unpack(packed: Packed, serde: SerializerProtocol): Promise<unknown> {
  // JSON is what it says, and costs no second parse; a record is parsed anew each time it is read.
  return packed.length === 1 ? packed[0] : serde.loadsTyped(packed[0], packed[1]);
}
