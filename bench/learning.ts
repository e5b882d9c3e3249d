import { hillClimb } from "../graphs/recipes/hill-climb.ts";
import { parseSettings, type SettingsInput } from "../state/settings.ts";
import type { LearnJob } from "./learn.ts";
import { bySeed, measure, printLooks, readOptions, splitName, type MeasureOptions } from "./measure.ts";
import { plotResults } from "./plots/plots.ts";
import { groupRows, type RunRow } from "./results.ts";
import { meanAndInterval } from "./interval.ts";
import { pairedDifference } from "./statistics.ts";
import { printLine, printTable, showCount, showDifference, showEstimate } from "./table.ts";
import { hasTaskSets, taskSets, type Split, type TaskSetBench } from "./task-sets.ts";

interface Arm {
  arm: string;
  analyst: LearnJob["analyst"];
  settings: SettingsInput;
}

/** The loop first: the others are compared with it. */
const arms: readonly [Arm, ...Arm[]] = [
  { arm: "loop", analyst: "statistical", settings: {} },
  { arm: "no gate", analyst: "statistical", settings: { acceptance: "always" } },
  { arm: "random edits", analyst: "random", settings: {} },
];

/** A curve has so many evenly spaced points; the table shows those at a quarter, half and the whole of the budget. */
const pointsOfCurve = 16;
const shown = [3, 7, 15];

/**
 * Learning curves on real tasks from a minimal skill, every rollout counted. `--seeds N` runs seeds 1 to N; names of sets
 * choose among them; `--held-out` reports on a third of train instead of test.
 */
export async function runLearning(words: string[]): Promise<void> {
  const options = readOptions(
    words,
    taskSets.map(({ set }) => set),
  );
  if (!hasTaskSets()) {
    process.stdout.write("skipped: the task sets are not beside the project\n");
    return;
  }
  const summary: string[][] = [];
  for (const bench of taskSets.filter(({ set }) => options.names.includes(set))) {
    const jobs = arms.flatMap((arm) => options.seeds.map((seed) => jobOf(bench, arm, { seed, split: options.split })));
    const rows = await measure("learning", jobs, options);
    report(bench, rows, options);
    summary.push(summaryOf(bench, rows));
  }
  printLine(`Accuracy at the end of the budget on ${splitName(options.split)}:`);
  printTable(["set", "rollouts", "required", ...arms.map(({ arm }) => arm)], summary);
  if (options.isPlotting) plotResults(options.split);
}

function jobOf(
  { set, budget, settings }: TaskSetBench,
  arm: Arm,
  { seed, split }: { seed: number; split: Split },
): LearnJob {
  return {
    set,
    split,
    arm: arm.arm,
    analyst: arm.analyst,
    slip: null,
    settings: { ...settings, ...arm.settings, seed, budgetRollouts: budget },
    at: Array.from({ length: pointsOfCurve }, (_, index) => Math.round((budget * (index + 1)) / pointsOfCurve)),
  };
}

const endOf = ({ figures }: RunRow) => figures.points.at(-1)?.score;

function report(bench: TaskSetBench, rows: readonly RunRow[], { seeds, split }: MeasureOptions): void {
  const seedNames = seeds.length === 1 ? "seed 1" : `seeds 1 to ${seeds.length}`;
  printLine(
    `${bench.set}: accuracy on ${splitName(split)}, mean ± 95 % interval over ${seedNames}; ${settingsOf(bench, rows)}`,
  );
  const groups = groupRows(rows, ({ job }) => job.arm);
  const at = shown.map((index) => rows[0]?.job.at[index] ?? 0);
  printTable(
    [
      "arm",
      ...at.map((rollouts) => `@${rollouts}`),
      "required",
      "least and most",
      "tokens",
      "validation - reported",
      "CPU s a run",
      "of it the analyst",
    ],
    [...groups].map(([arm, own]) => [arm, ...cellsOf(own, arm === arms[0].arm ? String(bench.required) : "")]),
  );
  const [first, ...others] = arms;
  const ends = (arm: string) => bySeed(groups.get(arm) ?? [], endOf);
  printTable(
    ["paired difference at the end", "accuracy"],
    others.map(({ arm }) => [`${first.arm} - ${arm}`, showDifference(pairedDifference(ends(first.arm), ends(arm)))]),
  );
  printLooks(bench.set, split);
}

function settingsOf({ budget, settings }: TaskSetBench, rows: readonly RunRow[]): string {
  const { replay, batch, edits, wave } = parseSettings({ ...settings }, hillClimb);
  const validation = rows.find(({ job }) => job.arm === arms[0].arm)?.figures.validationTasks;
  return (
    `${showCount(budget)} rollouts, replay window ${replay}, batch ${batch}, ${validation} validation tasks, ` +
    `${edits} edits, waves of ${wave}`
  );
}

function cellsOf(rows: readonly RunRow[], required: string): string[] {
  const estimate = (pick: (row: RunRow) => number | undefined) => meanAndInterval([...bySeed(rows, pick).values()]);
  const ends = rows.flatMap((row) => endOf(row) ?? []);
  return [
    ...shown.map((index) => showEstimate(estimate(({ figures }) => figures.points[index]?.score))),
    required,
    `${Math.min(...ends).toFixed(3)} - ${Math.max(...ends).toFixed(3)}`,
    estimate(({ figures }) => figures.tokens).mean.toFixed(0),
    showEstimate(
      estimate((row) => (row.figures.validation === null ? undefined : row.figures.validation - (endOf(row) ?? 0))),
    ),
    estimate(({ figures }) => figures.cpu.run).mean.toFixed(1),
    estimate(({ figures }) => figures.cpu.analyst).mean.toFixed(1),
  ];
}

function summaryOf({ set, budget, required }: TaskSetBench, rows: readonly RunRow[]): string[] {
  const ends = arms.map(({ arm }) =>
    meanAndInterval(rows.filter(({ job }) => job.arm === arm).flatMap((row) => endOf(row) ?? [])),
  );
  return [set, showCount(budget), String(required), ...ends.map((end) => showEstimate(end))];
}
