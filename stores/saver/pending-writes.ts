import {
  compareWritesSortKeys,
  WRITES_IDX_MAP,
  writesSortKey,
  type CheckpointPendingWrite,
  type PendingWrite,
  type SerializerProtocol,
} from "@langchain/langgraph-checkpoint";
import { packChannel, unpack, type Packed } from "./checkpoint-record.ts";
import { under, type RecordStore } from "../record-store.ts";

/** What one task wrote on top of a checkpoint: its path in the graph, and [channel, value] by index. */
export interface TaskWrites {
  path: string;
  writes: Record<string, [channel: string, value: Packed]>;
}

/** `writes/NAMESPACE/CHECKPOINT/TASK`. By the checkpoint's id, as writes may be stored before their checkpoint is. */
export function writesKey(namespace: string, checkpointId: string, taskId: string): string {
  return `${writesPrefix(namespace, checkpointId)}${encodeURIComponent(taskId)}`;
}

function writesPrefix(namespace: string, checkpointId: string): string {
  return `writes/${encodeURIComponent(namespace)}/${encodeURIComponent(checkpointId)}/`;
}

/**
 * Adds writes to what a task has stored already. The first write of a position stays; errors, interrupts and the like
 * have a negative index of their own, and the last of them counts.
 */
export async function addWrites(
  stored: TaskWrites | undefined,
  writes: readonly PendingWrite[],
  path: string,
  serde: SerializerProtocol,
): Promise<TaskWrites> {
  const added: TaskWrites["writes"] = { ...stored?.writes };
  for (const [position, [channel, value]] of writes.entries()) {
    const index = Object.hasOwn(WRITES_IDX_MAP, channel) ? (WRITES_IDX_MAP[channel] as number) : position;
    if (index >= 0 && added[index] !== undefined) continue;
    added[index] = [channel, await packChannel(channel, value, serde)];
  }
  return { path: stored?.path ?? path, writes: added };
}

/** All writes on top of a checkpoint, in the order in which a live run applies them. */
export async function readWrites(
  { store, serde }: { store: RecordStore; serde: SerializerProtocol },
  { space, namespace }: { space: string; namespace: string },
  checkpointId: string,
): Promise<CheckpointPendingWrite[]> {
  const prefix = writesPrefix(namespace, checkpointId);
  const tasks = await store.list(space, under(prefix), ({ key }) =>
    store.warnings.add(
      `The pending writes of a graph task are damaged, so it runs again (record "${key}" in ${store.url}).`,
    ),
  );
  const rows = tasks.flatMap(({ key, value }) => {
    const taskId = decodeURIComponent(key.slice(prefix.length));
    const { path, writes } = JSON.parse(value) as TaskWrites;
    return Object.entries(writes).map(([index, [channel, packed]]) => ({
      order: writesSortKey(path, taskId, Number(index)),
      taskId,
      channel,
      packed,
    }));
  });
  rows.sort((left, right) => compareWritesSortKeys(left.order, right.order));
  return Promise.all(
    rows.map(async ({ taskId, channel, packed }) => [taskId, channel, await unpack(packed, serde)] as const),
  ) as Promise<CheckpointPendingWrite[]>;
}
