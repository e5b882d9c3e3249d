import { meanAndInterval } from "../policies/interval.ts";
import type { SettingsInput } from "../state/settings.ts";
import type { LearnJob } from "./learn.ts";
import { bySeed, measure, printLooks, readOptions, splitName, type MeasureOptions } from "./measure.ts";
import { groupRows, type RunRow } from "./results.ts";
import { pairedDifference } from "./statistics.ts";
import { printLine, printTable, showCount, showDifference, showEstimate } from "./table.ts";
import { hasTaskSets, type Split } from "./task-sets.ts";

interface Arm {
  arm: string;
  analyst: LearnJob["analyst"];
  settings: SettingsInput;
}

/** Equal for all arms of the first table: the batch, and that the analyst replays the last batch alone. */
const equal: SettingsInput = { batch: 40, replay: 40, validation: 100 };

/** The default recipe first: the others are compared with it. Under its own defaults each but the controls is run once more. */
const recipeArms: readonly [Arm, ...Arm[]] = [
  { arm: "hill-climb", analyst: "statistical", settings: equal },
  { arm: "gepa", analyst: "statistical", settings: { ...equal, recipe: "gepa" } },
  { arm: "gepa, merging", analyst: "statistical", settings: { ...equal, recipe: "gepa", merges: 5 } },
  { arm: "mocha", analyst: "statistical", settings: { ...equal, recipe: "mocha" } },
  { arm: "skillopt", analyst: "statistical", settings: { ...equal, recipe: "skillopt" } },
  { arm: "skill-r1", analyst: "statistical", settings: { ...equal, recipe: "skill-r1" } },
  { arm: "skill-r1, one sample", analyst: "statistical", settings: { ...equal, recipe: "skill-r1", samples: 1 } },
  { arm: "no gate", analyst: "statistical", settings: { ...equal, acceptance: "always" } },
  { arm: "random edits", analyst: "random", settings: equal },
  { arm: "hill-climb, defaults", analyst: "statistical", settings: {} },
  { arm: "gepa, defaults", analyst: "statistical", settings: { recipe: "gepa" } },
  { arm: "mocha, defaults", analyst: "statistical", settings: { recipe: "mocha" } },
  { arm: "skillopt, defaults", analyst: "statistical", settings: { recipe: "skillopt" } },
  { arm: "skill-r1, defaults", analyst: "statistical", settings: { recipe: "skill-r1" } },
];

/** The same budget on one candidate per generation, or on three: the best of them, or also their edits together. */
const draftArms: readonly [Arm, ...Arm[]] = [
  { arm: "serial", analyst: "statistical", settings: equal },
  { arm: "best of 3", analyst: "statistical", settings: { ...equal, candidates: 3 } },
  { arm: "fusion of 3", analyst: "statistical", settings: { ...equal, candidates: 3, combine: "fusion" } },
];

const sets = ["banking10", "ua_brand", "snips_slots", "address_field"];

/** Rollouts at which the head is read off; one run goes through all of them. */
const readOff = [500, 2000];

/**
 * Recipes and controls side by side: accuracy of the head after so many rollouts, validation included, at equal batches and replay
 * windows, and with each recipe's own defaults. `--seeds N`, `--held-out`, names of sets.
 */
export const runRecipes = (words: string[]) => compareArms("recipes", recipeArms, words);

/** The same for one and several candidates per generation. */
export const runDrafts = (words: string[]) => compareArms("drafts", draftArms, words);

async function compareArms(command: string, arms: readonly [Arm, ...Arm[]], words: string[]): Promise<void> {
  const options = readOptions(words, sets);
  if (!hasTaskSets()) {
    process.stdout.write("skipped: the task sets are not beside the project\n");
    return;
  }
  for (const set of options.names) {
    const jobs = arms.flatMap((arm) => options.seeds.map((seed) => jobOf(set, arm, { seed, split: options.split })));
    report(set, arms, await measure(command, jobs, options), options);
  }
}

function jobOf(
  set: string,
  { arm, analyst, settings }: Arm,
  { seed, split }: { seed: number; split: Split },
): LearnJob {
  const budgetRollouts = readOff.at(-1) as number;
  return { set, split, arm, analyst, slip: null, settings: { ...settings, seed, budgetRollouts }, at: readOff };
}

function report(
  set: string,
  arms: readonly [Arm, ...Arm[]],
  rows: readonly RunRow[],
  { seeds, split }: MeasureOptions,
): void {
  printLine(`${set}: accuracy on ${splitName(split)}, mean ± 95 % interval over ${seeds.length} seeds`);
  const groups = groupRows(rows, ({ job }) => job.arm);
  printTable(
    [
      "arm",
      ...readOff.map((at) => `@${showCount(at)}`),
      "words",
      "validation - reported",
      "CPU ms a rollout, analyst apart",
    ],
    [...groups].map(([arm, own]) => [arm, ...cellsOf(own)]),
  );
  const [first, ...others] = arms;
  const scores = (arm: string, at: number) => bySeed(groups.get(arm) ?? [], ({ figures }) => figures.points[at]?.score);
  printTable(
    ["paired difference", ...readOff.map((at) => `@${showCount(at)}`)],
    others.map(({ arm }) => [
      `${arm} - ${first.arm}`,
      ...readOff.map((_, at) => showDifference(pairedDifference(scores(arm, at), scores(first.arm, at)))),
    ]),
  );
  printLooks(set, split);
}

function cellsOf(rows: readonly RunRow[]): string[] {
  const estimate = (pick: (row: RunRow) => number | undefined) => meanAndInterval([...bySeed(rows, pick).values()]);
  const endOf = ({ figures }: RunRow) => figures.points.at(-1);
  const cpu = ({ figures }: RunRow) => ((figures.cpu.run - figures.cpu.analyst) * 1000) / (readOff.at(-1) as number);
  return [
    ...readOff.map((_, at) => showEstimate(estimate(({ figures }) => figures.points[at]?.score))),
    estimate((row) => endOf(row)?.words).mean.toFixed(0),
    showEstimate(
      estimate((row) =>
        row.figures.validation === null ? undefined : row.figures.validation - (endOf(row)?.score ?? 0),
      ),
    ),
    estimate(cpu).mean.toFixed(2),
  ];
}
