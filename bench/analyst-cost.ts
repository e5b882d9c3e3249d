import { existsSync, readdirSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { createProcedureAgent } from "../agents/procedure/procedure-agent.ts";
import type { Slip } from "../agents/procedure/slip.ts";
import type { Analyst } from "../analysts/analyst.ts";
import { createStatisticalAnalyst } from "../analysts/statistical/statistical-analyst.ts";
import { setting } from "../cli/options.ts";
import { readTasks } from "../readers/tasks.ts";
import { optimize, type TaskSuites } from "../runs/cycle/optimize.ts";
import { minimalSkill } from "../skills/minimal.ts";
import type { SettingsInput } from "../state/settings.ts";
import { createMemoryStore } from "../stores/drivers/memory.ts";
import { createExact } from "../verifiers/exact.ts";
import { createClockedAnalyst, createPairedAnalyst } from "./clocked-analyst.ts";
import { createParagraphs } from "./paragraphs.ts";
import { places } from "./recipes/places.ts";
import { printLine, printTable, showCount } from "./table.ts";
import { dataFolder, taskSets } from "./task-sets.ts";

/** A run whose analyst is measured. */
interface Trial {
  name: string;
  tasks(): Promise<TaskSuites>;
  settings: SettingsInput;
  /** Of an agent that overlooks rules. */
  slip?: Slip;
}

type Making = () => Analyst;

/**
 * CPU of the embedded analyst, for each task set there is and for long generated inputs: milliseconds a rollout, and how
 * they grow with the window and with the length of an input. `--base FOLDER` asks the analyst of another copy of this project everything
 * that the analyst is asked, clocks it too, and fails where one answer is another: what is answered alike makes the same digest. `--data FOLDER` is where the task sets are; names choose among the rows;
 * `--set KEY=VALUE` goes over the settings of all rows.
 */
export async function runAnalystCost(words: string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args: words,
    options: {
      base: { type: "string" },
      data: { type: "string", default: dataFolder },
      seeds: { type: "string", default: "1" },
      set: { type: "string", multiple: true, default: [] },
    },
    allowPositionals: true,
  });
  const settings = values.set.reduce((all, text) => setting(text, all), {} as Record<string, unknown>) as SettingsInput;
  const base = values.base === undefined ? undefined : await analystOf(values.base);
  if (!existsSync(values.data)) printLine(`skipped: no task sets in ${values.data}`);
  const sets = setTrials(values.data);
  const parts: [string, Trial[]][] = [
    ["Task sets", [...sets, ...otherTrials(sets), ...generatedTrials]],
    ["Growth with the window (paragraphs of 8 to 12 sentences, 2,000 rollouts; for the last row 6,000)", windowTrials],
    ["Growth with the length of an input (replay 400, 2,000 rollouts)", lengthTrials],
  ];
  let differing = 0;
  for (const [title, all] of parts) {
    const trials = all.filter(({ name }) => positionals.length === 0 || positionals.includes(name));
    if (trials.length === 0) continue;
    const rows: string[][] = [];
    for (const trial of trials) {
      for (let seed = 1; seed <= Number(values.seeds); seed += 1) {
        const row = await rowOf({ ...trial, settings: { ...trial.settings, ...settings } }, { seed, base });
        rows.push(row);
        if (row.at(-1)?.endsWith(differs)) differing += 1;
      }
    }
    printLine(`${title}:`);
    printTable([...head, ...(base === undefined ? [] : headOfBase)], rows);
  }
  if (differing > 0) throw new Error(`In ${differing} of the runs the analyst of ${values.base} answered otherwise.`);
}

const head = ["run", "seed", "rollouts", "generations", "analyst, CPU s", "ms a rollout", "digest"];
const headOfBase = ["base, CPU s", "ms a rollout", "base / now", "answers alike"];
const differs = "DIFFERS";

/** The analyst of another copy of the project. */
async function analystOf(folder: string): Promise<Making> {
  const file = pathToFileURL(resolve(folder, "analysts/statistical/statistical-analyst.ts")).href;
  const { createStatisticalAnalyst: create } = (await import(file)) as { createStatisticalAnalyst: Making };
  return create;
}

