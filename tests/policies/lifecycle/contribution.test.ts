import { describe, expect, test } from "vitest";
import {
  afterAblation,
  dueOf,
  isUnsure,
  mostContribution,
  standingOf,
  type Retirement,
} from "../../../policies/lifecycle/contribution.ts";
import { emptyLibrary, newUnit, type Unit } from "../../../policies/lifecycle/library.ts";
import { termsOf } from "../../../policies/lifecycle/terms.ts";
import type { Ablation } from "../../../state/evidence.ts";
import { hashOf, settingsOf } from "../records.ts";

const terms = termsOf(settingsOf());
const repeat = <Value>(count: number, value: Value) => Array.from({ length: count }, () => value);

/** Scores with a skill and without it, pair by pair. */
const ablation = (
  scores: Ablation["with"],
  without: Ablation["without"],
  changes: Partial<Ablation> = {},
): Ablation => ({
  skill: "guide",
  hidden: ["guide"],
  program: hashOf("without"),
  sample: 0,
  from: 0,
  tasks: [...scores.keys()],
  with: scores,
  without,
  isHeadAsked: false,
  ...changes,
});
const tie = ablation(repeat(10, 1), repeat(10, 1));

const library = (...units: Unit[]) => ({ ...emptyLibrary, units });
const due = (unit: Unit, { retirement = "threshold" as Retirement, others = [] as Unit[] } = {}) =>
  dueOf(unit, library(unit, ...others), { terms, retirement });

/** Leaves a skill out until it is due to be retired; how often, and what its contribution was each time. */
function untilRetired(start: Unit, one: Ablation): { times: number; ema: number[] } {
  const ema: number[] = [];
  let unit = start;
  while (!due(unit).includes("retire") && ema.length < 100) {
    unit = afterAblation(unit, one, terms);
    ema.push(unit.ema);
  }
  return { times: ema.length, ema };
}

describe("the mean contribution of a skill", () => {
  test("with a difference of 0 and 30 uses, it is retired at the third time (vector of SLIM)", () => {
    expect(untilRetired(newUnit("guide", { uses: 30 }), tie)).toEqual({ times: 3, ema: [0, 0, 0] });
  });

  test("from .1, with a difference of 0, it is below .001 after 44 times, and retired after two more (vector of SLIM)", () => {
    const { times, ema } = untilRetired(newUnit("guide", { uses: 30, ema: 0.1 }), tie);
    expect(ema.slice(0, 2)).toEqual([0.09, 0.081]);
    expect(ema.findIndex((value) => value < 0.001)).toBe(43);
    expect(times).toBe(46);
  });

  test("starts at 0 and follows slowly, but with its first value where no rollout showed the skill before", () => {
    const half = ablation([1, 1, 1, 0], [0, 1, 0, 0]);
    expect(afterAblation(newUnit("guide", { uses: 1 }), half, terms).ema).toBe(0.05);
    expect(afterAblation(newUnit("guide"), half, terms).ema).toBe(0.5);
  });

  test("is low as long as it is below the threshold, and not any more once it is not", () => {
    const harms = ablation([0, 0], [1, 1]);
    const helps = ablation([1, 1], [0, 0]);
    let unit = newUnit("guide", { uses: 30 });
    const low = [harms, harms, helps, helps, helps].map((one) => {
      unit = afterAblation(unit, one, terms);
      return unit.low;
    });
    expect(low).toEqual([1, 2, 3, 0, 0]);
  });

  test("counts pairs with a result on both sides, and nothing where too many have none", () => {
    const known = ablation([1, null, 1, 0], [0, 0, null, 0]);
    const unit = afterAblation(newUnit("guide", { uses: 9 }), { ...known, from: 4, sample: 2 }, terms);
    expect(unit).toMatchObject({ last: { with: 0.5, without: 0, pairs: 2 }, differences: [1, 0], next: 8, sample: 2 });
    expect(isUnsure(known, 0.2)).toBe(true);
    expect(isUnsure(known, 0.5)).toBe(false);
    expect(isUnsure(ablation([null], [1]), 0.9)).toBe(true);
  });
});

describe("what a skill is due for", () => {
  const low = newUnit("guide", { uses: 30, low: 3, last: { with: 0.3, without: 0.3, pairs: 10 } });
  const failing = (count: number): Unit["failures"] => Array.from({ length: count }, (_, task) => [`t${task}`, "a"]);

  test.each([
    ["the contribution is not low", { ema: 0.001 }],
    ["it was not low often enough", { low: 2 }],
    ["it was not used often enough", { uses: 29 }],
  ])("it is retained if %s", (_, changes) => {
    expect(due(low)).toEqual(["retire"]);
    expect(due({ ...low, ...changes })).toEqual([]);
  });

  const lacking = newUnit("guide", { ...low, low: 0, failures: failing(20) });

  test.each([
    ["its tasks go well enough", { last: { with: 0.4, without: 0, pairs: 10 } }],
    ["it has too few failures", { failures: failing(19) }],
    ["it is useful itself", { ema: 0.03 }],
    ["it was not left out yet", { last: null }],
    ["it stands for the general ones", { skill: "" }],
  ])("no other one is created beside it if %s", (_, changes) => {
    expect(due(lacking)).toEqual(["expand"]);
    expect(due({ ...lacking, ...changes })).toEqual([]);
  });

  test("no other one is created where another is useful for most of the failures", () => {
    const other = (ema: number, context: string) => newUnit("other", { ema, contexts: [[context, 9]] });
    expect(due(lacking, { others: [other(0.03, "a")] })).toEqual([]);
    expect(due(lacking, { others: [other(0.029, "a")] })).toEqual(["expand"]);
    expect(due(lacking, { others: [other(0.03, "b")] })).toEqual(["expand"]);
  });

  test("one that is to be retired gets another one beside it first", () => {
    expect(due({ ...lacking, low: 3 })).toEqual(["expand", "retire"]);
  });
});

describe("an interval in place of the threshold", () => {
  const interval = (differences: number[], changes: Partial<Unit> = {}) =>
    due(newUnit("guide", { uses: 30, ema: 0.5, differences, ...changes }), { retirement: "interval" });

  test("retires a skill that harms after one look, and one that changes nothing after 100 pairs", () => {
    expect(interval([...repeat(12, -1), ...repeat(28, 0)])).toEqual(["retire"]);
    expect(interval(repeat(99, 0))).toEqual([]);
    expect(interval(repeat(100, 0))).toEqual(["retire"]);
    expect(interval(repeat(100, 0), { uses: 29 })).toEqual([]);
  });

  test("keeps one that is rarely needed, however small its mean was for a while", () => {
    expect(interval([...repeat(195, 0), ...repeat(5, 1)], { ema: 0, low: 9 })).toEqual([]);
    expect(mostContribution({ differences: [] })).toBe(1);
  });
});

test("a useful skill is internalised where the agent does nearly as well without it; that decides nothing", () => {
  const standing = (last: Unit["last"], ema = 0.03) => standingOf(newUnit("guide", { ema, last }), terms);
  expect(standing({ with: 0.5, without: 0.4, pairs: 3 })).toBe("internalised");
  expect(standing({ with: 0.5, without: 0.39, pairs: 3 })).toBe("useful");
  expect(standing({ with: 0.49, without: 0.49, pairs: 3 })).toBe("useful");
  expect(standing({ with: 0.5, without: 0.4, pairs: 2 })).toBe("useful");
  expect(standing({ with: 0.5, without: 0.4, pairs: 3 }, 0.02)).toBe("retained");
});
