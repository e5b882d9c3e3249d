import { basename, extname, resolve } from "node:path";
import { readProgram } from "../readers/skill.ts";
import { readTasks, type TaskSet } from "../readers/tasks.ts";
import { checkName } from "../runs/checks.ts";
import { optimize } from "../runs/optimize.ts";
import { openRuns } from "../runs/session.ts";
import { openStoreFor } from "./store.ts";
import { minimalSkill } from "../skills/minimal.ts";
import { nameFrom } from "../skills/name.ts";
import { parseSettings } from "../state/settings.ts";
import { follow, limitsIn, type LimitFlags } from "./follow.ts";
import { outFolder, prepareOut } from "./out.ts";
import { partsNamed, type PartNames } from "./parts.ts";
import { readRubric } from "./rubric.ts";

export interface OptimizeFlags extends PartNames, LimitFlags {
  /** The file of the rubric. */
  rubric?: string;
  tasks: string;
  skill?: string;
  run?: string;
  generations?: number;
  budgetRollouts?: number;
  budgetTokens?: number;
  seed?: number;
  set: Record<string, unknown>;
  concurrency: number;
  out?: string;
  store: string;
  json?: boolean;
}

export async function optimizeCommand(flags: OptimizeFlags): Promise<number> {
  const settings = parseSettings({ ...flags.set, ...settingFlags(flags) });
  if (flags.run !== undefined) checkName(flags.run);
  const { agent, analyst, verifier, concurrency } = flags;
  const partNames = { agent, analyst, verifier, ...readRubric(flags.rubric) };
  const parts = await partsNamed(partNames);
  const tasks = await readTasks(flags.tasks);
  warnOfOverlap(tasks);
  const name = nameFrom(basename(resolve(flags.tasks), extname(flags.tasks)));
  const program = flags.skill === undefined ? [newSkill(name)] : await readProgram(flags.skill);
  warnOfFewTasks(tasks);
  const { store, close } = await openStoreFor(flags.store);
  try {
    const run = flags.run ?? (await freeName(store, name));
    prepareOut(outFolder(run, flags.out), flags.skill);
    process.stderr.write(
      `run ${run}: ${tasks.train.length} train, ${tasks.validation.length} validation, ${tasks.sealed.length} sealed, ${tasks.test.length} test tasks\n`,
    );
    const limits = limitsIn(flags);
    const started = await optimize({ ...parts, partNames, program, tasks, settings, store, run, concurrency, limits });
    return await follow(started, { ...flags, settings, from: store, isStartMade: flags.skill === undefined });
  } finally {
    await close();
  }
}

function settingFlags({ generations, budgetRollouts, budgetTokens, seed }: OptimizeFlags): Record<string, number> {
  const given = Object.entries({ generations, budgetRollouts, budgetTokens, seed }).filter(
    ([, value]) => value !== undefined,
  );
  return Object.fromEntries(given) as Record<string, number>;
}

function newSkill(name: string) {
  process.stderr.write(`No --skill given: starting from a minimal skill "${name}" without rules.\n`);
  return minimalSkill(name, `Answers the tasks of ${name}.`);
}

function warnOfOverlap({ overlap }: TaskSet): void {
  for (const [suite, tasks] of Object.entries(overlap).filter(([, shared]) => shared > 0)) {
    process.stderr.write(`warning: ${tasks} ${suite} tasks ask word for word what a train task asks\n`);
  }
}

/** One task more or less must not look like progress. */
const fewTasks = 30;

function warnOfFewTasks({ validation }: TaskSet): void {
  const { length } = validation;
  if (length >= fewTasks) return;
  process.stderr.write(
    `warning: only ${length} validation tasks: one task is ${(100 / length).toFixed(1)} points, and the gate accepts by that\n`,
  );
}

async function freeName(store: Parameters<typeof openRuns>[0], name: string): Promise<string> {
  const taken = new Set((await openRuns(store).registry.entries()).map((entry) => entry.name));
  let number = 1;
  while (taken.has(`${name}-${number}`)) number += 1;
  return `${name}-${number}`;
}
