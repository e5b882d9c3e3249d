import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { BetaTable, chooseTasks, learnOutcomes, type TaskRule } from "../../../policies/curriculum/beta-table.ts";
import { createDraw } from "../../../state/draw.ts";
import { StateError } from "../../../state/errors.ts";

describe("beliefs about tasks", () => {
  test("are those of the published vectors", () => {
    const first = learnOutcomes({}, [{ task: "t", rollouts: 8, success: 0.25 }], { decay: 1 });
    expect(first).toEqual({ t: [3, 7] });
    expect(learnOutcomes(first, [{ task: "t", rollouts: 8, success: 0.5 }], { decay: 0.5 })).toEqual({ t: [6, 8] });
  });

  test("without decay count successes and failures; with decay 0 only the last ones", () => {
    const outcomes = [
      { task: "a", rollouts: 1, success: 1 },
      { task: "a", rollouts: 1, success: 0 },
      { task: "a", rollouts: 2, success: 1 },
      { task: "constructor", rollouts: 1, success: 1 },
    ];
    expect(learnOutcomes({ b: [5, 1] }, outcomes, { decay: 1 })).toEqual({ a: [4, 2], b: [5, 1], constructor: [2, 1] });
    expect(learnOutcomes({}, outcomes.slice(0, 3), { decay: 0 })).toEqual({ a: [3, 1] });
  });

  test("stay positive and bounded under decay, as JSON of 9 digits", () => {
    const outcome = fc.record({
      task: fc.constantFrom("a", "b"),
      rollouts: fc.integer({ min: 0, max: 8 }),
      success: fc.double({ min: 0, max: 1, noNaN: true }),
    });
    fc.assert(
      fc.property(fc.array(outcome), fc.double({ min: 0, max: 0.9, noNaN: true }), (outcomes, decay) => {
        const table = learnOutcomes({}, outcomes, { decay });
        expect(BetaTable.parse(JSON.parse(JSON.stringify(table)))).toEqual(table);
        for (const [alpha, beta] of Object.values(table))
          expect(Math.max(alpha, beta)).toBeLessThanOrEqual(1 + 8 / (1 - decay) + 1e-6);
      }),
    );
  });

  test.each([
    [{ rollouts: -1, success: 0.5 }, 1, "-1 rollouts"],
    [{ rollouts: 1, success: 1.5 }, 1, "a success rate of 1.5"],
    [{ rollouts: 1, success: Number.NaN }, 1, "a success rate of NaN"],
    [{ rollouts: 1, success: 1 }, 1.1, "The decay is 1.1"],
  ])("from %j with decay %d are refused", (outcome, decay, message) => {
    expect(() => learnOutcomes({}, [{ task: "t", ...outcome }], { decay })).toThrow(StateError);
    expect(() => learnOutcomes({}, [{ task: "t", ...outcome }], { decay })).toThrow(message);
  });
});

describe("choosing tasks", () => {
  /** Beliefs so sure that samples are the means. */
  const sure: BetaTable = {
    never: [1, 1e12],
    third: [1e12, 2e12],
    half: [1e12, 1e12],
    most: [8e12, 2e12],
    always: [1e12, 1],
  };
  const tasks = Object.keys(sure);
  const choose = (rule: TaskRule, size: number, seed = 1) =>
    chooseTasks(tasks, sure, { rule, size, drawAt: createDraw(seed, 1, "tasks") });

  test("takes those whose rate is nearest to the target, nearest first", () => {
    expect(choose({ kind: "nearest", target: 0.5 }, 3)).toEqual(["half", "third", "most"]);
    expect(choose({ kind: "nearest", target: 0.85 }, 2)).toEqual(["most", "always"]);
  });

  test("takes any within the band, and fills up with the nearest to it", () => {
    const band = { kind: "band", low: 0.3, high: 0.7 } as const;
    const firsts = new Set(Array.from({ length: 20 }, (_, seed) => choose(band, 1, seed)[0]));
    expect(firsts).toEqual(new Set(["third", "half"]));
    expect(choose(band, 3).slice(2)).toEqual(["most"]);
    expect(choose(band, 9)).toHaveLength(5);
  });

  test("takes all equally often where it is uniform", () => {
    const counts = new Map(tasks.map((task) => [task, 0]));
    for (let seed = 0; seed < 500; seed += 1)
      for (const task of choose({ kind: "uniform" }, 2, seed)) counts.set(task, counts.get(task)! + 1);
    for (const count of counts.values()) expect(Math.abs(count - 200)).toBeLessThan(45);
  });

  test("explores what it knows nothing of: each unknown task comes now and then", () => {
    const unknownTasks = ["a", "b", "c", "d"];
    const chosen = Array.from({ length: 100 }, (_, seed) =>
      chooseTasks(
        unknownTasks,
        {},
        { rule: { kind: "nearest", target: 0.5 }, size: 1, drawAt: createDraw(seed, 2, "tasks") },
      ),
    );
    for (const task of unknownTasks) expect(chosen.filter(([first]) => first === task).length).toBeGreaterThan(10);
  });

  test("is the same for the same draws, and takes none twice", () => {
    const rules = fc.constantFrom<TaskRule>(
      { kind: "nearest", target: 0.5 },
      { kind: "band", low: 0.3, high: 0.7 },
      { kind: "uniform" },
    );
    const names = fc.uniqueArray(fc.string({ maxLength: 3 }), { maxLength: 8 });
    fc.assert(
      fc.property(names, rules, fc.nat(9), fc.nat(), (own, rule, size, seed) => {
        const pick = () => chooseTasks(own, {}, { rule, size, drawAt: createDraw(seed, 1, "tasks") });
        expect(pick()).toEqual(pick());
        expect(new Set(pick()).size).toBe(Math.min(size, own.length));
        expect(pick().every((task) => own.includes(task))).toBe(true);
      }),
      { numRuns: 60 },
    );
  });
});