/** Every folder of task sets, with the settings of the learning benchmark where it has the set; no test task is used. */
function setTrials(data: string): Trial[] {
  if (!existsSync(data)) return [];
  const sets = readdirSync(data, { withFileTypes: true }).filter((each) => each.isDirectory());
  return sets.map(({ name }) => {
    const known = taskSets.find(({ set }) => set === name);
    const tasks = async () => ({ ...(await readTasks(resolve(data, name))), test: [] });
    return { name, tasks, settings: { replay: 400, ...known?.settings, budgetRollouts: known?.budget ?? 4000 } };
  });
}

/** Beside the learning benchmark: a gate that takes what is shorter, twice the rollouts, and agents that overlook rules. */
function otherTrials(sets: readonly Trial[]): Trial[] {
  return sets.flatMap((trial): Trial[] => {
    const { name, settings } = trial;
    const slipping = places.flatMap(({ name: place, set, slip }) =>
      set === name && slip !== null
        ? [{ ...trial, name: place, slip, settings: { ...settings, budgetRollouts: 2000 } }]
        : [],
    );
    if (name !== "ua_brand") return slipping;
    return [
      { ...trial, name: "ua_brand-no-worse", settings: { ...settings, acceptance: "no-worse" } },
      { ...trial, name: "ua_brand-8000", settings: { ...settings, budgetRollouts: 8000 } },
      ...slipping,
    ];
  });
}

/** `paragraphs-100` has 100 tasks: its window is all of them. */
const generatedTrials: Trial[] = [
  paragraphs("paragraphs", { replay: 400, budgetRollouts: 4000 }),
  paragraphs("paragraphs-100", { replay: 400, budgetRollouts: 3950, validation: 50 }, { train: 100, validation: 50 }),
];

const windowTrials = [
  ...[100, 200, 400, 800].map((replay) => paragraphs(`window-${replay}`, { replay, budgetRollouts: 2000 })),
  paragraphs("window-2000", { replay: 2000, budgetRollouts: 6000 }, { train: 3000 }),
];

const lengthTrials = [3, 6, 12, 24].map((most) =>
  paragraphs(`sentences-${most}`, { replay: 400, budgetRollouts: 2000 }, { sentences: [most, most] }),
);

function paragraphs(
  name: string,
  settings: SettingsInput,
  {
    train = 1000,
    validation = 100,
    sentences = [8, 12] as const,
  }: Partial<Parameters<typeof createParagraphs>[0]> = {},
): Trial {
  return { name, settings, tasks: async () => createParagraphs({ seed: 1, train, validation, sentences }) };
}

async function rowOf(trial: Trial, { seed, base }: { seed: number; base: Making | undefined }): Promise<string[]> {
  const paired = base === undefined ? undefined : createPairedAnalyst(createStatisticalAnalyst(), base());
  const { analyst, spent } = paired ?? createClockedAnalyst(createStatisticalAnalyst());
  const { rollouts, generations, digest } = await run(trial, seed, analyst);
  const cells = [trial.name, String(seed), showCount(rollouts), String(generations)];
  const row = [...cells, ...cost(spent(), rollouts), digest.slice(0, 8)];
  if (paired === undefined) return row;
  const { answers, differing } = paired.compared();
  const alike = differing === 0 ? `all ${answers}` : `${answers - differing} of ${answers} ${differs}`;
  const before = paired.spentByBase();
  return [...row, ...cost(before, rollouts), (before / spent()).toFixed(1), alike];
}

function cost(spent: number, rollouts: number): string[] {
  return [(spent / 1000).toFixed(2), (spent / rollouts).toFixed(2)];
}

async function run({ name, tasks, settings, slip }: Trial, seed: number, analyst: Analyst) {
  const handle = await optimize({
    agent: createProcedureAgent(slip === undefined ? {} : { slip }),
    verifier: createExact(),
    analyst,
    program: [minimalSkill(name.replaceAll("_", "-"), `Answers the tasks of ${name}.`)],
    tasks: await tasks(),
    settings: { ...settings, seed },
    store: createMemoryStore(),
  });
  return handle.result();
}
