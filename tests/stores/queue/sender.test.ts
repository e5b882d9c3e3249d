import { EventEmitter } from "node:events";
import { Worker, type Queue, type QueueEvents } from "bullmq";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { HostError } from "../../../state/errors.ts";
import { hashJson } from "../../../state/json.ts";
import type { RedisCaller } from "../../../stores/drivers/redis-client.ts";
import { openStore } from "../../../stores/open.ts";
import { createFlights } from "../../../stores/queue/flights.ts";
import { openSender, type Sender } from "../../../stores/queue/sender.ts";
import { hasRedis, startRedis, type RedisServer } from "../../support/redis-server.ts";

let server: RedisServer;

/** Looks often, so that what is lost is soon found. */
const rhythm = { watch: 10, look: 20 };
const going = { signal: new AbortController().signal, isOver: () => false };
const queued = "{skillgraph:queue}:fair:prioritized";
const job = { id: hashJson("job"), data: { index: 1 } };

async function openQueue(name: string) {
  const store = await openStore(server.url);
  let still = 0;
  const sender = await openSender(store, name, { rhythm, onStill: async () => void (still += 1) });
  onTestFinished(async () => {
    await sender.close();
    await store.close();
  });
  /** A bare worker of the queue. */
  const work = async (answer: (job: { data: string }) => Promise<string>) => {
    const connection = server.client();
    connection.options.maxRetriesPerRequest = null;
    const worker = new Worker(name, answer, { connection, prefix: "{skillgraph:queue}" });
    worker.on("error", () => undefined);
    onTestFinished(() => worker.close(true));
    await worker.waitUntilReady();
  };
  return { sender, work, still: () => still };
}

describe.skipIf(!hasRedis)("a sender", () => {
  beforeAll(async () => {
    server = await startRedis();
  });
  afterAll(() => server.stop());

  test("awaits one job for all who send the same, and its reply, and then keeps nothing of it", async () => {
    const { sender, work } = await openQueue("same");
    let done = 0;
    const both = Promise.all([sender.send(job, going), sender.send(job, going)]);
    expect(sender.inFlight()).toBe(1);
    await work(async () => `reply ${(done += 1)}`);
    expect(await both).toEqual(["reply 1", "reply 1"]);
    expect(await sender.send(job, going)).toBe("reply 2");
    expect(sender.inFlight()).toBe(0);
  });

  test("tells a job that workers could not do from one that was taken back", async () => {
    const { sender, work } = await openQueue("failing");
    let isOver = false;
    const taken = sender.send({ ...job, id: hashJson("other") }, { ...going, isOver: () => isOver });
    isOver = true;
    await expect(taken).rejects.toThrow(expect.objectContaining({ name: "AbortError" }));
    await work(async () => {
      throw new Error("job stalled more than allowable limit");
    });
    const failed = sender.send(job, going);
    await expect(failed).rejects.toThrow(HostError);
    await expect(failed).rejects.toThrow("each worker that took it ended or lost its connection");
  });

  test("with few jobs does not wait for all of one with many", async () => {
    const { sender: many, work } = await openQueue("fair");
    const store = await openStore(server.url);
    const few = await openSender(store, "fair", { rhythm, onStill: async () => undefined });
    onTestFinished(async () => {
      await few.close();
      await store.close();
    });
    const client = server.client();
    const send = async (sender: Sender, name: string, count: number) => {
      const before = await client.zcard(queued);
      const jobs = Array.from({ length: count }, (_, index) => ({ id: hashJson([name, index]), data: name }));
      const replies = jobs.map((each) => sender.send(each, going));
      while ((await client.zcard(queued)) < before + count);
      return replies;
    };
    const replies = [...(await send(many, "many", 9)), ...(await send(few, "few", 2))];
    const order: string[] = [];
    await work(async ({ data }) => (order.push(data), ""));
    await Promise.all(replies);
    expect(order.slice(0, 5)).toEqual(["many", "few", "many", "few", "many"]);
  });

  test("sends a job again that the server has lost, and notices that nothing moves", async () => {
    const { sender, work, still } = await openQueue("lost");
    const reply = sender.send(job, going);
    while (still() === 0) await new Promise((resolve) => setImmediate(resolve));
    const client = server.client();
    const keys = await client.keys("{skillgraph:queue}:lost:*");
    await client.del(keys.filter((key) => !key.endsWith(":meta")));
    await work(async () => "found");
    expect(await reply).toBe("found");
  });
});

