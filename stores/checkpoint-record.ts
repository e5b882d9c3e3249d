import type {
  ChannelVersions,
  Checkpoint,
  CheckpointMetadata,
  SerializerProtocol,
} from "@langchain/langgraph-checkpoint";
import type { Json } from "../state/json.ts";
import type { StoredRecord } from "./record-store.ts";

/** A serialized value: [JSON], or [the serializer's type, base64] for what is not JSON. */
export type Packed = [Json] | [type: string, base64: string];

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
  const channels: CheckpointRecord["channels"] = {};
  const values: CheckpointRecord["values"] = {};
  for (const [channel, version] of Object.entries(versions)) {
    const inherited = parent?.record?.channels[channel];
    const inheritedVersion = Array.isArray(inherited) ? inherited[0] : inherited;
    const isUnchanged = !Object.hasOwn(newVersions, channel);
    if (isUnchanged && inherited !== undefined && inheritedVersion === version) {
      channels[channel] = inherited;
    } else if (Object.hasOwn(all, channel) && !(isUnchanged && parent === undefined)) {
      channels[channel] = [version, sequence];
      values[channel] = await pack(all[channel], serde);
    } else {
      channels[channel] = version;
    }
  }
  return {
    v: checkpoint.v,
    id: checkpoint.id,
    ts: checkpoint.ts,
    ...(parent === undefined ? {} : { parent: parent.id }),
    metadata: await pack(from.metadata, serde),
    seen: checkpoint.versions_seen,
    channels,
    values,
  };
}

export async function pack(value: unknown, serde: SerializerProtocol): Promise<Packed> {
  const [type, bytes] = await serde.dumpsTyped(value);
  const buffer = Buffer.from(bytes);
  return type === "json" ? [JSON.parse(buffer.toString("utf8")) as Json] : [type, buffer.toString("base64")];
}

export async function unpack(packed: Packed, serde: SerializerProtocol): Promise<unknown> {
  if (packed.length === 1) return serde.loadsTyped("json", JSON.stringify(packed[0]));
  return serde.loadsTyped(packed[0], new Uint8Array(Buffer.from(packed[1], "base64")));
}
