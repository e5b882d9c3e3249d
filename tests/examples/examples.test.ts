import { spawnSync, type SpawnSyncReturns } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, expect, test } from "vitest";
import { compiled } from "../support/started/compiled.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const examples = readdirSync(join(root, "examples")).filter((name) => name.endsWith(".ts"));
const read = (name: string) => readFileSync(join(root, "examples", name), "utf8");

/** What an example prints that is to be so. */
const printed: Record<string, RegExp[]> = {
  // It pauses, resumes and branches.
  "first-run.ts": [
    /paused after 3 generations/,
    /finished: validation 0\.00 -> 0\.\d\d/,
    /branch with 8 edits: validation 0\.\d\d/,
    /^\+## Rules$/m,
  ],
  "more-parts.ts": [/: create_skill, \d+ edits/, /asked, because the 90 % interval of its gain/, /looked at/],
  "own-parts.ts": [/: refined, \d edits/, /stopped by converged, validation 0\.\d\d/],
  "subgraph.ts": [/"note":"2\.0: validation 0\.\d\d"/],
};

const fileOf = (name: string) => compiled(join("examples", name));
let run: SpawnSyncReturns<string>;
const told = new Map<string, { stdout: string; stderr: string }>();
beforeAll(() => {
  const words = [compiled("tests/support/started/examples-child.ts"), ...examples.map(fileOf)];
  run = spawnSync(process.execPath, words, { encoding: "utf8" });
  for (const line of run.stdout.split("\n").filter((text) => text !== "")) {
    const { file, ...written } = JSON.parse(line) as { file: string; stdout: string; stderr: string };
    told.set(file, written);
  }
});

test.each(examples)("%s runs, and is at most 60 lines", (name) => {
  expect(read(name).trimEnd().split("\n").length).toBeLessThanOrEqual(60);
  const { stdout, stderr } = told.get(fileOf(name)) ?? { stdout: "", stderr: "It has not ended." };
  expect(stderr).toBe("");
  for (const line of printed[name] ?? []) expect(stdout).toMatch(line);
});

test("they leave nothing open: the process that ran them ends by itself", () => {
  expect([run.status, run.stderr]).toEqual([0, ""]);
});
