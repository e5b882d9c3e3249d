import fc from "fast-check";
import { setImmediate as nextTurn } from "node:timers/promises";
import { expect, test } from "vitest";
import { BudgetError } from "../../../state/errors.ts";
import { hashJson } from "../../../state/json.ts";
import { noCost } from "../../../state/task.ts";
import { createMemoryStore } from "../../../stores/drivers/memory.ts";
import { createAccount } from "../../../stores/ledger/account.ts";
import { createGroupCommit } from "../../../stores/ledger/group-commit.ts";
import type { Clock } from "../../../stores/lease/clock.ts";
import type { RecordStore } from "../../../stores/record-store.ts";
import { usdOf } from "../../../state/usage.ts";

const usd = (amount: number) => ({ ...noCost, usd: amount });

/** Time that passes as soon as somebody waits for it. */
function createHastyClock(): Clock {
  let time = 0;
  return {
    now: () => time,
    async sleep(milliseconds) {
      time += milliseconds;
      await nextTurn();
    },
    every: () => () => undefined,
  };
}

async function openAccount(store: RecordStore, sharing: "run" | "worker", limit: number | null) {
  const commit = createGroupCommit(store);
  const place = { store, family: "family", run: "run" };
  const account = createAccount({ ...place, commit, sharing, clock: createHastyClock() });
  await account.open({ limits: { usd: limit, minutes: null }, concurrency: 2 });
  return { account, commit };
}

/** What the calls of a spender cost, in cents, each 10 at most. */
const spender = fc.array(fc.integer({ min: 0, max: 10 }), { maxLength: 8 });

test("whatever several spend at the same time, it is never more than the limit, and as much of it as fits", async () => {
  const cases = fc.tuple(fc.array(spender, { minLength: 1, maxLength: 4 }), fc.integer({ min: 10, max: 60 }));
  await fc.assert(
    fc.asyncProperty(cases, async ([spenders, cents]) => {
      const store = createMemoryStore();
      let spent = 0;
      let refused = 0;
      const opened = await Promise.all(
        spenders.map((_, index) => openAccount(store, index === 0 ? "run" : "worker", cents / 100)),
      );
      const call = async (cost: number, [who, number]: [number, number]) => {
        const { account, commit } = opened[who] as (typeof opened)[number];
        const terms = { role: "agent", bound: usd(0.1) } as const;
        const key = hashJson([who, number]);
        await account.reserve(key, terms);
        await nextTurn();
        spent += cost;
        const sheet = account.settle(key, terms, usd(cost / 100));
        if (sheet !== undefined) await commit(sheet);
      };
      await Promise.all(
        spenders.map(async (costs, who) => {
          // Two at a time.
          for (let first = 0; first < costs.length; first += 2)
            await Promise.all(
              costs.slice(first, first + 2).map((cost, index) =>
                call(cost, [who, first + index]).catch((error: unknown) => {
                  if (!(error instanceof BudgetError)) throw error;
                  refused += 1;
                }),
              ),
            );
        }),
      );
      expect(spent).toBeLessThanOrEqual(cents);
      // Where one did not fit, less than the most it may cost was left.
      if (refused > 0) expect(spent).toBeGreaterThan(cents - 10);
      for (const { account } of opened) {
        await account.refresh();
        expect(usdOf(account.balance().usage)).toBeCloseTo(spent / 100);
      }
    }),
    { numRuns: 40, seed: 5 },
  );
});

test("what a worker spends is the run's as soon as it is stored, and its time is not", async () => {
  const store = createMemoryStore();
  const run = await openAccount(store, "run", null);
  const worker = await openAccount(store, "worker", null);
  await worker.account.reserve(hashJson("embedded"), undefined);
  const sheet = worker.account.settle(hashJson("embedded"), undefined, null);
  if (sheet !== undefined) await worker.commit(sheet);
  expect(run.account.balance().executions).toBe(0);
  await run.account.refresh();
  expect(run.account.balance().executions).toBe(1);
  expect(worker.account.balance().seconds).toBe(0);
});

test("of a call that came to nothing a worker leaves no reservation, and its count, where others read them", async () => {
  const store = createMemoryStore();
  let begin = () => {};
  let goOn = () => {};
  const begun = new Promise<void>((resolve) => (begin = resolve));
  const gate = new Promise<void>((resolve) => (goOn = resolve));
  const slow: RecordStore = {
    ...store,
    async commit(batch) {
      begin();
      if (batch.some(({ expect: expected }) => expected !== undefined)) await gate;
      return store.commit(batch);
    },
  };
  const run = await openAccount(store, "run", 0.1);
  const worker = await openAccount(slow, "worker", 0.1);
  const terms = { role: "agent", bound: usd(0.1) } as const;
  const [ours, theirs] = [hashJson("of the run"), hashJson("of the worker")];
  const refused = expect(worker.account.reserve(theirs, terms)).rejects.toThrow(BudgetError);
  await begun;
  // The run is first; meanwhile the worker stores its sheet beside another answer, with what it wants to reserve.
  await run.account.reserve(ours, terms);
  const beside = worker.commit(worker.account.settle(hashJson("embedded"), undefined, null)!);
  goOn();
  await beside;
  await refused;
  const refusal = worker.account.settle(theirs, terms, "free");
  if (refusal !== undefined) await worker.commit(refusal);
  await run.commit(run.account.settle(ours, terms, usd(0))!);
  await run.account.reserve(hashJson("next"), terms);
  expect(run.account.balance().executions).toBe(3);
});
