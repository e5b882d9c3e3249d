import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, test } from "vitest";
import type { RunResult } from "../../runs/result.ts";
import { houseSuites } from "../support/world.ts";
import { temporaryFolder } from "../support/stores.ts";

const folder = temporaryFolder();
afterAll(() => folder.remove());

const child = fileURLToPath(new URL("../support/poison-child.ts", import.meta.url));

test("a task that ends the process again and again is held after 3 attempts, and the run goes on without it", () => {
  const database = join(folder.path, "runs.db");
  const poison = houseSuites.validation[6]?.id as string;
  const start = () => spawnSync(process.execPath, ["--import", "tsx", child, database, poison], { encoding: "utf8" });
  let deaths = 0;
  let run = start();
  for (; run.signal === "SIGKILL"; deaths += 1) run = start();
  expect({ deaths, stderr: run.stderr }).toEqual({ deaths: 3, stderr: "" });
  const result = JSON.parse(run.stdout) as RunResult & { told: string[] };
  expect(result).toMatchObject({ status: "finished", held: [{ suite: "validation", task: poison }] });
  expect(new Set(result.told)).toEqual(new Set([poison]));
  const attempts = readFileSync(`${database}.attempts`, "utf8").split("\n");
  expect(attempts.filter((id) => id === poison)).toHaveLength(3);
  expect(result.score.validation.start).not.toBeNull();
});
