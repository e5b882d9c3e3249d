import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { learnAll, recall } from "../../policies/policy.ts";
import { epochSampling, minibatchSampling, type Sampling } from "../../policies/sampling.ts";
import type { Json } from "../../state/json.ts";
import { recordOf, settingsOf } from "./records.ts";

const ascending = (list: readonly number[]) => list.toSorted((a, b) => a - b);
const upTo = (size: number) => Array.from({ length: size }, (_, index) => index);

interface Walk {
  size: number;
  batch: number;
  generations: number;
  seed?: number;
  /** How many of a batch are rolled out. */
  done?: (generation: number, drawn: number) => number;
}

/** The tasks rolled out per generation, as the archivist would teach the policy about them. */
function walk(sampling: Sampling, { size, batch, generations, seed = 1, done = (_, drawn) => drawn }: Walk) {
  const settings = settingsOf({ batch, seed });
  let memories: Record<string, Json> = {};
  return upTo(generations).map((last) => {
    const generation = last + 1;
    const drawn = sampling.decide({ size, generation, settings }, recall(sampling, memories));
    const rolledOut = drawn.slice(0, done(generation, drawn.length));
    const record = recordOf({ generation, batch: { tasks: rolledOut.length, failed: 0, missing: 0, score: 1 } });
    memories = learnAll([sampling], memories, record, settings);
    return rolledOut;
  });
}

const sizes = fc.record({
  size: fc.integer({ min: 1, max: 40 }),
  batch: fc.integer({ min: 1, max: 50 }),
  seed: fc.nat(1000),
});

describe("epoch sampling", () => {
  test("takes every task once an epoch, in whole batches but for the last one", () => {
    fc.assert(
      fc.property(sizes, ({ size, batch, seed }) => {
        const perEpoch = Math.ceil(size / batch);
        const batches = walk(epochSampling, { size, batch, seed, generations: 3 * perEpoch });
        for (const epoch of [0, 1, 2]) {
          const own = batches.slice(epoch * perEpoch, (epoch + 1) * perEpoch);
          expect(ascending(own.flat())).toEqual(upTo(size));
          for (const whole of own.slice(0, -1)) expect(whole).toHaveLength(batch);
        }
      }),
      { numRuns: 40 },
    );
  });

  test("draws a new order each epoch, and another one for another seed", () => {
    const [first, second] = walk(epochSampling, { size: 30, batch: 30, generations: 2 });
    const [other] = walk(epochSampling, { size: 30, batch: 30, generations: 1, seed: 2 });
    expect(second).not.toEqual(first);
    expect(other).not.toEqual(first);
  });

  test("knows its place from the records alone: what was drawn but not rolled out comes next", () => {
    const whole = walk(epochSampling, { size: 10, batch: 4, generations: 3 }).flat();
    const cut = walk(epochSampling, { size: 10, batch: 4, generations: 4, done: (at, n) => (at === 2 ? 1 : n) });
    expect(cut.map((batch) => batch.length)).toEqual([4, 1, 4, 1]);
    expect(cut.flat()).toEqual(whole);
  });

  test("does not look at the generation's number", () => {
    const settings = settingsOf({ batch: 3 });
    const drawAt = (generation: number) => epochSampling.decide({ size: 9, generation, settings }, { taken: 4 });
    expect(drawAt(9)).toEqual(drawAt(2));
  });

  test("goes on where it was when the batch size changes in the middle", () => {
    const [first] = walk(epochSampling, { size: 10, batch: 4, generations: 1 });
    const rest = epochSampling.decide(
      { size: 10, generation: 2, settings: settingsOf({ batch: 100 }) },
      { taken: first!.length },
    );
    expect(ascending([...first!, ...rest])).toEqual(upTo(10));
  });
});

describe("minibatch sampling", () => {
  test("draws different tasks each time, none twice in a batch, all of them now and then", () => {
    fc.assert(
      fc.property(sizes, ({ size, batch, seed }) => {
        for (const drawn of walk(minibatchSampling, { size, batch, seed, generations: 3 })) {
          expect(drawn).toHaveLength(Math.min(size, batch));
          expect(new Set(drawn).size).toBe(drawn.length);
          expect(drawn.every((index) => index >= 0 && index < size)).toBe(true);
        }
      }),
      { numRuns: 40 },
    );
    const many = walk(minibatchSampling, { size: 20, batch: 5, generations: 60 });
    expect(new Set(many.map(String)).size).toBe(60);
    expect(ascending([...new Set(many.flat())])).toEqual(upTo(20));
  });

  test("depends on seed and generation only", () => {
    const drawAt = (generation: number) =>
      minibatchSampling.decide({ size: 20, generation, settings: settingsOf({ batch: 5 }) }, null);
    expect(drawAt(3)).toEqual(drawAt(3));
    expect(drawAt(4)).not.toEqual(drawAt(3));
    expect(minibatchSampling.memory).toBeUndefined();
  });
});
