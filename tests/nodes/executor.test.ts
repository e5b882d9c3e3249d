import { isGraphDrained, RunControl } from "@langchain/langgraph";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { TaskAgent } from "../../agents/agent.ts";
import { textOf } from "../../skills/folder.ts";
import { PartError, StateError } from "../../state/errors.ts";
import { createLocalPool } from "../../rollouts/executor.ts";
import type { Answer, RolloutRow, Task } from "../../state/task.ts";
import { answerOf, knownVerifier, openRoom, tasksOf, type RoomOptions } from "../support/nodes.ts";

const topics = Array.from({ length: 12 }, (_, index) => `topic ${index}`);
const train = tasksOf("train", topics);
const all = train.map((_, index) => index);

/** A room over these tasks, and `roll` for train tasks of it. */
async function open(options: RoomOptions = {}) {
  const room = await openRoom({ train, ...options });
  const requestOf = (indices: readonly number[]) => ({
    program: room.start,
    suite: "train" as const,
    tasks: room.suites.train,
    indices,
    samples: 1,
  });
  const roll = (indices: readonly number[], control?: RunControl) =>
    room.executor.roll(requestOf(indices), { control });
  return { ...room, requestOf, roll };
}

const agentOf = (answer: TaskAgent["answer"]): TaskAgent => ({ fingerprint: "test@1", answer });
const turns = async (count: number) => {
  for (let turn = 0; turn < count; turn += 1) await new Promise((resolve) => setImmediate(resolve));
};
const idsOf = (rows: readonly RolloutRow[]) => rows.map(({ task }) => task);

describe("the executor", () => {
  test("gives rows in the order asked for, and the same ones for every concurrency and order of arrival", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.shuffledSubarray(all),
        fc.integer({ min: 1, max: 16 }),
        fc.array(fc.nat(6), { minLength: 12, maxLength: 12 }),
        async (indices, concurrency, delays) => {
          const agent = agentOf(async ({ id }) => {
            await turns(delays[train.findIndex((task) => task.id === id)]!);
            return answerOf(`answer to ${id}`);
          });
          const slow = await (await open({ agent, concurrency })).roll(indices);
          const plain = await (
            await open({ agent: agentOf(async ({ id }) => answerOf(`answer to ${id}`)), concurrency: 1 })
          ).roll(indices);
          expect(idsOf(slow.rows)).toEqual(indices.map((index) => train[index]!.id));
          expect(slow).toEqual(plain);
        },
      ),
      { numRuns: 25 },
    );
  });

  test("says of a row which share of the steps had no effect, if that is counted, and of a missing one nothing", async () => {
    const agent = agentOf(async ({ id }) => {
      if (id === "train-1") throw new Error("no answer");
      const steps = [true, false, false, true].map((ok, step) => ({ event: "tool", ok, step }));
      return { ...answerOf("known"), trace: steps };
    });
    const { payload, ledger, requestOf } = await open({ agent });
    const needs = { agent, verifier: knownVerifier, payload, ledger, concurrency: 2 };
    const idleIn = async (countsSteps: boolean) =>
      (await createLocalPool({ ...needs, countsSteps }).roll(requestOf([0, 1]), {})).rows.map(({ idle }) => idle);
    expect(await idleIn(true)).toEqual([0.5, undefined]);
    expect(await idleIn(false)).toEqual([undefined, undefined]);
  });

  test("never has more calls under way than the concurrency", async () => {
    let [now, most] = [0, 0];
    const agent = agentOf(async () => {
      most = Math.max(most, (now += 1));
      await turns(2);
      now -= 1;
      return answerOf("");
    });
    const { roll, executor } = await open({ agent, concurrency: 3 });
    await roll(all);
    expect({ most, now: executor.inFlight() }).toEqual({ most: 3, now: 0 });
  });

  test("shows the agent neither expected nor meta, and the skills of the program", async () => {
    const shown: string[] = [];
    const agent = agentOf(async (question, skills, options) => {
      shown.push(JSON.stringify([question, skills.map((skill) => textOf(skill)), options]));
      return answerOf("");
    });
    const { roll } = await open({ agent });
    await roll(all);
    expect(shown).toHaveLength(train.length);
    for (const text of shown) {
      expect(text).not.toMatch(/label-of|meta-of/);
      expect(text).toContain("Knows topics.");
    }
  });

  test("gives the verifier the whole task", async () => {
    const tasks: unknown[] = [];
    const { roll } = await open({
      verifier: {
        fingerprint: "test@1",
        score(answer, task) {
          tasks.push(task);
          return knownVerifier.score(answer, task);
        },
      },
    });
    await roll([4]);
    expect(tasks).toEqual([train[4]]);
  });

  test("makes the rollout of an agent that throws missing, with its reason, and keeps the others", async () => {
    const agent = agentOf(async ({ id }) => {
      if (id === "train-1") throw new Error("out of memory");
      return answerOf("known");
    });
    const { rows } = await (await open({ agent })).roll([0, 1, 2]);
    expect(rows.map(({ status, reason, score }) => [status, reason, score?.value ?? null])).toEqual([
      ["answered", undefined, 1],
      ["missing", "out of memory", null],
      ["answered", undefined, 1],
    ]);
  });

  test("keeps an answer whose cost cannot be, and warns of the agent once", async () => {
    const agent = agentOf(async () => ({
      ...answerOf("known"),
      cost: { inputTokens: -1, outputTokens: Infinity, usd: 1 },
    }));
    const { executor, requestOf } = await open({ agent });
    const warnings: string[] = [];
    const { rows } = await executor.roll(requestOf([0, 1, 2]), { onWarning: (message) => warnings.push(message) });
    expect(rows.map(({ status }) => status)).toEqual(["answered", "answered", "answered"]);
    expect(warnings).toEqual([expect.stringMatching(/test@1.*inputTokens is -1, outputTokens is Infinity/)]);
  });

  test("does not swallow an error of the verifier", async () => {
    const error = new TypeError("no expected value");
    const { roll } = await open({
      verifier: {
        fingerprint: "test@1",
        score() {
          throw error;
        },
      },
    });
    await expect(roll([0, 1])).rejects.toBe(error);
  });

  test("pays each answer once, and says which were paid", async () => {
    let calls = 0;
    const agent = agentOf(async () => {
      calls += 1;
      return answerOf("known");
    });
    const { executor, requestOf } = await open({ agent });
    const paid: boolean[] = [];
    const onRollout = (_: RolloutRow, isPaid: boolean) => void paid.push(isPaid);
    const first = await executor.roll(requestOf([0, 1]), { onRollout });
    const second = await executor.roll(requestOf([1, 0]), { onRollout });
    expect({ calls, paid }).toEqual({ calls: 2, paid: [true, true, false, false] });
    expect(second.rows.toReversed()).toEqual(first.rows);
    await executor.roll({ ...requestOf([0]), samples: 2 }, {});
    expect(calls).toBe(3);
  });

  test("refuses an index beyond the suite", async () => {
    await expect((await open()).roll([12])).rejects.toThrow(StateError);
    await expect((await open()).roll([12])).rejects.toThrow("The train suite has 12 tasks; there is no task at 12.");
  });
});

