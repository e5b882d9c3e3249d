import type { Queue, QueueEvents } from "bullmq";
import { HostError } from "../../state/errors.ts";
import type { Hash, Json } from "../../state/json.ts";
import type { RedisCaller } from "../drivers/redis-client.ts";

/** Work for whoever takes it, by the name that the same work always has. */
export interface Job {
  id: Hash;
  data: Json;
}

/** What is heard of a job while it is awaited. */
export interface JobWatch {
  /** Nothing is awaited any more once it fires. */
  signal: AbortSignal;
  /** Whether a job that nobody has begun is to be taken back. */
  isOver(): boolean;
}

/** The lowest priority that BullMQ has. */
const lastPriority = 2_097_151;

interface Flight extends Job, JobWatch {
  reply: Promise<string>;
  /** Settles once it is known whether the queue has it. */
  added: Promise<unknown>;
  resolve(reply: string): void;
  reject(error: unknown): void;
  /** Looks since it was sent, and how many of the last ones did not find it. */
  looks: number;
  misses: number;
}

/** The jobs of a sender that are awaited. */
export function createFlights({ queue, caller, events }: { queue: Queue; caller: RedisCaller; events: QueueEvents }) {
  const flights = new Map<Hash, Flight>();
  let ended = 0;
  let endedBefore = 0;

  const end = (id: string, how: (flight: Flight) => void) => {
    const flight = flights.get(id as Hash);
    if (flight === undefined || !flights.delete(flight.id)) return;
    ended += 1;
    how(flight);
  };
  events.on("completed", ({ jobId, returnvalue }) => end(jobId, ({ resolve }) => resolve(returnvalue)));
  events.on("failed", ({ jobId, failedReason }) => end(jobId, ({ reject }) => reject(undone(failedReason))));
  // A connection that is lost is made anew; what was missed meanwhile is found by a look.
  events.on("error", () => undefined);

  /** Where the job is there already, by this process or another, this changes nothing. */
  const add = (flight: Flight) => {
    const { id, data } = flight;
    const adding = caller.call(() =>
      queue.add("rollout", data, {
        jobId: id,
        priority: Math.min(flights.size, lastPriority),
        removeOnComplete: true,
        removeOnFail: true,
      }),
    );
    flight.added = adding.catch(() => undefined);
    return adding;
  };

  return {
    count: () => flights.size,
    send(job: Job, watch: JobWatch): Promise<string> {
      const known = flights.get(job.id);
      if (known !== undefined) return known.reply;
      const { promise: reply, ...settle } = withResolvers<string>();
      const flight = { ...job, ...watch, reply, added: Promise.resolve(), ...settle, looks: 0, misses: 0 };
      flights.set(job.id, flight);
      add(flight).catch((error: unknown) => end(job.id, ({ reject }) => reject(error)));
      return reply;
    },
    /** Jobs that nobody has begun, where the work around them is over; those that are aborted are not awaited either. */
    async takeBack(): Promise<void> {
      const over = [...flights.values()].filter(({ isOver }) => isOver());
      await Promise.all(
        over.map(async ({ id, signal, added }) => {
          // Otherwise it could be added after it was taken back, and a worker would pay for what nobody awaits.
          await added;
          const isTaken = (await caller.call(() => queue.remove(id))) === 1;
          if (isTaken || signal.aborted) end(id, ({ reject }) => reject(takenBack()));
        }),
      );
    },
    /** A job that is gone without a reply, as a server was restarted or an event was missed, is sent again. Gives whether nothing moves. */
    async look(): Promise<boolean> {
      const isThere = async (id: Hash) => (await caller.call(() => queue.getJob(id))) !== undefined;
      const lost = await lostOf([...flights.values()], isThere);
      await Promise.all(lost.filter(({ id }) => flights.has(id)).map(add));
      const isStill = flights.size > 0 && ended === endedBefore;
      endedBefore = ended;
      return isStill;
    },
    fail(error: unknown): void {
      for (const id of flights.keys()) end(id, ({ reject }) => reject(error));
    },
  };
}

/** Those that were not found twice: the first time, their reply may be on its way. */
async function lostOf(flights: readonly Flight[], isThere: (id: Hash) => Promise<boolean>): Promise<Flight[]> {
  const old = flights.filter((flight) => (flight.looks += 1) > 1);
  await Promise.all(old.map(async (flight) => (flight.misses = (await isThere(flight.id)) ? 0 : flight.misses + 1)));
  const lost = old.filter(({ misses }) => misses > 1);
  for (const flight of lost) flight.misses = 0;
  return lost;
}

function withResolvers<Value>() {
  let settle!: Pick<Flight, "resolve" | "reject">;
  const promise = new Promise<Value>((resolve, reject) => {
    settle = { resolve: resolve as Flight["resolve"], reject };
  });
  return { promise, ...settle };
}

function takenBack(): DOMException {
  return new DOMException("The run is stopping; this job was taken back.", "AbortError");
}

function undone(reason: string): HostError {
  const why = /stalled/.test(reason) ? "each worker that took it ended or lost its connection on the way" : reason;
  return new HostError(
    `A rollout could not be done by workers: ${why}. See what the workers print, then resume; nothing was concluded from it.`,
    { hasBegun: true },
  );
}
