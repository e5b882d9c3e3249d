import { afterEach, describe, expect, test } from "vitest";
import { createModel, type ModelOptions } from "../../models/open-model.ts";
import { BudgetError } from "../../state/errors.ts";
import { createAccount } from "../../stores/ledger/account.ts";
import { createAttempts } from "../../stores/ledger/attempts.ts";
import { withCalls } from "../../models/calls.ts";
import { createGroupCommit } from "../../stores/ledger/group-commit.ts";
import { createLedger } from "../../stores/ledger/ledger.ts";
import { createMemoryStore } from "../../stores/drivers/memory.ts";
import type { RecordStore } from "../../stores/record-store.ts";
import { completion, refuse, startOddServer, type OddAnswer } from "../support/odd-server.ts";

const closing: Array<() => void> = [];
afterEach(() => closing.splice(0).forEach((close) => close()));

/** One session of a run under a budget, with a model at a server that gives these answers. */
async function session(
  name: string,
  answers: (index: number) => OddAnswer,
  { usd, store = createMemoryStore(), ...options }: { usd: number; store?: RecordStore } & ModelOptions,
) {
  const server = await startOddServer((_, index) => answers(index));
  closing.push(server.close);
  const model = await createModel(name, { warn: () => undefined, environment: server.environment, ...options });
  const place = { store, family: "f", run: "r" };
  const commit = createGroupCommit(store);
  const account = createAccount({ ...place, commit });
  await account.open({ limits: { usd, minutes: null }, concurrency: 1 });
  const ledger = createLedger({ ...place, books: { account, commit, attempts: createAttempts({ ...place, commit }) } });
  const { signal } = new AbortController();
  const ask = async (question: string) => {
    const work = { name: () => question, ledger, signal, role: "agent" as const };
    return (await withCalls(work, async () => (await model.invoke(question)).text)).value;
  };
  /** Calls made until one does not go: how many, and why. */
  async function spend(most = 1000): Promise<{ calls: number; error: unknown }> {
    for (let calls = 0; calls < most; calls += 1) {
      try {
        await ask(`question ${calls}`);
      } catch (error) {
        return { calls, error };
      }
    }
    return { calls: most, error: undefined };
  }
  return { server, account, ask, spend, store };
}

const usageOf = (prompt_tokens: unknown, completion_tokens: unknown) => ({
  usage: { prompt_tokens, completion_tokens },
});

