import type { RecordStore } from "../record-store.ts";
import { loadBullmq, openQueue, queuePlaceOf } from "./bullmq.ts";
import { createFlights, type Job, type JobWatch } from "./flights.ts";

/** Sends jobs to a queue, and awaits their replies. */
export interface Sender {
  /**
   * The text that was replied to a job; the same job under way is awaited, whoever sent it. Throws an AbortError for a job that was taken back, a
   * HostError where workers could not do it, and a StoreError once the queue cannot be reached.
   */
  send(job: Job, watch: JobWatch): Promise<string>;
  /** Jobs awaited. */
  inFlight(): number;
  close(): Promise<void>;
}

/** Milliseconds. */
interface Rhythm {
  /** Between looks whether jobs are to be taken back. */
  watch: number;
  /** Between looks whether jobs that are awaited are still there. */
  look: number;
}

const defaultRhythm: Rhythm = { watch: 250, look: 5_000 };

interface Listening {
  /** Called where jobs are awaited and none was replied to since the look before. */
  onStill(): Promise<void>;
  rhythm?: Rhythm;
}

/** A sender to a queue beside the records of a store. */
export async function openSender(
  store: RecordStore,
  name: string,
  { onStill, rhythm = defaultRhythm }: Listening,
): Promise<Sender> {
  const place = queuePlaceOf(store);
  const { QueueEvents } = await loadBullmq();
  const { caller, queuePrefix: prefix } = place;
  const queue = await openQueue(store, name);
  const waiting = place.waiting();
  // Events from before are about jobs of others, or about earlier ones of the same name.
  const last = await caller.call((client) => client.xrevrange(`${prefix}:${name}:events`, "+", "-", "COUNT", 1));
  const lastEventId = last[0]?.[0] ?? "0-0";
  const events = new QueueEvents(name, { connection: waiting, prefix, lastEventId, skipVersionCheck: true });
  const flights = createFlights({ queue, caller, events });
  const look = async () => {
    if (await flights.look()) await onStill();
  };
  const stops = [every(rhythm.watch, flights.takeBack, flights.fail), every(rhythm.look, look, flights.fail)];

  return {
    send: flights.send,
    inFlight: flights.count,
    async close() {
      for (const stop of stops) stop();
      await events.close().catch(() => undefined);
      await queue.close().catch(() => undefined);
      waiting.disconnect();
    },
  };
}

/** Works again and again, never twice at a time. Gives what ends that. */
function every(milliseconds: number, work: () => Promise<void>, onError: (error: unknown) => void): () => void {
  let isAtWork = false;
  const timer = setInterval(() => {
    if (isAtWork) return;
    isAtWork = true;
    void work()
      .catch(onError)
      .finally(() => (isAtWork = false));
  }, milliseconds);
  return () => clearInterval(timer);
}
