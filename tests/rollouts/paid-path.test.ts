import { setImmediate } from "node:timers/promises";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import type { TaskAgent } from "../../agents/agent.ts";
import { currentCalls, withCalls } from "../../models/calls.ts";
import { createLocalPool } from "../../rollouts/executor.ts";
import { createSlots, type Slot } from "../../rollouts/slots.ts";
import { minimalSkill } from "../../skills/minimal.ts";
import { StoreError } from "../../state/errors.ts";
import { noCost } from "../../state/task.ts";
import { noLimits } from "../../state/usage.ts";
import { createMemoryStore } from "../../stores/drivers/memory.ts";
import { createAccount } from "../../stores/ledger/account.ts";
import { createAttempts } from "../../stores/ledger/attempts.ts";
import { createGroupCommit } from "../../stores/ledger/group-commit.ts";
import { createLedger } from "../../stores/ledger/ledger.ts";
import { createPayload } from "../../stores/payload/payload.ts";
import type { RecordStore, SpaceCommit } from "../../stores/record-store.ts";
import { createExact } from "../../verifiers/exact.ts";

type Batch = readonly SpaceCommit[];

/** A memory store whose commits are counted, and go on only when they are let. */
function watched(mayGoOn: (batch: Batch, commit: number) => Promise<unknown> | void = () => {}) {
  const memory = createMemoryStore();
  const batches: Batch[] = [];
  const store: RecordStore = {
    ...memory,
    async commit(batch) {
      batches.push(batch);
      await mayGoOn(batch, batches.length);
      return memory.commit(batch);
    },
  };
  return { memory, store, batches };
}

const holdsAnswer = (batch: Batch) => batch.some(({ put }) => put !== undefined && "answer" in put);

/** An agent that asks a model `steps` times for an answer. */
function modelAgent(steps: number, pay: (question: string, step: number) => Promise<string>): TaskAgent {
  return {
    fingerprint: "asks@1",
    async answer({ input }) {
      let text = "";
      for (let step = 0; step < steps; step += 1) {
        const call = { kind: "model", fingerprint: "model@1", sends: `${input} ${step}`, schema: z.string() };
        text = await currentCalls().once({ ...call, pay: () => pay(input, step), costOf: () => noCost });
      }
      return { text, used: [], trace: [], cost: noCost };
    },
  };
}

/** Rolls out `count` tasks, each answered by its own name, as a session of a run does. */
async function roll(
  store: RecordStore,
  { agent, count, concurrency }: { agent: TaskAgent; count: number; concurrency: number },
) {
  const place = { store, family: "family", run: "run" };
  const commit = createGroupCommit(store);
  const books = {
    account: createAccount({ ...place, commit }),
    attempts: createAttempts({ ...place, commit }),
    commit,
  };
  await books.account.open({ limits: noLimits, concurrency });
  const payload = createPayload(place);
  const ledger = createLedger({ ...place, books });
  const tasks = Array.from({ length: count }, (_, index) => ({
    id: `${index}`,
    input: `q${index}`,
    expected: `q${index}`,
  }));
  const program = await payload.putProgram([minimalSkill("support", "Answers.")]);
  const ref = { hash: await payload.putJson(tasks), size: count };
  const executor = createLocalPool({ agent, verifier: createExact(), ledger, payload, concurrency });
  const indices = tasks.map((_, index) => index);
  return executor.roll({ program, suite: "train", tasks: ref, indices, samples: 1 }, {});
}

const ready = { agent: modelAgent(1, async (question) => question), count: 12 };

