import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import type { RunResult } from "../../../runs/result.ts";
import { compiled } from "../started/compiled.ts";
import { houseSuites } from "../world.ts";

const child = compiled("tests/support/durability/poison-child.ts");

export const poisonTask = houseSuites.validation[6]?.id as string;

export interface PoisonTrial {
  /** Processes that the task ended. */
  deaths: number;
  /** How often it was tried. */
  attempts: number;
  /** What the last process said on stderr. */
  stderr: string;
  /** Tasks that were told to be held. */
  told: string[];
  result: RunResult;
}

/** A run with a task that ends the process, started again until it ends by itself. */
export function runPoisoned(database: string): PoisonTrial {
  const start = () => spawnSync(process.execPath, [child, database, poisonTask], { encoding: "utf8" });
  let deaths = 0;
  let run = start();
  for (; run.signal === "SIGKILL"; deaths += 1) run = start();
  const { told, ...result } = JSON.parse(run.stdout) as RunResult & { told: string[] };
  const tried = readFileSync(`${database}.attempts`, "utf8").split("\n");
  return { deaths, attempts: tried.filter((id) => id === poisonTask).length, stderr: run.stderr, told, result };
}
