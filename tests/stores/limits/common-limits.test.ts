import { setTimeout } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { createMemoryStore } from "../../../stores/drivers/memory.ts";
import { createCommonLimits, type CommonLimits } from "../../../stores/limits/common-limits.ts";
import { openStore } from "../../../stores/open.ts";
import { hasRedis, startRedis, type RedisServer } from "../../support/redis-server.ts";

let server: RedisServer;
let names = 0;

const free = { inFlight: Infinity, requestsPerMinute: Infinity, tokensPerMinute: Infinity };
const going = new AbortController().signal;

/** Limits as two processes see them, what each was made to wait, and a model of the test's own. Nothing is really waited for. */
async function openTwo(pace: { lease?: number; minute?: number } = {}) {
  names += 1;
  const name = `model-${names}`;
  const waits: number[] = [];
  const wait = async (milliseconds: number, signal: AbortSignal) => {
    waits.push(milliseconds);
    await new Promise((resolve) => setImmediate(resolve));
    signal.throwIfAborted();
  };
  const stores = [await openStore(server.url), await openStore(server.url)] as const;
  onTestFinished(async () => void (await Promise.all(stores.map((store) => store.close()))));
  const [one, other] = stores.map((store) => createCommonLimits(store, { lease: 60_000, ...pace, wait })) as [
    CommonLimits,
    CommonLimits,
  ];
  const ask = (limits: Partial<typeof free>, tokens = 1, signal = going) => ({
    limits: { ...free, ...limits },
    tokens,
    signal,
  });
  return { one, other, name, waits, ask, end: () => stores[0].close() };
}

function abortable() {
  const controller = new AbortController();
  return { signal: controller.signal, abort: () => controller.abort() };
}

/** Minutes that a wait is long, begun ones included: the server's clock goes on between calls. */
const minutesOf = (waits: readonly number[]) => waits.map((wait) => Math.ceil(wait / 60_000));

describe.skipIf(!hasRedis)("common limits", () => {
  beforeAll(async () => {
    server = await startRedis();
  });
  afterAll(() => server.stop());

  test("let in as many calls a minute as there may be, from all processes together, in order", async () => {
    const { one, other, name, waits, ask } = await openTwo();
    for (const each of [one, other, one, other, other]) await each.enter(name, ask({ requestsPerMinute: 2 }));
    // Two at once, two after a minute, and the fifth after two.
    expect(minutesOf(waits)).toEqual([1, 1, 2]);
    await one.enter(`${name}, another`, ask({ requestsPerMinute: 2 }));
    expect(waits).toHaveLength(3);
  });

  test("count the tokens that were really used, and let a call alone that is larger than the limit", async () => {
    const { one, other, name, waits, ask } = await openTwo();
    const leave = await one.enter(name, ask({ tokensPerMinute: 100 }, 90));
    leave(10);
    await other.enter(name, ask({ tokensPerMinute: 100 }, 90));
    expect(waits).toEqual([]);
    await one.enter(name, ask({ tokensPerMinute: 100 }, 500));
    await other.enter(name, ask({ tokensPerMinute: 100 }, 1));
    expect(minutesOf(waits)).toEqual([1, 2]);
  });

  test("let a call that is aborted go at once, though others wait before it, and those behind it in their turn", async () => {
    const { one, name, ask } = await openTwo();
    const leave = await one.enter(name, ask({ inFlight: 1 }));
    const first = one.enter(name, ask({ inFlight: 1 }));
    const { signal, abort } = abortable();
    const aborted = one.enter(name, ask({ inFlight: 1 }, 1, signal));
    const last = one.enter(name, ask({ inFlight: 1 }));
    abort();
    await expect(aborted).rejects.toThrow("aborted");
    leave();
    (await first)();
    (await last)();
  });

  test("have a call wait until another one ends, wherever that was made", async () => {
    const { one, other, name, waits, ask } = await openTwo();
    const leave = await one.enter(name, ask({ inFlight: 1 }));
    let isIn = false;
    const second = other.enter(name, ask({ inFlight: 1 })).then((end) => ((isIn = true), end));
    while (waits.length < 3) await new Promise((resolve) => setImmediate(resolve));
    expect(isIn).toBe(false);
    leave();
    (await second)();
    // Later looks are rarer.
    expect(waits.slice(0, 3)).toEqual([25, 50, 100]);
  });

  test("take the place of a process that ended from it once its lease has run out", async () => {
    const { one, other, name, ask, end } = await openTwo({ lease: 30 });
    await one.enter(name, ask({ inFlight: 1 }));
    await end();
    expect(await other.enter(name, ask({ inFlight: 1 }))).toBeTypeOf("function");
  });

  test("forget a call that was given up before its turn, and hold all back as long as a server asks for it", async () => {
    const { one, other, name, waits, ask } = await openTwo();
    await one.enter(name, ask({ requestsPerMinute: 1 }));
    const ending = new AbortController();
    const given = one.enter(name, ask({ requestsPerMinute: 1 }, 1, ending.signal));
    while (waits.length < 1) await new Promise((resolve) => setImmediate(resolve));
    ending.abort(new Error("enough"));
    await expect(given).rejects.toThrow("enough");
    // Its tokens do not count: what comes next has its turn.
    one.hold(name, 300_000);
    await other.enter(name, ask({ requestsPerMinute: 1 }));
    expect(minutesOf(waits)).toEqual([1, 5]);
  });

  test("do not count tokens of more than a minute ago, however long a server asked to wait", async () => {
    const { one, other, name, waits, ask } = await openTwo({ minute: 200 });
    const leave = await one.enter(name, ask({ tokensPerMinute: 100 }, 90));
    leave();
    one.hold(name, 60_000);
    await setTimeout(500);
    for (const each of [one, other]) await each.enter(name, ask({ tokensPerMinute: 100 }, 50));
    // Both as soon as it may be.
    const [first, second] = waits as [number, number];
    expect(second).toBeLessThanOrEqual(first);
  });
});

test("a store that is not in Redis has none", () => {
  expect(createCommonLimits(createMemoryStore())).toBeUndefined();
});