test("an agent gets the signal of the one who asked", async () => {
  const { signal } = new AbortController();
  const given: AbortSignal[] = [];
  const agent = agentOf(async (_question, _skills, options) => {
    given.push(options.signal);
    return answerOf("known");
  });
  const { executor, requestOf } = await open({ agent });
  await executor.roll(requestOf([0]), { signal });
  expect(given[0]).toBe(signal);
});

describe("a drain", () => {
  test("stops launching, waits for what is in flight, and throws GraphDrained; what was paid is not paid again", async () => {
    const control = new RunControl();
    const answered: string[] = [];
    const agent = agentOf(async ({ id }) => {
      if (id === "train-3") control.requestDrain("pause");
      await turns(3);
      answered.push(id);
      return answerOf("known");
    });
    const { roll, executor, ledger } = await open({ agent, concurrency: 2 });
    const error: unknown = await roll(all, control).catch((reason: unknown) => reason);
    expect(isGraphDrained(error)).toBe(true);
    expect(executor.inFlight()).toBe(0);
    expect(answered.toSorted()).toEqual(["train-0", "train-1", "train-2", "train-3"]);
    expect((await roll(all)).rows).toHaveLength(12);
    expect(ledger.paid).toBe(12);
  });

  test("launches nothing at all where it was asked for before", async () => {
    const control = new RunControl();
    control.requestDrain("pause");
    const { roll, ledger } = await open();
    await expect(roll(all, control)).rejects.toSatisfy(isGraphDrained);
    expect(ledger.paid).toBe(0);
  });

  test("lets a batch end whose last call was already under way", async () => {
    const control = new RunControl();
    const agent = agentOf(async () => {
      control.requestDrain("pause");
      return answerOf("known");
    });
    const { rows } = await (await open({ agent })).roll([0], control);
    expect(rows).toHaveLength(1);
  });
});

describe("an error that ends the work", () => {
  const failing = {
    fingerprint: "test@1",
    score(): never {
      throw new Error("no expected value");
    },
  };

  test("stops launching", async () => {
    const { roll, ledger } = await open({ verifier: failing, concurrency: 1 });
    await expect(roll(all)).rejects.toThrow("no expected value");
    await turns(100);
    expect(ledger.paid).toBe(1);
  });

  test("waits for what is in flight, which is paid, and then throws the first error", async () => {
    const answered: string[] = [];
    const agent = agentOf(async ({ id }) => {
      await turns(id === "train-0" ? 0 : 20);
      answered.push(id);
      return answerOf("known");
    });
    const verifier = {
      fingerprint: "test@1",
      score(_: Answer, { id }: Task): never {
        throw new Error(`no expected value in ${id}`);
      },
    };
    const { roll, executor, ledger } = await open({ agent, verifier, concurrency: 2 });
    await expect(roll([0, 1, 2])).rejects.toThrow("no expected value in train-0");
    expect({ answered, inFlight: executor.inFlight(), paid: ledger.paid }).toEqual({
      answered: ["train-0", "train-1"],
      inFlight: 0,
      paid: 2,
    });
  });

  test.each([1.5, -1, Number.NaN])("is a score of %d, naming verifier and task", async (value) => {
    const { roll } = await open({
      verifier: { fingerprint: "test@1", score: () => ({ value, objectives: {}, feedback: "" }) },
    });
    await expect(roll([3])).rejects.toThrow(PartError);
    await expect(roll([3])).rejects.toThrow(/test@1.*train-3|train-3.*test@1/);
  });
});

describe("an abort", () => {
  test("ends the work, whatever its reason, and is no failed attempt", async () => {
    const controller = new AbortController();
    let calls = 0;
    const agent = agentOf(async ({ id }, _, { signal }) => {
      calls += 1;
      if (calls === 2) controller.abort(new Error("user stop"));
      signal.throwIfAborted();
      return answerOf(id);
    });
    const { executor, requestOf } = await open({ agent, concurrency: 1 });
    await expect(executor.roll(requestOf([0, 1, 2, 3]), { signal: controller.signal })).rejects.toThrow("aborted");
    expect(calls).toBe(2);
    const { rows } = await executor.roll(requestOf([0, 1, 2, 3]), {});
    expect(rows.map(({ status }) => status)).toEqual(["answered", "answered", "answered", "answered"]);
  });
});
