import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

const folder = fileURLToPath(new URL("../../examples", import.meta.url));
const examples = readdirSync(folder).filter((name) => name.endsWith(".ts"));

/** What an example prints that is to be so. */
const printed: Record<string, RegExp[]> = {
  // It pauses, resumes and branches.
  "first-run.ts": [
    /paused after 3 generations/,
    /finished: validation 0\.00 -> 0\.\d\d/,
    /branch with 8 edits: validation 0\.\d\d/,
    /^\+## Rules$/m,
  ],
  "subgraph.ts": [/"note":"2\.0: validation 0\.\d\d"/],
};

describe("examples", () => {
  test.each(examples)("%s runs, and is at most 60 lines", (name) => {
    const file = `${folder}/${name}`;
    expect(readFileSync(file, "utf8").trimEnd().split("\n").length).toBeLessThanOrEqual(60);
    const run = spawnSync(process.execPath, ["--import", import.meta.resolve("tsx"), file], { encoding: "utf8" });
    expect(run.stderr).toBe("");
    expect(run.status).toBe(0);
    for (const line of printed[name] ?? []) expect(run.stdout).toMatch(line);
  });
});