describe("a budget in US dollars", () => {
  test.each<[string, object]>([
    ["no usage", { usage: undefined }],
    ["null", { usage: null }],
    ["zeros", usageOf(0, 0)],
    ["negative counts", usageOf(-1000, -1000)],
    ["counts without end", usageOf(1e300, 1e300)],
    ["text", usageOf("many", "NaN")],
  ])("ends a run at a server that reports %s, no later than its reservations do", async (_, odd) => {
    const { spend, server, account } = await session("m?max-tokens=100&price=0/1000", () => completion({}, {}, odd), {
      usd: 1,
    });
    const { calls, error } = await spend();
    // Each call reserves 100 tokens of $1,000 a million, which are $0.10; as nobody says what it took, all of them stay.
    expect(error).toBeInstanceOf(BudgetError);
    expect(calls).toBe(10);
    expect(server.asked).toHaveLength(10);
    expect(account.balance().usage.agent).toMatchObject({ calls: 10, outputTokens: 10 });
  });

  test("counts what was reserved and not known over sessions", async () => {
    const name = "m?max-tokens=100&price=0/1000";
    const first = await session(name, () => completion({}, {}, { usage: null }), { usd: 1 });
    await first.spend(6);
    const next = await session(name, () => completion(), { usd: 1, store: first.store });
    // What is known already costs nothing; after it 0.2 cents are spent on each, beside the six times $0.10 that stay.
    const { error } = await next.spend(1000);
    expect(error).toBeInstanceOf(BudgetError);
    expect(next.server.asked.length).toBeGreaterThan(100);
    expect(next.server.asked.length).toBeLessThan(400 / 2 + 1);
  });

  test("pauses at the first call that costs more than the most that was declared; its answer is kept", async () => {
    const { spend, server, account, ask } = await session(
      "m?max-tokens=100&price=0/1000",
      () => completion({ content: "alpha" }, {}, usageOf(10, 1600)),
      { usd: 100 },
    );
    const { calls, error } = await spend();
    expect([calls, server.asked.length]).toEqual([0, 1]);
    expect(error).toBeInstanceOf(BudgetError);
    expect((error as Error).message).toMatch(
      /a call of the agent cost \$1\.60, more than its declared maximum of \$0\.10.*token-field.*Then resume/,
    );
    expect(account.balance().usage.agent).toMatchObject({ calls: 1, outputTokens: 1600 });
    expect(await ask("question 0")).toBe("alpha");
    expect(server.asked).toHaveLength(1);
  });

  test("is broken by one call at most, whatever the concurrency: the first one goes alone", async () => {
    const { server, ask } = await session(
      "m?max-tokens=100&price=0/1000",
      () => completion({}, {}, usageOf(10, 1600)),
      {
        usd: 100,
      },
    );
    const asked = await Promise.allSettled(Array.from({ length: 20 }, (_, index) => ask(`question ${index}`)));
    expect(asked.every(({ status }) => status === "rejected")).toBe(true);
    expect(server.asked).toHaveLength(1);
  });

  test("lets all go on once the first has kept to its bound, and where it failed tries the next alone", async () => {
    const answers = (index: number) =>
      index === 0 ? refuse(400, "no") : completion({}, {}, index > 4 ? usageOf(10, 1600) : usageOf(10, 50));
    const { server, ask } = await session("m?max-tokens=100&price=0/1000", answers, { usd: 100 });
    const first = await Promise.allSettled(Array.from({ length: 5 }, (_, index) => ask(`question ${index}`)));
    expect(first.map(({ status }) => status).toSorted()).toEqual([...Array(4).fill("fulfilled"), "rejected"]);
    expect(server.asked).toHaveLength(5);
    await expect(ask("another")).rejects.toThrow(BudgetError);
    await expect(ask("one more")).rejects.toThrow(BudgetError);
    expect(server.asked).toHaveLength(6);
  });

  test("pauses where a server neither keeps to max-tokens nor says so", async () => {
    const long = completion({ content: "alpha ".repeat(1600) }, {}, { usage: {} });
    const { spend, server } = await session("m?max-tokens=100&price=0/1000", () => long, { usd: 100 });
    expect((await spend()).error).toBeInstanceOf(BudgetError);
    expect(server.asked).toHaveLength(1);
  });

  test("lets a call be that costs just the most that was declared", async () => {
    const { spend } = await session("m?max-tokens=100&price=0/1000", () => completion({}, {}, usageOf(10, 100)), {
      usd: 100,
    });
    expect(await spend(5)).toEqual({ calls: 5, error: undefined });
  });

  test("is not begun with a model whose price is unknown, and says how to name one", async () => {
    const { spend, server } = await session("m?max-tokens=100", () => completion(), { usd: 1 });
    const { error } = await spend();
    expect(error).toBeInstanceOf(BudgetError);
    expect((error as Error).message).toMatch(/the price of model m is unknown.*price=IN\/OUT/);
    expect(server.asked).toHaveLength(0);
    const free = await session("m?price=0/0", () => completion(), { usd: 1 });
    expect(await free.spend(3)).toEqual({ calls: 3, error: undefined });
  });

  test("counts replies that were paid for and could not be used", async () => {
    const empty = completion({ content: "" }, {}, usageOf(10, 100));
    const timer = { now: () => 0, date: () => 0, wait: async () => undefined, after: () => () => undefined };
    const { spend, server } = await session(
      "m?max-tokens=100&price=0/1000",
      (index) => (index % 5 === 4 ? completion({}, {}, usageOf(10, 100)) : empty),
      { usd: 1, timer },
    );
    const { calls, error } = await spend();
    expect(error).toBeInstanceOf(BudgetError);
    expect([calls, server.asked.length]).toEqual([2, 10]);
  });
});
