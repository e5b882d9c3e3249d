import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { houseSuites } from "./world.ts";

/** Writes the house tasks as a task folder and gives its path. */
export function writeHouseTasks(folder: string): string {
  const tasks = join(folder, "house");
  mkdirSync(tasks);
  const files = { train: "train", val: "validation", test: "test" } as const;
  for (const [file, suite] of Object.entries(files)) {
    const lines = houseSuites[suite].map((task) => `${JSON.stringify(task)}\n`);
    writeFileSync(join(tasks, `${file}.jsonl`), lines.join(""));
  }
  return tasks;
}
