import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { BetaTable } from "../../../policies/curriculum/beta-table.ts";
import { posteriorSampling, type PosteriorOptions } from "../../../policies/curriculum/posterior-sampling.ts";
import { learnAll, recall, type TaskOutcome } from "../../../policies/policy.ts";
import { SettingsError } from "../../../state/errors.ts";
import type { Json } from "../../../state/json.ts";
import { recordOf, settingsOf } from "../records.ts";

const settings = settingsOf({ batch: 4 });

/** What the policy remembers after these batches, as the archivist would teach it. */
function memoryAfter(batches: readonly TaskOutcome[][], options: PosteriorOptions = {}): BetaTable {
  const policy = posteriorSampling(options);
  let memories: Record<string, Json> = {};
  for (const outcomes of batches) memories = learnAll([policy], memories, recordOf({ outcomes }), settings);
  return recall(policy, memories) as BetaTable;
}

const drawn = (memory: BetaTable, of: { size: number; generation?: number; options?: PosteriorOptions }) =>
  posteriorSampling(of.options).decide({ size: of.size, generation: of.generation ?? 1, settings }, memory);

describe("posterior sampling", () => {
  test("learns the published vectors from the outcomes of batches", () => {
    const first = [{ task: "7", rollouts: 8, success: 0.25 }];
    expect(memoryAfter([first], { decay: 1 })).toEqual({ 7: [3, 7] });
    const second = [{ task: "7", rollouts: 8, success: 0.5 }];
    expect(memoryAfter([first, second], { decay: 0.5 })).toEqual({
      7: [0.5 * (0.5 * 1 + 0.5 + 2) + 0.5 + 4, 0.5 * (0.5 * 1 + 0.5 + 6) + 0.5 + 4],
    });
  });

  test("draws the tasks that succeed about half of the time before those that always or never do", () => {
    const sure = (at: number): [number, number] => (at % 5 === 0 ? [500, 500] : at % 2 === 0 ? [999, 1] : [1, 999]);
    const memory = Object.fromEntries(Array.from({ length: 20 }, (_, at) => [at, sure(at)]));
    for (let generation = 1; generation <= 5; generation += 1) {
      expect(drawn(memory, { size: 20, generation }).toSorted((a, b) => a - b)).toEqual([0, 5, 10, 15]);
    }
  });

  test("chooses from so many times the batch, and from all without a belief", () => {
    const few = Array.from({ length: 40 }, (_, at) => drawn({}, { size: 400, generation: at, options: { pool: 1 } }));
    expect(new Set(few.flat()).size).toBeGreaterThan(100);
    const all = Array.from({ length: 100 }, (_, at) => drawn({}, { size: 20, generation: at }));
    expect(new Set(all.flat()).size).toBe(20);
  });

  test("draws each task once, as many as the batch holds, and the same again", () => {
    const tables = fc.dictionary(
      fc.nat(30).map(String),
      fc.tuple(fc.double({ min: 0.5, max: 99, noNaN: true }), fc.double({ min: 0.5, max: 99, noNaN: true })),
    );
    fc.assert(
      fc.property(tables, fc.integer({ min: 1, max: 30 }), fc.nat(99), (memory, size, generation) => {
        const batch = drawn(memory, { size, generation });
        expect(batch).toHaveLength(Math.min(4, size));
        expect(new Set(batch).size).toBe(batch.length);
        expect(batch.every((task) => Number.isInteger(task) && task >= 0 && task < size)).toBe(true);
        expect(drawn(memory, { size, generation })).toEqual(batch);
      }),
      { numRuns: 40 },
    );
  });

  test("remembers 1,000 tasks within its cap, and forgets those that the least is known of", () => {
    const batch = (from: number, rollouts: number) =>
      Array.from({ length: 700 }, (_, at) => ({ task: String(9_000_000 + from + at), rollouts, success: 1 / 3 }));
    const memory = memoryAfter([batch(0, 99_999), batch(700, 2)], { decay: 1 });
    const kept = Object.keys(memory).map((task) => Number(task) - 9_000_000);
    expect(kept).toHaveLength(1000);
    expect(kept.filter((task) => task < 700)).toHaveLength(700);
  });

  test("refuses parameters out of range, and names those it has", () => {
    expect(() => posteriorSampling({ decay: 1.5 })).toThrow(SettingsError);
    expect(() => posteriorSampling({ pool: 0 })).toThrow(SettingsError);
    const names = [{}, { decay: 1 }, { rule: { kind: "band", low: 0.3, high: 0.7 } as const }, { pool: 2 }].map(
      (options) => posteriorSampling(options).name,
    );
    expect(new Set(names).size).toBe(4);
  });
});
