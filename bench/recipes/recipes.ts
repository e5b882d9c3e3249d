import type { SettingsInput } from "../../state/settings.ts";
import type { LearnJob } from "../learn.ts";
import { countIn, measure, printLooks, readOptions, splitName, storedRows } from "../measure.ts";
import { plotResults } from "../plots/plots.ts";
import type { RunRow } from "../results.ts";
import { printLine } from "../table.ts";
import { hasTaskSets, type Split } from "../task-sets.ts";
import {
  acceptanceArms,
  controlArms,
  defaultArms,
  draftArms,
  gateArms,
  namesIn,
  proposerArms,
  recipeArms,
  settingsOf,
  variantArms,
  type Arm,
  type SetArm,
} from "./arms.ts";
import { curvesOf } from "./curves.ts";
import { nameIn, places, type Place } from "./places.ts";
import { reportReach } from "./reach.ts";
import { reportOverall, reportPlace, type Comparison } from "./report.ts";

/** Equal for all arms of the first table: the batch, and that the analyst replays the last batch alone. */
const equal: SettingsInput = { batch: 40, replay: 40, validation: 100 };

/** At equal batches first, compared with the default recipe; then each recipe under its own defaults. */
const recipeTable: readonly Group[] = [
  {
    title: "Equal batches, replay of the last batch",
    common: equal,
    arms: [...recipeArms, ...variantArms, ...controlArms] as [Arm, ...Arm[]],
  },
  { title: "Each recipe's own defaults", common: {}, arms: defaultArms },
];

const draftTable: readonly Group[] = [{ title: "Candidates per generation", common: equal, arms: draftArms }];

const gateTable: readonly Group[] = [
  { title: "Acceptances", common: equal, arms: gateArms },
  { title: "Acceptances, a replay of 400", common: { ...equal, replay: 400 }, arms: proposerArms.strong },
  { title: "Acceptances, random edits", common: equal, arms: proposerArms.random },
  { title: "Acceptances, planted edits", common: equal, arms: proposerArms.planting },
];

const curveTable: readonly Group[] = [
  { title: "Acceptances with the defaults of optimize", common: {}, arms: acceptanceArms },
];

interface Group {
  title: string;
  common: SettingsInput;
  /** All are compared with the first. */
  arms: readonly [SetArm, ...SetArm[]];
}

/** Rollouts at which heads are scored; the budgets are those that tables show, and where arms whose schedule depends on it have runs of their own. */
const usualGrid = [100, 200, 300, 500, 750, 1000, 1500, 2000, 3000, 4000, 6000, 8000];
const gateGrid = (until: number) => (until <= 1000 ? curveGrid(until) : usualGrid);
const budgets = [500, 2000, 8000];
const curvePoints = [250, 500, 1000, 2000, 4000, 8000];
/** What the rollouts to a score are compared with. */
const reference = "no gate";
/** As fine as the rollouts to a score are to be read: a generation takes 60, and the least audit 10, which only short curves show. */
function curveGrid(until: number): number[] {
  const step = until <= 1000 ? 10 : 20;
  return [
    ...Array.from({ length: 600 / step }, (_, index) => step * (index + 1)),
    ...Array.from({ length: 28 }, (_, index) => 650 + 50 * index),
    3000,
    4000,
    6000,
    8000,
  ];
}

/**
 * Recipes, variants and controls side by side: the accuracy of the head after so many rollouts, validation included, at equal batches and replay
 * windows, and with each recipe's own defaults. `--seeds N`, `--until N` rollouts, `--held-out`, names of places; `--arms "gepa;mocha"` runs
 * these and what they are compared with, and `--stored` runs nothing and tells what is stored, of whatever code. `--choose` runs the recipes alone and reports on validation tasks, or with `--held-out` on those,
 * and never on test: what the default recipe is chosen by.
 */
export const runRecipes = (words: string[]) => compareArms({ command: "recipes", groups: recipeTable }, words);

/** The same for one and several candidates per generation, up to 2,000 rollouts. */
export const runDrafts = (words: string[]) =>
  compareArms({ command: "drafts", groups: draftTable }, ["--until", "2000", ...words]);

/** The same for acceptances under several proposers, and attribution, up to 2,000 rollouts; with `--until 1000` or less read as finely as curves. */
export const runGates = (words: string[]) =>
  compareArms({ command: "gates", groups: gateTable, points: curvePoints, grid: gateGrid, reference }, [
    "--until",
    "2000",
    ...words,
  ]);

/** Acceptances at more read-offs, everything else as it is by default. Up to 600 rollouts heads are read every 20 rollouts, with `--until 1000` or less every 10. */
export const runCurves = (words: string[]) =>
  compareArms({ command: "curves", groups: curveTable, points: curvePoints, grid: curveGrid, reference }, words);

