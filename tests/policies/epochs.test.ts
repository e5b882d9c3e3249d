import { describe, expect, test } from "vitest";
import { nextEpoch, trainEpochs } from "../../policies/epochs.ts";
import { decayingEdits } from "../../policies/edit-budget.ts";
import { rejectedInEpoch } from "../../policies/rejected-edits.ts";
import { epochSampling } from "../../policies/sampling.ts";
import { afterEpochs } from "../../policies/stopping.ts";
import { createDraw } from "../../state/draw.ts";
import type { GenerationRecord } from "../../state/evidence.ts";
import type { Json } from "../../state/json.ts";
import { candidateOf, hashOf, recordOf, settingsOf } from "./records.ts";

const both = trainEpochs({ lessons: true, guidance: true });
const settings = settingsOf();
const draw = createDraw(1, 1, "epoch");
const decided = { accepted: false, decided: true, reason: "no improvement", delta: -0.1 };

/** Goes on for some generations with batches of two, and gives the plan of each. */
function walk(
  size: number,
  generations: number,
  change: (generation: number) => Partial<GenerationRecord> = () => ({}),
) {
  let memory: Json = both.memory!.start;
  const plans = [];
  for (let generation = 1; generation <= generations; generation += 1) {
    const plan = both.decide({ size }, memory, draw);
    plans.push(plan);
    const record = recordOf({
      generation,
      epoch: { number: plan.number, reflects: plan.reflects },
      batch: { tasks: plan.reflects ? plan.tasks.length : 2, failed: 1, missing: 0, score: 0.5 },
      head: hashOf(`head ${generation}`),
      ...change(generation),
    });
    memory = both.memory!.learn(memory, record, settings);
  }
  return { plans, memory };
}

describe("epochs", () => {
  test("are as many tasks as there are; from the second on, a generation at the end looks back", () => {
    const { plans } = walk(4, 8);
    expect(plans.map(({ number, reflects }) => `${number}${reflects ? " back" : ""}`)).toEqual([
      "1",
      "1",
      "2",
      "2",
      "2 back",
      "3",
      "3",
      "3 back",
    ]);
  });

  test("end with the batch that goes beyond them, where batches are drawn afresh", () => {
    const { plans } = walk(3, 7);
    expect(plans.map(({ number, reflects }) => `${number}${reflects ? " back" : ""}`)).toEqual([
      "1",
      "1",
      "2",
      "2 back",
      "3",
      "3",
      "3 back",
    ]);
  });

  test("are looked back on with 20 train tasks, or with all", () => {
    const at = (size: number) =>
      both.decide({ size }, { ...(both.memory!.start as object), taken: 2 * size } as Json, draw).tasks;
    expect([at(200).length, new Set(at(200)).size, at(7).toSorted()]).toEqual([20, 20, [0, 1, 2, 3, 4, 5, 6]]);
  });

  test("are never looked back on where nothing would be written", () => {
    const none = trainEpochs({ lessons: false, guidance: false });
    const memory = { ...(none.memory!.start as object), taken: 8 } as Json;
    expect(none.decide({ size: 4 }, memory, draw)).toEqual({ number: 3, reflects: false, tasks: [] });
  });

  test("remember the head before the epoch and what was decided about in it", () => {
    const { memory } = walk(4, 4, (generation) => ({
      candidate: candidateOf(`made ${generation}`, {
        origin: { operator: "merged", target: "", features: { operators: ["add r1", "add r2", "move r3"] } },
      }),
      verdict: generation === 4 ? { ...decided, decided: false } : decided,
      deficiencies: [
        { category: "small", defect: "missing" as const, tasks: 1 },
        { category: "large", defect: "missing" as const, tasks: 3 },
      ],
    }));
    const { first, tried } = both.course(memory);
    expect(first).toBe(hashOf("head 2"));
    expect(tried).toEqual([
      {
        generation: 3,
        edits: hashOf("made 3-edits"),
        operators: ["add", "move"],
        category: "large",
        accepted: false,
        reason: "no improvement",
        delta: -0.1,
      },
    ]);
  });

  test("stay within their cap, however much is tried", () => {
    const long = "x".repeat(5_000);
    const { memory } = walk(1_000, 40, () => ({
      candidate: candidateOf(long, {
        origin: { operator: long, target: long, features: { operators: Array.from({ length: 50 }, () => long) } },
      }),
      verdict: { ...decided, reason: long },
      deficiencies: [{ category: long, defect: "missing" as const, tasks: 1 }],
    }));
    expect(Buffer.byteLength(JSON.stringify(memory))).toBeLessThan(both.memory!.maxBytes);
    expect(both.course(memory).tried).toHaveLength(16);
  });

  test("end a run once there are enough of them, and not before", () => {
    const standing = {
      generation: 3,
      measured: { score: 0.5, tasks: 100, all: 100 },
      spent: { rollouts: 0, simulations: 0, tokens: 0 },
      settings: settingsOf({ generations: 90 }),
      least: 1,
    };
    const stopping = afterEpochs(4);
    expect(stopping.decide({ ...standing, epoch: 4 }, { idle: 0 })).toBeNull();
    expect(stopping.decide({ ...standing, epoch: 5 }, { idle: 0 })).toBe("epochs");
    expect(stopping.decide({ ...standing, epoch: 1, generation: 90 }, { idle: 0 })).toBe("generations");
    expect(stopping.most!({ settings: settingsOf({ batch: 40 }), train: 200 })).toBe(23);
    expect(nextEpoch(undefined, { train: { size: 4 } }, {})).toBeNull();
  });
});

describe("what else is remembered in an epoch", () => {
  const reflecting = recordOf({
    epoch: { number: 2, reflects: true },
    candidate: candidateOf("lessons"),
    verdict: decided,
  });

  test("tasks of a generation that looks back are not drawn tasks", () => {
    expect(epochSampling.memory!.learn({ taken: 8 }, reflecting, settings)).toEqual({ taken: 8 });
  });

  test("neither is it a step of the learning rate", () => {
    expect(decayingEdits("cosine", { least: 2, epochs: 4 }).memory!.learn({ steps: 3 }, reflecting, settings)).toEqual({
      steps: 3,
    });
  });

  test("rejected edits are kept through acceptances and forgotten when the next epoch begins", () => {
    const { learn, start } = rejectedInEpoch.memory!;
    const of = (epoch: number, name: string, accepted = false) =>
      recordOf({
        epoch: { number: epoch, reflects: false },
        candidate: candidateOf(name),
        verdict: { ...decided, accepted },
      });
    let memory = learn(start, of(1, "one"), settings);
    memory = learn(memory, of(1, "two", true), settings);
    memory = learn(memory, of(1, "three"), settings);
    expect(rejectedInEpoch.decide({ epoch: 1 }, memory)).toEqual([hashOf("one-edits"), hashOf("three-edits")]);
    expect(rejectedInEpoch.decide({ epoch: 2 }, memory)).toEqual([]);
    expect(rejectedInEpoch.decide({ epoch: 2 }, learn(memory, of(2, "four"), settings))).toEqual([
      hashOf("four-edits"),
    ]);
  });
});
