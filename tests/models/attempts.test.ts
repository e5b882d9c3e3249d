import { AIMessage } from "@langchain/core/messages";
import { describe, expect, test } from "vitest";
import { keepSecret } from "../../stores/secrets.ts";
import { createAttempts } from "../../models/attempts.ts";
import { createLimits } from "../../models/limits.ts";
import { CallError, PartError, ProviderError } from "../../state/errors.ts";
import { withCalls } from "../../models/calls.ts";
import { createLedger } from "../../stores/ledger/ledger.ts";
import { createMemoryStore } from "../../stores/drivers/memory.ts";
import { createVirtualTimer } from "../support/virtual-timer.ts";

const timeLimit = 60_000;
const free = { inFlight: Infinity, requestsPerMinute: Infinity, tokensPerMinute: Infinity };

type Step = Error | AIMessage | "never";
const good = new AIMessage("yes");

/** Makes one call whose attempts end as the steps say; the last step goes on for ever. */
function setUp(steps: Step[], { attempts = 4, patience = 600_000 } = {}) {
  const timer = createVirtualTimer();
  const limits = createLimits(free, timer);
  const made = createAttempts({
    model: "m",
    address: null,
    attempts,
    timeLimit,
    patience,
    limits,
    timer,
  });
  let asked = 0;
  const ask = async (): Promise<AIMessage> => {
    const step = steps[Math.min(asked, steps.length - 1)] as Step;
    asked += 1;
    if (step === "never") return new Promise(() => undefined);
    if (step instanceof Error) throw step;
    return step;
  };
  const call = (signal = new AbortController().signal) => made.make(ask, signal, { question: "q" });
  const run = () => timer.run(call().catch((error: Error) => error));
  return { timer, call, run, counts: made.counts, asked: () => asked };
}

function httpError(
  status: number,
  { headers = {}, code, message = "no" }: { headers?: Record<string, string>; code?: string; message?: string } = {},
) {
  return Object.assign(new Error(`${status} ${message}`), { status, code, headers: new Headers(headers) });
}

function networkError(code: string) {
  const socket = Object.assign(new Error(`connect ${code}`), { code });
  return new Error("Connection error.", { cause: new TypeError("fetch failed", { cause: socket }) });
}

const empty = new AIMessage("");