describe("the path of a paid call", () => {
  test.each([1, 3, 12])("waits for one commit a rollout, and its first note: %i in flight", async (concurrency) => {
    const { store, batches } = watched();
    const { rows } = await roll(store, { ...ready, concurrency });
    expect(rows.map(({ score }) => score?.value)).toEqual(Array(12).fill(1));
    // Two are the program and the tasks.
    expect(batches.length - 2).toBe(1 + 12 / concurrency);
  });

  test("stores a reply with the answer made of it, and the note of the next attempt beside them", async () => {
    const { store, batches } = watched();
    await roll(store, { ...ready, count: 2, concurrency: 1 });
    const [, , first, second, last] = batches.map((batch) => ({
      answers: batch.filter(({ put = {} }) => "answer" in put).length,
      begun: batch.flatMap(({ put = {} }) => Object.keys(put)).filter((key) => key.startsWith("begun/")).length,
      ended: batch.flatMap(({ delete: gone = [] }) => gone).length,
    }));
    expect([first, second, last]).toEqual([
      { answers: 0, begun: 1, ended: 0 },
      { answers: 2, begun: 1, ended: 1 },
      { answers: 2, begun: 0, ended: 1 },
    ]);
  });

  test("never has more paid for and not stored than the concurrency, whatever the store takes", async () => {
    const concurrency = 3;
    let paid = 0;
    let acknowledged = 0;
    let most = 0;
    const { store } = watched(async (batch) => {
      for (let turn = 0; turn < 4; turn += 1) await setImmediate();
      acknowledged += batch.filter(({ space, put = {} }) => "answer" in put && space.length > 0).length / 2;
    });
    const pay = async (question: string) => {
      paid += 1;
      most = Math.max(most, paid - acknowledged);
      return question;
    };
    await roll(store, { agent: modelAgent(1, pay), count: 20, concurrency });
    expect(most).toBe(concurrency);
  });

  test("pays for the next call of a rollout only when the last reply is stored", async () => {
    const events: string[] = [];
    const { store } = watched(async (batch) => {
      await setImmediate();
      if (holdsAnswer(batch)) events.push("stored");
    });
    const pay = async (_: string, step: number) => {
      events.push(`paid ${step}`);
      return "reply";
    };
    await roll(store, { agent: modelAgent(3, pay), count: 1, concurrency: 1 });
    expect(events).toEqual(["paid 0", "stored", "paid 1", "stored", "paid 2", "stored"]);
  });

  test.each([1, 4])("pays for nothing more where an answer cannot be stored: %i in flight", async (concurrency) => {
    let paid = 0;
    let failed = false;
    const { store } = watched(async (batch) => {
      failed ||= holdsAnswer(batch);
      if (failed) throw new StoreError("The disk is full.", { isHostFault: true });
    });
    const pay = async (question: string) => {
      paid += 1;
      return question;
    };
    await expect(roll(store, { agent: modelAgent(1, pay), count: 20, concurrency })).rejects.toThrow(
      "The disk is full.",
    );
    expect(paid).toBeLessThanOrEqual(concurrency);
  });

  test("takes the answer of another process that was stored first, and judges that one", async () => {
    const { store, memory } = watched(async (batch) => {
      const answer = batch.find(({ put = {} }) => put["answer"]?.includes('"text"'));
      if (answer === undefined) return;
      const other = String(answer.put?.["answer"]).replace('"text":"q0"', '"text":"other"');
      await memory.commit([{ space: answer.space, put: { answer: other } }]);
    });
    const { rows } = await roll(store, { ...ready, count: 1, concurrency: 1 });
    expect(rows[0]).toMatchObject({ status: "answered", score: { value: 0 } });
  });
});

describe("work whose replies are being stored", () => {
  test("ends when they are stored, or hands that over", async () => {
    let open = () => {};
    const { store } = watched(() => new Promise<void>((resolve) => (open = resolve)));
    const ledger = createLedger({ store, family: "f", run: "r" });
    const signal = new AbortController().signal;
    const call = { kind: "model", fingerprint: "m", sends: "q", schema: z.string(), costOf: () => noCost };
    const ask = () => currentCalls().once({ ...call, pay: async () => "reply" });
    const events: string[] = [];
    const handedOver: Array<Promise<unknown>> = [];
    const early = {
      name: () => 1,
      ledger,
      signal,
      storing: (stored: Promise<unknown>) => void handedOver.push(stored),
    };
    expect(await withCalls(early, ask)).toMatchObject({ value: "reply" });
    void handedOver[0]?.then(() => events.push("stored"));
    await setImmediate();
    open();
    await handedOver[0];
    const waiting = withCalls({ name: () => 2, ledger, signal }, ask).then(() => events.push("ended"));
    for (let turn = 0; turn < 5; turn += 1) await setImmediate();
    events.push("let");
    open();
    await waiting;
    expect(events).toEqual(["stored", "let", "ended"]);
  });

  test("is done again where another process's reply was stored first", async () => {
    const { store, memory } = watched(async (batch) => {
      const answer = batch.find(({ put = {} }) => put["answer"]?.includes("mine"));
      if (answer === undefined) return;
      const other = String(answer.put?.["answer"]).replace("mine", "other");
      await memory.commit([{ space: answer.space, put: { answer: other } }]);
    });
    const ledger = createLedger({ store, family: "f", run: "r" });
    const signal = new AbortController().signal;
    const call = { kind: "model", fingerprint: "m", sends: "q", schema: z.string(), costOf: () => noCost };
    let paid = 0;
    const pay = async () => `mine ${(paid += 1)}`;
    const said: string[] = [];
    const ask = async () => {
      const reply = await currentCalls().once({ ...call, pay });
      said.push(reply);
      if (reply.startsWith("mine") && said.length > 2) throw new Error("This reply cannot be used.");
      return reply;
    };
    expect(await withCalls({ name: () => 1, ledger, signal }, ask)).toMatchObject({ value: "other 1", calls: 1 });
    said.push("next");
    expect(await withCalls({ name: () => 2, ledger, signal }, ask)).toMatchObject({ value: "other 2", calls: 1 });
    expect({ said, paid }).toEqual({ said: ["mine 1", "other 1", "next", "mine 2", "other 2"], paid: 2 });
  });
});

