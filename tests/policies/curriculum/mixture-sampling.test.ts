import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { categoryMixture } from "../../../policies/curriculum/mixture.ts";
import { mixtureSampling, type MixtureOptions } from "../../../policies/curriculum/mixture-sampling.ts";
import { learnAll, recall, type TaskOutcome } from "../../../policies/policy.ts";
import { SettingsError, StateError } from "../../../state/errors.ts";
import type { Json } from "../../../state/json.ts";
import { recordOf, settingsOf } from "../records.ts";

describe("the mixture of categories (Skill-It)", () => {
  const known = { a: [1, 1, 1], b: [0, 0, 0], c: [0.5, 0.5, 0.5] };
  test.each([
    // exp(.5 * 3) : exp(0) : exp(.5 * 1.5), by hand.
    ["without edges", known, {}, { a: 4.481689, b: 1, c: 2.117 }],
    // b helps a: its exponent is .5 * (0 + .5 * 3).
    ["with an edge to one that fails", known, { b: ["a", "a", "b"] }, { a: 4.481689, b: 2.117, c: 2.117 }],
    ["with an edge to one without tasks", known, { b: ["d"] }, { a: 4.481689, b: 1, c: 2.117 }],
    ["where all fail alike", { a: [1], b: [1] }, {}, { a: 1, b: 1 }],
  ])("is that of the source %s", (_, losses, helps, weights) => {
    const total = Object.values(weights).reduce((sum, weight) => sum + weight, 0);
    const shares = categoryMixture(losses, { rate: 0.5, helps });
    for (const [name, weight] of Object.entries(weights)) expect(shares[name]).toBeCloseTo(weight / total, 6);
  });

  test("adds up to 1, and gives more to a category that fails more", () => {
    const losses = fc.dictionary(fc.string(), fc.array(fc.float({ min: 0, max: 1, noNaN: true }), { maxLength: 4 }), {
      minKeys: 1,
    });
    fc.assert(
      fc.property(losses, fc.double({ min: 0.01, max: 900, noNaN: true }), (given, rate) => {
        const shares = categoryMixture(given, { rate });
        expect(Object.values(shares).reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 9);
        const sumOf = (name: string) => (given[name] as number[]).reduce((sum, loss) => sum + loss, 0);
        const order = Object.keys(given).toSorted((one, other) => sumOf(one) - sumOf(other));
        const ordered = order.map((name) => shares[name] as number);
        expect(ordered).toEqual(ordered.toSorted((one, other) => one - other));
      }),
    );
  });

  test("refuses what is no loss", () => {
    expect(() => categoryMixture({ a: [1.5] }, { rate: 1 })).toThrow(StateError);
  });
});

describe("sampling by that mixture", () => {
  const categories = Array.from({ length: 200 }, (_, task) => ["easy", "hard"][task % 2] as string);

  /** The categories of the batches of some generations, in which `success` says how their tasks go. */
  function batches(count: number, success: (category: string) => number, options: Partial<MixtureOptions> = {}) {
    const sampling = mixtureSampling({ key: "kind", ...options });
    const settings = settingsOf({ batch: 20 });
    let memories: Record<string, Json> = {};
    const drawn = Array.from({ length: count }, (_, index) => {
      const input = { size: categories.length, generation: index + 1, settings, categories };
      const tasks = sampling.decide(input, recall(sampling, memories));
      const outcomes = tasks.map((task): TaskOutcome => {
        const category = categories[task] as string;
        return { task: String(task), rollouts: 1, success: success(category), category };
      });
      memories = learnAll([sampling], memories, recordOf({ outcomes }), settings);
      return tasks;
    });
    return { drawn, sampling, memories };
  }
  const shareOf = (tasks: readonly number[]) => tasks.filter((task) => categories[task] === "hard").length;

  test("draws more of what fails, each task once, and says so for people", () => {
    const { drawn, sampling, memories } = batches(40, (category) => (category === "hard" ? 0 : 1));
    for (const tasks of drawn) expect(new Set(tasks).size).toBe(20);
    const later = drawn.slice(3).flat();
    // 1 / (1 + exp(-.5 * 3)) of 740: 605, and four standard deviations.
    expect(Math.abs(shareOf(later) - 605)).toBeLessThan(42);
    expect(sampling.describe?.(recall(sampling, memories)).rows).toEqual([
      ["hard", "1.00", "0.82"],
      ["easy", "0.00", "0.18"],
    ]);
  });

  test("draws one that helps what fails as often, and both alike where nothing is known", () => {
    const helped = batches(40, (category) => (category === "hard" ? 0 : 1), { helps: { easy: ["hard"] } });
    const later = helped.drawn.slice(3).flat();
    // 1 / (1 + exp(-.5 * (3 - 1.5))) of 740: 503.
    expect(Math.abs(shareOf(later) - 503)).toBeLessThan(52);
    const first = [1, 2, 3, 4, 5].map((generation) => {
      const settings = settingsOf({ batch: 40 });
      return shareOf(mixtureSampling({ key: "kind" }).decide({ size: 200, generation, settings, categories }, {}));
    });
    expect(Math.abs(first.reduce((sum, share) => sum + share, 0) - 100)).toBeLessThan(29);
  });

  test("takes the rest where a category has no more tasks, and keeps the last loss of one that was not drawn", () => {
    const sampling = mixtureSampling({ key: "kind" });
    const settings = settingsOf({ batch: 9 });
    const few = ["a", "a", "b", "b", "b", ""];
    const drawn = sampling.decide({ size: 6, generation: 1, settings, categories: few }, {});
    expect(drawn.toSorted()).toEqual([0, 1, 2, 3, 4, 5]);
    const learn = (memories: Record<string, Json>, category: string, success: number) =>
      learnAll([sampling], memories, recordOf({ outcomes: [{ task: "0", rollouts: 1, success, category }] }), settings);
    const after = learn(learn({}, "a", 0.75), "b", 0.5);
    expect(recall(sampling, after)).toEqual({ a: [1, 0.25, 0.25], b: [1, 1, 0.5] });
    expect(learnAll([sampling], after, recordOf(), settings)).toEqual(after);
  });

  test("holds the bound of its memory, whatever the names", () => {
    const sampling = mixtureSampling({ key: "kind", window: 20 });
    const outcomes = Array.from({ length: 500 }, (_, task) => {
      return { task: String(task), rollouts: 1, success: 1 / 3, category: `${task}${"\u0001".repeat(60)}` };
    });
    const memories = learnAll([sampling], {}, recordOf({ outcomes }), settingsOf());
    expect(Object.keys(recall(sampling, memories) as object)).toHaveLength(200);
  });

  test.each<Partial<MixtureOptions>>([{ rate: 0 }, { rate: Number.NaN }, { window: 0 }, { window: 1.5 }])(
    "refuses %j",
    (options) => {
      expect(() => mixtureSampling({ key: "kind", ...options })).toThrow(SettingsError);
    },
  );
});
