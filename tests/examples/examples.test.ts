import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

const folder = fileURLToPath(new URL("../../examples", import.meta.url));
const examples = readdirSync(folder).filter((name) => name.endsWith(".ts"));

describe("examples", () => {
  test.each(examples)("%s runs, and is at most 60 lines", (name) => {
    const file = `${folder}/${name}`;
    expect(readFileSync(file, "utf8").trimEnd().split("\n").length).toBeLessThanOrEqual(60);
    const run = spawnSync(process.execPath, ["--import", import.meta.resolve("tsx"), file], { encoding: "utf8" });
    expect(run.stderr).toBe("");
    expect(run.status).toBe(0);
  });

  test("first-run pauses, resumes and branches", () => {
    const run = spawnSync(process.execPath, ["--import", import.meta.resolve("tsx"), `${folder}/first-run.ts`], {
      encoding: "utf8",
    });
    expect(run.stdout).toMatch(/paused after 3 generations/);
    expect(run.stdout).toMatch(/finished: validation 0\.00 -> 0\.\d\d/);
    expect(run.stdout).toMatch(/branch with 8 edits: validation 0\.\d\d/);
    expect(run.stdout).toContain("+## Rules");
  });
});