describe("places of a pool", () => {
  test("are given in order, and what was passed on goes to those that come next", async () => {
    const slots = createSlots(2);
    const begun: number[] = [];
    let stored = () => {};
    const storing = new Promise<void>((resolve) => (stored = resolve));
    const befores = await Promise.all(
      [0, 1, 2, 3].map((each) =>
        slots.run(async ({ before, pass }) => {
          begun.push(each);
          if (each === 0) pass(storing);
          const isPassed = await Promise.race([before.then(() => false), setImmediate(true)]);
          await setImmediate();
          if (each === 3) stored();
          return { each, isPassed };
        }),
      ),
    );
    expect(begun).toEqual([0, 1, 2, 3]);
    expect(befores.filter(({ isPassed }) => isPassed)).toEqual([{ each: 2, isPassed: true }]);
  });

  test.each(["does not wait for it", "fails"])(
    "are not paid in before what was left is stored, where the work between %s",
    async (how) => {
      const slots = createSlots(1);
      let stored = () => {};
      const storing = new Promise<void>((resolve) => (stored = resolve));
      const events: string[] = [];
      const between = async ({ pass }: Slot) => {
        if (how === "fails") throw new Error("It fails.");
        pass(Promise.resolve());
      };
      const all = [
        slots.run(async ({ pass }) => pass(storing)),
        slots.run(between).catch(() => undefined),
        slots.run(async ({ before }) => before.then(() => events.push("paid"))),
      ];
      for (let turn = 0; turn < 3; turn += 1) await setImmediate();
      events.push("stored");
      stored();
      await Promise.all(all);
      expect(events).toEqual(["stored", "paid"]);
    },
  );
});

const keys = fc.constantFrom("a", "b", "c");
const change: fc.Arbitrary<SpaceCommit> = fc.record({
  space: fc.constantFrom("family/one", "family/two"),
  put: fc.dictionary(keys, fc.constantFrom("1", "2"), { maxKeys: 2 }),
  delete: fc.array(keys, { maxLength: 2 }),
  expect: fc.oneof({ weight: 3, arbitrary: fc.constant([]) }, fc.tuple(fc.tuple(keys, fc.constant("absent" as const)))),
});

test("changes that join a commit leave what they leave one after the other", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(change, { minLength: 2, maxLength: 8 }), async (changes) => {
      const [joint, single] = [createMemoryStore(), createMemoryStore()];
      const commit = createGroupCommit(joint);
      const outcomes = await Promise.all(changes.map((each) => commit(each)));
      const expected = [];
      for (const each of changes) expected.push(...(await single.commit([each])));
      expect(outcomes.map(({ committed }) => committed)).toEqual(expected.map(({ committed }) => committed));
      for (const space of ["family/one", "family/two"]) {
        const [got, wanted] = await Promise.all([joint, single].map((store) => store.list(space, {})));
        expect(got?.map(({ key, value }) => [key, value])).toEqual(wanted?.map(({ key, value }) => [key, value]));
      }
    }),
    { numRuns: 60 },
  );
});
