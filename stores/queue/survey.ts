import type { RecordStore } from "../record-store.ts";
import { openQueue, queuePlaceOf } from "./bullmq.ts";
import { readQueues, type Doers } from "./directory.ts";

/** A queue at one moment: whom it is for, and how much there is to do. */
export interface QueueState extends Doers {
  name: string;
  waiting: number;
  active: number;
  /** Connected workers; null where the server does not tell this user. */
  workers: number | null;
}

/** All queues of a store that have work or workers. */
export async function surveyQueues(store: RecordStore): Promise<QueueState[]> {
  const { caller } = queuePlaceOf(store);
  const names = [...(await readQueues(store))];
  const states = await Promise.all(
    names.map(async ([name, doers]) => {
      const queue = await openQueue(store, name);
      // A job whose worker is gone waits without a priority.
      const counts = await caller.call(() => queue.getJobCounts("prioritized", "waiting", "active"));
      const waiting = (counts["prioritized"] ?? 0) + (counts["waiting"] ?? 0);
      const workers = await queue.getWorkersCount().catch(() => null);
      await queue.close();
      return { name, ...doers, waiting, active: counts["active"] ?? 0, workers };
    }),
  );
  return states.filter(({ waiting, active, workers }) => waiting + active > 0 || workers !== 0);
}
