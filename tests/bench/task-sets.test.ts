import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { hasTaskSets, readBenchTasks, taskSets } from "../../bench/task-sets.ts";
import { questionKey } from "../../readers/split.ts";
import { hillClimb } from "../../graphs/recipes/hill-climb.ts";
import { parseSettings } from "../../state/settings.ts";

test("every set's settings are settings, and the page on benchmarks tells its budget", () => {
  const page = readFileSync(new URL("../../docs/benchmarks.md", import.meta.url), "utf8");
  for (const { set, budget, settings } of taskSets) {
    expect(() => parseSettings({ ...settings }, hillClimb)).not.toThrow();
    expect(page).toContain(`| ${set} | ${budget.toLocaleString("en-US")} | `);
  }
});

test.runIf(hasTaskSets())(
  "held out is a third of train that the run does not get, and no task of the test file",
  async () => {
    const onTest = await readBenchTasks("banking10", "test");
    const heldOut = await readBenchTasks("banking10", "held-out");
    const trained = new Set(heldOut.suites.train.map(questionKey));
    const whole = new Set(onTest.suites.train.map(({ id }) => id));
    expect(heldOut.reported.length / whole.size).toBeCloseTo(1 / 3, 1);
    expect(heldOut.reported.length + heldOut.suites.train.length).toBe(whole.size);
    expect(heldOut.reported.every((task) => whole.has(task.id) && !trained.has(questionKey(task)))).toBe(true);
    expect([onTest.suites.test, heldOut.suites.test]).toEqual([[], []]);
  },
);
