import { describe, expect, test } from "vitest";
import { learnAll, recall } from "../../policies/policy.ts";
import { growingSample } from "../../policies/validation-tasks.ts";
import type { Json } from "../../state/json.ts";
import { recordOf, settingsOf } from "./records.ts";

const settings = settingsOf({ validation: 100, target: 0.9 });

/** What is in use after heads with these scores on so many tasks, and so many without a result. */
function after(heads: Array<[score: number | null, tasks: number, missing?: number]>, of = settings) {
  const learn = (memories: Record<string, Json>, [headScore, headTasks, headMissing = 0]: (typeof heads)[number]) =>
    learnAll([growingSample], memories, recordOf({ headScore, headTasks, headMissing }), of);
  return growingSample.decide(of, recall(growingSample, heads.reduce(learn, {})));
}

describe("a sample of the validation tasks", () => {
  test("is what the setting says until the target is reached on it", () => {
    expect(after([])).toBe(100);
    expect(
      after([
        [null, 0],
        [0.89, 100],
      ]),
    ).toBe(100);
    expect(after([[1, 100]], settingsOf({ validation: 100, target: null }))).toBe(100);
    expect(after([[1, 100]], settingsOf({ validation: null }))).toBeNull();
  });

  test("doubles while the target is reached, but not by the bound", () => {
    expect(after([[0.92, 100]])).toBe(200);
    expect(
      after([
        [0.92, 100],
        [0.92, 200],
      ]),
    ).toBe(400);
    expect(
      after([
        [0.92, 100],
        [0.88, 200],
      ]),
    ).toBe(200);
    expect(after([[0.99, 100]])).toBe(100);
  });

  test("doubles also where a task of the head has no result", () => {
    expect(after([[0.92, 99, 1]])).toBe(200);
    expect(after([[0.92, 99]])).toBe(100);
  });

  test("waits until the head was measured on all in use", () => {
    expect(
      after([
        [0.92, 100],
        [0.92, 100],
      ]),
    ).toBe(200);
  });
});
