import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createProcedureAgent } from "../agents/procedure/procedure-agent.ts";
import { createStatisticalAnalyst } from "../analysts/statistical/statistical-analyst.ts";
import { readTasks } from "../readers/tasks.ts";
import { optimize } from "../runs/cycle/optimize.ts";
import { minimalSkill } from "../skills/minimal.ts";
import type { SettingsInput } from "../state/settings.ts";
import { openStore } from "../stores/open.ts";
import { createExact } from "../verifiers/exact.ts";
import { cpuSince, createClockedAnalyst } from "./clocked-analyst.ts";
import { createMeter } from "./meter.ts";
import { median } from "./statistics.ts";
import { printTable } from "./table.ts";

const examples = new URL("../examples/support-messages", import.meta.url).pathname;
const repeats = 5;

/** What a rollout costs beside the agent, with SQLite and every commit synced; and how large the checkpoints are. */
export async function runBudgets(): Promise<void> {
  const runs: Measured[] = [];
  for (let repeat = 0; repeat < repeats; repeat += 1)
    runs.push(await measure({ budgetRollouts: 2000, seed: repeat + 1 }));
  const of = (pick: (run: Measured) => number, digits = 2) => median(runs.map(pick)).toFixed(digits);
  process.stdout.write(`2,000 rollouts on SQLite, synchronous=FULL, median of ${repeats} runs\n\n`);
  printTable(
    [
      "CPU per rollout",
      "of it the analyst",
      "without the analyst",
      "commits",
      "wall time in commits per rollout",
      "wall time of the run",
    ],
    [
      [
        `${of((run) => run.cpu / run.rollouts)} ms`,
        `${of((run) => run.analyst / run.rollouts)} ms`,
        `${of((run) => (run.cpu - run.analyst) / run.rollouts)} ms`,
        of((run) => run.commits, 0),
        `${of((run) => run.commitWall / run.rollouts)} ms`,
        `${of((run) => run.wall / 1000)} s`,
      ],
    ],
  );
  const rows = [];
  for (const generations of [10, 100]) {
    const { steps, bytes } = await measure({ generations, batch: 20, validation: 40 });
    rows.push([
      String(generations),
      String(steps),
      (bytes.state / steps).toFixed(0),
      (bytes.payload / steps).toFixed(0),
    ]);
  }
  printTable(["generations", "supersteps", "bytes per superstep: checkpoint and writes", "payload in addition"], rows);
}

interface Measured {
  rollouts: number;
  cpu: number;
  analyst: number;
  wall: number;
  commits: number;
  commitWall: number;
  steps: number;
  bytes: { state: number; payload: number };
}

async function measure(settings: SettingsInput): Promise<Measured> {
  const folder = mkdtempSync(join(tmpdir(), "skillgraph-cost-"));
  const meter = createMeter(await openStore(`file:${join(folder, "runs.db")}`));
  const clocked = createClockedAnalyst(createStatisticalAnalyst());
  const tasks = await readTasks(examples);
  const parts = { agent: createProcedureAgent(), analyst: clocked.analyst, verifier: createExact() };
  const [cpu, wall] = [process.cpuUsage(), performance.now()];
  const run = await optimize({
    ...parts,
    program: [minimalSkill("support", "Routes messages.")],
    tasks: { ...tasks, test: [] },
    settings,
    store: meter.store,
  });
  const { rollouts } = await run.result();
  const measured = {
    rollouts,
    cpu: cpuSince(cpu),
    analyst: clocked.spent(),
    wall: performance.now() - wall,
    ...meter.read(),
  };
  await meter.store.close();
  rmSync(folder, { recursive: true, force: true });
  return measured;
}
