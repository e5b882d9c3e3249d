import { hostname } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import type { RecordStore } from "../record-store.ts";
import { loadBullmq, queuePlaceOf } from "./bullmq.ts";

/** Takes jobs of a queue, until it is closed. */
export interface Receiver {
  /** Jobs under way. */
  inFlight(): number;
  /** Takes no more jobs, and waits for those under way; for a queue that cannot be reached, until their locks have run out. */
  close(): Promise<void>;
  /** Leaves the jobs under way to other workers, which take them once their locks have run out. */
  abandon(): Promise<void>;
  /** Takes no more jobs until it may go on. */
  rest(): void;
  goOn(): void;
}

/** A job as it comes to a receiver. */
export interface Given {
  data: unknown;
  /** Whether another receiver had it, which ended or lost its connection on the way. */
  wasLost: boolean;
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
  /** Does a job and gives the text of its reply. Where it throws, the job fails; where that is an AbortError, it is for another receiver. */
  work(job: Given): Promise<string>;
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
  const { Worker, WaitingError } = await loadBullmq();
  const client = waiting();
  const jobs = { underWay: 0 };
  const worker = new Worker(
    name,
    async (job, token) => {
      jobs.underWay += 1;
      try {
        return await work({ data: job.data, wasLost: job.stalledCounter > 0 });
      } catch (error) {
        if ((error as Error).name !== "AbortError" || token === undefined) throw error;
        await job.moveToWait(token);
        throw new WaitingError();
      } finally {
        jobs.underWay -= 1;
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

  let isLeaving = false;
  const leave = async (isForced: boolean) => {
    isLeaving = true;
    const closed = new AbortController();
    const closing = worker.close(isForced).finally(() => closed.abort());
    await Promise.race([closing, outlasted(jobs, pace, closed.signal).catch(() => closing)]);
    if (!closed.signal.aborted) void worker.disconnect().catch(() => undefined);
    closing.catch(() => undefined);
    client.disconnect();
  };
  return {
    inFlight: () => jobs.underWay,
    close: () => leave(false),
    abandon: () => leave(true),
    rest: () => void worker.pause(true),
    goOn: () => void (isLeaving || worker.resume()),
  };
}

/** Ends when nothing is under way and the queue could not be told so for as long as a lock lasts: then others have the jobs. */
async function outlasted(jobs: { underWay: number }, { lock, look }: LockPace, signal: AbortSignal): Promise<void> {
  while (jobs.underWay > 0) await sleep(look, undefined, { signal });
  await sleep(lock, undefined, { signal });
}
