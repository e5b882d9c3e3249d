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

const leavingNothing = { removeOnComplete: true, removeOnFail: true };

/** One that awaits a job. */
interface Waiter extends JobWatch {
  resolve(reply: string): void;
  reject(error: unknown): void;
}

/** A job, and all that await it. */
interface Flight extends Job {
  waiters: Set<Waiter>;
  /** Settles once it is known whether the queue has it. */
  added: Promise<unknown>;
  /** Looks since it was sent, and how many of the last ones did not find it. */
  looks: number;
  misses: number;
}

/** The jobs of a sender that are awaited. */
export function createFlights({ queue, caller, events }: { queue: Queue; caller: RedisCaller; events: QueueEvents }) {
  const flights = new Map<Hash, Flight>();
  let ended = 0;
  let endedBefore = 0;

  const end = (id: string, how: (waiter: Waiter) => void) => {
    const flight = flights.get(id as Hash);
    if (flight === undefined || !flights.delete(flight.id)) return;
    ended += 1;
    flight.waiters.forEach(how);
  };
  events.on("completed", ({ jobId, returnvalue }) => end(jobId, ({ resolve }) => resolve(returnvalue)));
  events.on("failed", ({ jobId, failedReason }) => end(jobId, ({ reject }) => reject(undone(failedReason))));
  // A connection that is lost is made anew; what was missed meanwhile is found by a look.
  events.on("error", () => undefined);

  /** Where the job is there already, by this process or another, this changes nothing. */
  const add = (flight: Flight) => {
    const adding = caller.call(() =>
      queue.add("rollout", flight.data, {
        jobId: flight.id,
        priority: Math.min(flights.size, lastPriority),
        ...leavingNothing,
      }),
    );
    flight.added = adding.catch(() => undefined);
    return adding;
  };

  function launch(job: Job): Flight {
    const flight: Flight = { ...job, waiters: new Set(), added: Promise.resolve(), looks: 0, misses: 0 };
    flights.set(job.id, flight);
    add(flight).catch((error: unknown) => end(job.id, ({ reject }) => reject(error)));
    return flight;
  }

  async function takeBack(flight: Flight): Promise<void> {
    if (isWanted(flight)) return letGo(flights, flight);
    // Otherwise it could be added after it was taken back, and a worker would pay for what nobody awaits.
    await flight.added;
    const isTaken = (await caller.call(() => queue.remove(flight.id))) === 1;
    if (!isTaken) return letGo(flights, flight);
    // Meanwhile somebody else may have asked for it, also anew, after it had ended: then their job is the one that is gone.
    const current = flights.get(flight.id);
    if (current !== undefined && isWanted(current)) await add(current);
    else end(flight.id, ({ reject }) => reject(takenBack()));
  }

  return {
    count: () => flights.size,
    send(job: Job, watch: JobWatch): Promise<string> {
      // While the queue was being opened, the work around may have ended.
      if (watch.isOver()) return Promise.reject(takenBack());
      const { waiters } = flights.get(job.id) ?? launch(job);
      return new Promise((resolve, reject) => waiters.add({ ...watch, resolve, reject }));
    },
    /** Jobs that nobody has begun, where the work around all that await them is over; those that are aborted await nothing any more. */
    takeBack: async () => void (await Promise.all([...flights.values()].map(takeBack))),
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

const isWanted = ({ waiters }: Flight) => [...waiters].some(({ isOver }) => !isOver());

/** Those that are aborted do not wait for a job under way, whoever else awaits it. */
function letGo(flights: Map<Hash, Flight>, flight: Flight): void {
  for (const waiter of flight.waiters) {
    if (!waiter.signal.aborted) continue;
    flight.waiters.delete(waiter);
    waiter.reject(takenBack());
  }
  if (flight.waiters.size === 0 && flights.get(flight.id) === flight) flights.delete(flight.id);
}

/** Those that were not found twice: the first time, their reply may be on its way. */
async function lostOf(flights: readonly Flight[], isThere: (id: Hash) => Promise<boolean>): Promise<Flight[]> {
  const old = flights.filter((flight) => (flight.looks += 1) > 1);
  await Promise.all(old.map(async (flight) => (flight.misses = (await isThere(flight.id)) ? 0 : flight.misses + 1)));
  const lost = old.filter(({ misses }) => misses > 1);
  for (const flight of lost) flight.misses = 0;
  return lost;
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