interface Bench {
  command: string;
  groups: readonly Group[];
  /** Rollouts that tables show. */
  points?: readonly number[];
  /** Rollouts at which heads are scored besides, in runs until so many. */
  grid?(until: number): readonly number[];
  /** How the arm begins whose rollouts to a score are the measure for those of the others in its group. */
  reference?: string;
}

async function compareArms(
  { command, groups: all, points = budgets, grid = () => usualGrid, reference: beside }: Bench,
  words: string[],
): Promise<void> {
  const given = readOptions(
    words,
    places.map(({ name }) => name),
    { until: "string", choose: "boolean", arms: "string", stored: "boolean" },
  );
  const isChoosing = given.extra["choose"] === true;
  const chosenSplit = given.split === "test" ? "validation" : given.split;
  const options = isChoosing ? { ...given, split: chosenSplit } : given;
  if (!hasTaskSets()) {
    process.stdout.write("skipped: the task sets are not beside the project\n");
    return;
  }
  const until = given.extra["until"] === undefined ? Infinity : countIn(given.extra, "until");
  const readOffs = points.filter((budget) => budget <= until);
  if (readOffs.length === 0) throw new Error(`--until needs at least ${points[0]} rollouts.`);
  const named = namesIn(
    given.extra["arms"] as string | undefined,
    all.flatMap(({ arms }) => arms),
  );
  const groups = groupsOf(all, named ?? (isChoosing ? recipeNames : undefined));
  const comparisons = groups.map(comparisonOf);
  const rows: RunRow[] = [];
  for (const place of places.filter(({ name }) => options.names.includes(name))) {
    const jobs = options.seeds.flatMap((seed) =>
      groups.flatMap(({ common, arms }) =>
        arms.flatMap((arm) => jobsOf(place, arm, { common, seed, split: options.split, readOffs, grid: grid(until) })),
      ),
    );
    const measured =
      given.extra["stored"] === true ? storedRows(command, jobs, options.split) : await measure(command, jobs, options);
    rows.push(...measured);
    printLine(
      `${place.name}: accuracy on ${splitName(options.split)}, mean ± 95 % interval over ${options.seeds.length} seeds`,
    );
    const arms = curvesOf(measured).get(place.name) ?? new Map();
    for (const comparison of comparisons) reportPlace(arms, comparison, { readOffs, set: place.set });
    printLooks(place.set, options.split);
  }
  const published = [...recipeArms.slice(1), ...defaultArms.slice(1)].map(({ arm }) => arm);
  for (const comparison of comparisons) reportOverall(curvesOf(rows), comparison, { readOffs, published });
  for (const comparison of comparisons) {
    const unit = comparison.arms.find((arm) => beside !== undefined && arm.startsWith(beside));
    if (unit !== undefined) reportReach(curvesOf(rows), comparison, unit);
  }
  if (options.isPlotting) plotResults(options.split);
}

const recipeNames = [...recipeArms, ...defaultArms].map(({ arm }) => arm);

/** Groups with these arms beside the first, or with the first alone where it is named; those without any are left out. Without names all of them. */
function groupsOf(groups: readonly Group[], names: readonly string[] | undefined): readonly Group[] {
  if (names === undefined) return groups;
  return groups.flatMap(({ arms: [first, ...others], ...group }) => {
    const chosen = others.filter(({ arm }) => names.includes(arm));
    const isWanted = chosen.length > 0 || names.includes(first.arm);
    return isWanted ? [{ ...group, arms: [first, ...chosen] as const }] : [];
  });
}

function comparisonOf({ title, arms: [first, ...others] }: Group): Comparison {
  return { title, arms: [first.arm, ...others.map(({ arm }) => arm)] };
}

interface Asked {
  common: SettingsInput;
  seed: number;
  split: Split;
  readOffs: readonly number[];
  grid: readonly number[];
}

/** One run to the last read-off; or one to each, read off between the one before and its end. */
function jobsOf(place: Place, arm: SetArm, { common, seed, split, readOffs, grid }: Asked): LearnJob[] {
  const isEach = typeof arm.settings === "function";
  const ends = isEach ? readOffs : readOffs.slice(-1);
  return ends.map((budget, index) => ({
    set: place.set,
    split,
    arm: nameIn(place, arm.arm),
    analyst: arm.analyst === "usual" ? "statistical" : arm.analyst,
    slip: place.slip,
    settings: { ...common, ...settingsOf(arm, budget), seed, budgetRollouts: budget },
    at: [...new Set([...grid, ...readOffs])]
      .toSorted((a, b) => a - b)
      .filter((at) => at <= budget && at > (ends[index - 1] ?? 0)),
  }));
}
