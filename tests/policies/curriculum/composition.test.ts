import { expect, test } from "vitest";
import { composeTasks } from "../../../policies/curriculum/composition.ts";
import { SettingsError } from "../../../state/errors.ts";
import type { Task } from "../../../state/task.ts";

const tasks: Task[] = ["a", "a", "b", "b", "c", ""].map((topic, at) => ({
  id: `t${at}`,
  input: `What is ${at}?`,
  expected: `right ${at}`,
  meta: topic === "" ? {} : { topic, secret: "no agent sees it" },
}));
const own = { of: 2, count: 8, category: "topic" };

test("composed tasks ask questions of different categories, no combination twice, the same for the same seed", () => {
  const made = composeTasks(tasks, own);
  expect(made).toHaveLength(8);
  // 2 x 2 of a and b, 2 of a and c, 2 of b and c: all that there are.
  const parts = made.map(({ expected }) => JSON.stringify([...(expected as string[])].toSorted()));
  expect(new Set(parts).size).toBe(8);
  for (const { input, expected, meta } of made) {
    const [one, other] = (expected as string[]).map((text) => Number(text.split(" ")[1]));
    expect(tasks[one!]!.meta!["topic"]).not.toBe(tasks[other!]!.meta!["topic"]);
    expect(input).toContain(`1. What is ${one}?\n\n2. What is ${other}?`);
    expect(meta).toEqual({ topic: `${tasks[one!]!.meta!["topic"]} + ${tasks[other!]!.meta!["topic"]}` });
  }
  expect(composeTasks(tasks, own)).toEqual(made);
  expect(composeTasks(tasks, { ...own, count: 4, seed: 1 })).not.toEqual(composeTasks(tasks, { ...own, count: 4 }));
});

test("too few categories or combinations, and tasks with files, are refused", () => {
  for (const change of [{ of: 4 }, { of: 1 }, { count: 9 }])
    expect(() => composeTasks(tasks, { ...own, ...change })).toThrow(SettingsError);
  const withFiles = { ...tasks[0]!, files: { "a.txt": "1" } };
  expect(() => composeTasks([withFiles, ...tasks], own)).toThrow(/"t0" has files/);
});
