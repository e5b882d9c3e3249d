import type { Queue, QueueEvents, WaitingError, Worker } from "bullmq";
import { SettingsError, StoreError } from "../../state/errors.ts";
import type { RedisPlace } from "../drivers/redis-client.ts";
import type { RecordStore } from "../record-store.ts";

/** The version that is tested. */
const version = "6.7.0";

/** BullMQ, which is installed by those who use workers. */
export async function loadBullmq(): Promise<{
  Queue: typeof Queue;
  QueueEvents: typeof QueueEvents;
  Worker: typeof Worker;
  WaitingError: typeof WaitingError;
}> {
  try {
    return await import("bullmq");
  } catch (error) {
    throw new StoreError(
      `Rollouts on workers need the package bullmq, which is not installed. Install it in the same project: npm install bullmq@${version}`,
      { cause: error },
    );
  }
}

/** The Redis of a store that queues of work may lie in, and what the names of their keys begin with. */
export interface QueuePlace extends RedisPlace {
  queuePrefix: string;
}

/** Throws a SettingsError for a store that is not in Redis. */
export function queuePlaceOf({ redis, url }: RecordStore): QueuePlace {
  if (redis === undefined) {
    throw new SettingsError(
      "executor",
      `Workers share a store in Redis with the run; this store is ${url}. Start a redis-server, and use --store redis://HOST:PORT.`,
    );
  }
  // In braces, so that all of them lie on one node of a cluster.
  return { ...redis, queuePrefix: `{${redis.prefix}queue}` };
}

/** A queue, to add jobs or to look at it, on the connection of the store: a command fails while there is none. */
export async function openQueue(store: RecordStore, name: string): Promise<Queue> {
  const { caller, queuePrefix: prefix } = queuePlaceOf(store);
  const bullmq = await loadBullmq();
  const queue = new bullmq.Queue(name, {
    connection: caller.client,
    prefix,
    skipMetasUpdate: true,
    skipWaitingForReady: true,
    skipVersionCheck: true,
  });
  queue.on("error", () => undefined);
  return queue;
}
