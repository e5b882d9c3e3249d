import { describe, expect, test } from "vitest";
import { createLimits, sharedLimits } from "../../models/limits.ts";
import type { CallLimits } from "../../stores/limits/common-limits.ts";
import { createVirtualTimer } from "../support/virtual-timer.ts";

const free: CallLimits = { inFlight: Infinity, requestsPerMinute: Infinity, tokensPerMinute: Infinity };
const signal = new AbortController().signal;

/** When each of several calls, which come at the same moment, got in; each lasts a second and uses what it said. */
async function entryTimes(
  settings: Partial<CallLimits>,
  tokens: number[],
  used: (tokens: number) => number = (n) => n,
) {
  const timer = createVirtualTimer();
  const limits = createLimits({ ...free, ...settings }, timer);
  const times: number[] = [];
  let [under, most] = [0, 0];
  const call = async (estimate: number, index: number) => {
    const leave = await limits.enter(estimate, signal);
    times[index] = timer.now();
    under += 1;
    most = Math.max(most, under);
    await timer.wait(1000);
    under -= 1;
    leave(used(estimate));
  };
  await timer.run(Promise.all(tokens.map(call)));
  return { times, most };
}

describe("the limits of a model", () => {
  test("let calls in as they come where nothing is limited", async () => {
    expect((await entryTimes({}, [1, 1, 1])).times).toEqual([0, 0, 0]);
  });

  test("keep to the calls in flight, in order of arrival", async () => {
    const { times, most } = await entryTimes({ inFlight: 2 }, [1, 1, 1, 1, 1]);
    expect(times).toEqual([0, 0, 1000, 1000, 2000]);
    expect(most).toBe(2);
  });

  test("keep to the requests in any minute", async () => {
    expect((await entryTimes({ requestsPerMinute: 2 }, [1, 1, 1, 1, 1])).times).toEqual([
      0, 0, 60_000, 60_000, 120_000,
    ]);
  });

  test("keep to the tokens in any minute; what is larger than that goes alone", async () => {
    expect((await entryTimes({ tokensPerMinute: 100 }, [60, 60, 40, 500, 1])).times).toEqual([
      0, 60_000, 60_000, 120_000, 180_000,
    ]);
  });

  test("are set right by what was really used", async () => {
    const settings = { tokensPerMinute: 100, inFlight: 1 };
    expect((await entryTimes(settings, [50, 50, 50], () => 100)).times).toEqual([0, 60_000, 120_000]);
    expect((await entryTimes(settings, [50, 50, 50], () => 10)).times).toEqual([0, 1000, 2000]);
  });

  test("hold every call while the provider asks to wait", async () => {
    const timer = createVirtualTimer();
    const limits = createLimits(free, timer);
    limits.hold(20_000);
    limits.hold(5000);
    await timer.run(Promise.all([limits.enter(1, signal), limits.enter(1, signal)]));
    expect(timer.now()).toBe(20_000);
  });

  test("give a place up at once when its call is aborted, and the next one moves up", async () => {
    const timer = createVirtualTimer();
    const limits = createLimits({ ...free, inFlight: 1 }, timer);
    const leave = await limits.enter(1, signal);
    const controller = new AbortController();
    const given = limits.enter(1, controller.signal).catch((error: Error) => error.name);
    const next = limits.enter(1, signal);
    controller.abort();
    expect(await given).toBe("AbortError");
    leave();
    expect(await next).toBeTypeOf("function");
  });

  test("are shared by all that ask one model", () => {
    const timer = createVirtualTimer();
    expect(sharedLimits("a", free, timer)).toBe(sharedLimits("a", free, timer));
    expect(sharedLimits("a", free, timer)).not.toBe(sharedLimits("b", free, timer));
    expect(sharedLimits("a", free, timer)).not.toBe(sharedLimits("a", { ...free, inFlight: 1 }, timer));
    const chat = {};
    expect(sharedLimits(chat, free, timer)).toBe(sharedLimits(chat, free, timer));
  });
});
