import { hostname } from "node:os";
import type { RecordStore } from "../record-store.ts";
import { loadBullmq, queuePlaceOf } from "./bullmq.ts";

/** Takes jobs of a queue, until it is closed. */
export interface Receiver {
  /** Jobs under way. */
  inFlight(): number;
  /** Takes no more jobs, and waits for those under way. */
  close(): Promise<void>;
  /** Leaves the jobs under way to other workers, which take them once their locks have run out. */
  abandon(): Promise<void>;
}

/** Milliseconds. */
export interface LockPace {
  /** How long a job belongs to a worker that gives no sign of life; renewed after half of it. */
  lock: number;
  /** Between looks for jobs whose worker gives none. */
  look: number;
}

/**
 * A worker that was killed is found out after 7 s at most. [R] By BullMQ's defaults it takes a minute; a lock is not what keeps a call from being
 * paid twice, so it may be short.
 */
export const defaultLockPace: LockPace = { lock: 5_000, look: 2_000 };

/** How often a job is given to another worker, after the one that had it ended, before it fails. [R] */
const mostStalls = 8;

interface Needs {
  store: RecordStore;
  name: string;
  concurrency: number;
  /** Jobs that all receivers of the queue may begin in a minute. */
  perMinute: number | undefined;
  pace: LockPace;
  /** Does a job and gives the text of its reply. Where it throws, the job fails. */
  work(data: unknown): Promise<string>;
  /** What goes wrong between this worker and the queue. */
  onProblem(error: Error): void;
}

/** A receiver of a queue beside the records of a store. */
export async function openReceiver({
  store,
  name,
  concurrency,
  perMinute,
  pace,
  work,
  onProblem,
}: Needs): Promise<Receiver> {
  const { waiting, queuePrefix } = queuePlaceOf(store);
  const { Worker } = await loadBullmq();
  const client = waiting();
  let underWay = 0;
  const worker = new Worker(
    name,
    async ({ data }) => {
      underWay += 1;
      try {
        return await work(data);
      } finally {
        underWay -= 1;
      }
    },
    {
      connection: client,
      prefix: queuePrefix,
      name: `${hostname()}-${process.pid}`,
      concurrency,
      ...(perMinute === undefined ? {} : { limiter: { max: perMinute, duration: 60_000 } }),
      lockDuration: pace.lock,
      stalledInterval: pace.look,
      maxStalledCount: mostStalls,
      runRetryDelay: 1_000,
      skipVersionCheck: true,
    },
  );
  worker.on("error", onProblem);
  await worker.waitUntilReady();

  const leave = async (isForced: boolean) => {
    await worker.close(isForced);
    client.disconnect();
  };
  return { inFlight: () => underWay, close: () => leave(false), abandon: () => leave(true) };
}