/** Flights over a queue that only says what was asked of it; `isBegun` is of a job that cannot be taken back any more. */
function createFlightsAlone({ isBegun = false } = {}) {
  const asked: string[] = [];
  const events = new EventEmitter();
  const queue = {
    add: async () => void asked.push("added"),
    remove: async () => (asked.push("removed"), isBegun ? 0 : 1),
  } as unknown as Queue;
  const caller = { call: (work: () => unknown) => work() } as unknown as RedisCaller;
  const flights = createFlights({ queue, caller, events: events as unknown as QueueEvents });
  const complete = (returnvalue: string) => events.emit("completed", { jobId: job.id, returnvalue });
  return { flights, asked, complete };
}

test.each([false, true])(
  "a job that two await is taken from the one that is over alone (begun: %s)",
  async (isBegun) => {
    const { flights, asked, complete } = createFlightsAlone({ isBegun });
    const first = new AbortController();
    let isOver = false;
    const joined = [
      flights.send(job, { signal: first.signal, isOver: () => first.signal.aborted }),
      flights.send(job, { ...going, isOver: () => isOver }),
    ] as const;
    first.abort();
    await flights.takeBack();
    await expect(joined[0]).rejects.toThrow("taken back");
    expect(asked).toEqual(["added"]);
    expect(flights.count()).toBe(1);
    isOver = true;
    await flights.takeBack();
    complete("reply");
    if (isBegun) expect(await joined[1]).toBe("reply");
    else await expect(joined[1]).rejects.toThrow("taken back");
    expect(flights.count()).toBe(0);
  },
);

test("a job that is taken back when it has ended and was asked for again is sent again for those that await it now", async () => {
  const asked: string[] = [];
  let removed = () => {};
  const queue = {
    add: async () => void asked.push("added"),
    remove: () => new Promise<number>((resolve) => (removed = () => (asked.push("removed"), resolve(1)))),
  } as unknown as Queue;
  const caller = { call: (work: () => unknown) => work() } as unknown as RedisCaller;
  const events = new EventEmitter();
  const flights = createFlights({ queue, caller, events: events as unknown as QueueEvents });
  const complete = (returnvalue: string) => events.emit("completed", { jobId: job.id, returnvalue });
  let isOver = false;
  const first = flights.send(job, { ...going, isOver: () => isOver });
  isOver = true;
  const taking = flights.takeBack();
  await new Promise((resolve) => setImmediate(resolve));
  complete("first");
  expect(await first).toBe("first");
  const second = flights.send(job, going);
  removed();
  await taking;
  expect(asked).toEqual(["added", "added", "removed", "added"]);
  complete("second");
  expect(await second).toBe("second");
  expect(flights.count()).toBe(0);
});

test("a job on its way to the queue is taken back only when it is there", async () => {
  const asked: string[] = [];
  let added = () => {};
  const queue = {
    add: () => new Promise<void>((resolve) => (added = () => (asked.push("added"), resolve()))),
    remove: async () => (asked.push("removed"), 1),
  } as unknown as Queue;
  const caller = { call: (work: () => unknown) => work() } as unknown as RedisCaller;
  const flights = createFlights({ queue, caller, events: new EventEmitter() as unknown as QueueEvents });
  let isOver = false;
  const taken = flights.send(job, { ...going, isOver: () => isOver });
  isOver = true;
  const taking = flights.takeBack();
  await new Promise((resolve) => setImmediate(resolve));
  added();
  await taking;
  await expect(taken).rejects.toThrow("taken back");
  await expect(flights.send(job, { ...going, isOver: () => isOver })).rejects.toThrow("taken back");
  expect(asked).toEqual(["added", "removed"]);
});