describe("a call of a model", () => {
  test("that goes well is one attempt", async () => {
    const { run, counts } = setUp([good]);
    expect(await run()).toBe(good);
    expect(counts()).toEqual({ calls: 1, attempts: 1, waited: 0, faults: {} });
  });

  test.each<[string, Step, string]>([
    ["408", httpError(408), "time-out"],
    ["409", httpError(409), "server-error"],
    ["429", httpError(429), "rate-limit"],
    ["500", httpError(500), "server-error"],
    ["529", httpError(529), "server-error"],
    ["a reset connection", networkError("ECONNRESET"), "connection"],
    ["a refused connection", networkError("ECONNREFUSED"), "connection"],
    ["a body that breaks off", new TypeError("terminated"), "connection"],
    ["a body that is no JSON", new SyntaxError("Unexpected end of JSON input"), "malformed"],
    ["an empty reply", empty, "empty"],
    ["half a character", new AIMessage("a\ud800"), "malformed"],
    ["a reply of ten million characters", new AIMessage("x".repeat(10_000_000)), "oversized"],
    ["nothing at all", "never", "time-out"],
  ])("is tried again after %s", async (_, step, kind) => {
    const { run, counts } = setUp([step, good]);
    expect(await run()).toBe(good);
    expect(counts()).toMatchObject({ calls: 1, attempts: 2, faults: { [kind]: 1 } });
  });

  test("waits twice as long each time, half of it drawn, the same for the same call", async () => {
    const steps = [httpError(500), httpError(500), httpError(500), good];
    const { run, timer, counts } = setUp(steps);
    await run();
    expect(timer.waits).toHaveLength(3);
    for (const [index, wait] of timer.waits.entries()) {
      expect(wait).toBeGreaterThanOrEqual(250 * 2 ** index);
      expect(wait).toBeLessThanOrEqual(500 * 2 ** index);
    }
    expect(counts().waited).toBe(timer.now());
    const again = setUp(steps);
    await again.run();
    expect(again.timer.waits).toEqual(timer.waits);
  });

  test.each<[string, Record<string, string>, number]>([
    ["seconds", { "retry-after": "7" }, 7000],
    ["milliseconds", { "retry-after-ms": "1500", "retry-after": "1" }, 1500],
    [
      "a date by the server's clock",
      { "retry-after": "Mon, 01 Jan 2024 00:00:09 GMT", date: "Mon, 01 Jan 2024 00:00:00 GMT" },
      9000,
    ],
    ["a date by our own", { "retry-after": new Date(1_000_000_020_000).toUTCString() }, 20_000],
  ])("waits as long as the server asks, in %s", async (_, headers, wait) => {
    const { run, timer } = setUp([httpError(429, { headers }), good]);
    await run();
    expect(timer.now()).toBe(wait);
  });

  test("reports a long wait to whoever follows the work, and no short one", async () => {
    const told: string[] = [];
    const ledger = createLedger({ store: createMemoryStore(), family: "f", run: "r" });
    const { signal } = new AbortController();
    const work = { name: () => "work", ledger, signal, tell: (message: string) => told.push(message) };
    const waits = ["7", "90"].map((after) =>
      httpError(429, { headers: { "retry-after": after }, message: "slow down" }),
    );
    const { timer, call } = setUp([...waits, good]);
    await withCalls(work, () => timer.run(call()));
    expect(told).toEqual(["The server of model m asked to wait; retrying in 90 seconds. HTTP 429: slow down."]);
  });

  test("that is asked to wait for longer than anybody would waits as if it had not been asked", async () => {
    const { run, timer } = setUp([httpError(429, { headers: { "retry-after": "99999999999" } }), good]);
    expect(await run()).toBe(good);
    expect(timer.now()).toBeLessThanOrEqual(500);
  });

  test("that stays without a usable reply is missing, and says how often and why", async () => {
    const { run, asked } = setUp([httpError(500, { message: "overloaded" })]);
    const error = await run();
    expect(error).toBeInstanceOf(CallError);
    expect((error as Error).message).toMatch(/4 attempts.*HTTP 500: overloaded/);
    expect(asked()).toBe(4);
  });

  test("that rate limits turn away waits by the clock and not by attempts, and is missing in the end", async () => {
    const later = setUp([...Array.from({ length: 12 }, () => httpError(429)), good]);
    expect(await later.run()).toBe(good);
    const never = setUp([httpError(429)], { patience: 100_000 });
    expect(await never.run()).toBeInstanceOf(CallError);
    expect(never.timer.now()).toBeLessThanOrEqual(100_000);
  });

  test.each([
    ["400", httpError(400, { message: "bad" })],
    ["422", httpError(422)],
    ["a context that is too long", httpError(400, { code: "context_length_exceeded" })],
    ["a content filter", new AIMessage({ content: "", response_metadata: { finish_reason: "content_filter" } })],
    ["a refusal", new AIMessage({ content: "", additional_kwargs: { refusal: "I will not." } })],
    ["all tokens spent before a word", new AIMessage({ content: "", response_metadata: { finish_reason: "length" } })],
  ])("is missing at once after %s", async (_, step) => {
    const { run, asked } = setUp([step]);
    expect(await run()).toBeInstanceOf(CallError);
    expect(asked()).toBe(1);
  });

  test("that is cut at the limit of tokens is a reply", async () => {
    const cut = new AIMessage({ content: "half", response_metadata: { finish_reason: "length" } });
    expect(await setUp([cut]).run()).toBe(cut);
  });

  test.each([
    [401, httpError(401), "OPENAI_API_KEY"],
    [402, httpError(402), "credit"],
    [403, httpError(403), "permissions of the account"],
    [404, httpError(404), "name"],
    [429, httpError(429, { code: "insufficient_quota" }), "credit"],
    [400, httpError(400, { code: "model_not_found" }), "name"],
  ])("pauses the run at %s, and says what to do", async (status, step, words) => {
    const { run, asked } = setUp([step]);
    const error = await run();
    expect(error).toBeInstanceOf(ProviderError);
    expect(error).toMatchObject({ status, message: expect.stringContaining(words) });
    expect(asked()).toBe(1);
  });

  test("pauses the run where the provider asks to wait longer than a call would", async () => {
    const error = await setUp([httpError(429, { headers: { "retry-after": "3600" } })]).run();
    expect(error).toBeInstanceOf(ProviderError);
    expect((error as Error).message).toContain("60 minutes");
  });

  test.each(["ECONNREFUSED", "ENOTFOUND"])("pauses the run where every attempt ends in %s", async (code) => {
    const { run, asked } = setUp([networkError(code)]);
    const error = await run();
    expect(error).toBeInstanceOf(ProviderError);
    expect((error as Error).message).toContain(code);
    expect(asked()).toBe(4);
  });

  test("is missing where the server was reached once and is gone after that", async () => {
    expect(await setUp([httpError(500), networkError("ECONNREFUSED")]).run()).toBeInstanceOf(CallError);
  });

  test("quotes no secret, also across the cut of a long message", async () => {
    keepSecret("TEST_KEY", "sk-secret-4f9d81c2e7");
    const message = `${"x".repeat(285)} Incorrect key sk-secret-4f9d81c2e7.`;
    const error = await setUp([httpError(401, { message })]).run();
    expect((error as Error).message).toContain("Incorrect");
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain("sk-s");
  });

  test("hands on errors of ours as they are", async () => {
    const error = new PartError("mine");
    expect(await setUp([error]).run()).toBe(error);
  });

  test.each<[string, Step]>([
    ["an attempt", "never"],
    ["a wait", httpError(429, { headers: { "retry-after": "100" } })],
  ])("ends at once when it is aborted during %s", async (_, step) => {
    const { call, timer } = setUp([step]);
    const controller = new AbortController();
    const ended = call(controller.signal).catch((error: Error) => error);
    await new Promise((resolve) => setImmediate(resolve));
    controller.abort(new Error("Somebody's own reason."));
    expect(await ended).toMatchObject({ name: "AbortError" });
    expect(timer.now()).toBe(0);
  });
});
