import { parseArgs } from "node:util";
import { meanAndInterval } from "../interval.ts";
import { hashJson } from "../../state/json.ts";
import type { SettingsInput } from "../../state/settings.ts";
import { countIn, createProgress, defaultWorkers } from "../measure.ts";
import type { GymRow } from "../plots/gym-plot.ts";
import { plotResults } from "../plots/plots.ts";
import { runJobs } from "../pool.ts";
import { controlArms, gateArms, namesIn, recipeArms, settingsOf, variantArms, type Arm } from "../recipes/arms.ts";
import { reportBest } from "../recipes/report.ts";
import { codeDigest, commitNow, readResults, writeResults } from "../results.ts";
import { pairedDifference, type BySeed } from "../statistics.ts";
import { printLine, printTable, showCount, showDifference, showEstimate } from "../table.ts";
import { bounds, readOffs, type GymArm, type WorldFigures, type WorldJob, type Worth } from "./worlds.ts";

const budget = 2000;
/** The analyst sees this batch's rollouts and no others, as a language model would. */
const common: SettingsInput = { budgetRollouts: budget, batch: 16, replay: 16, edits: 3, wave: 10 };

const gymArm = (arm: Arm): GymArm => ({
  arm: arm.arm,
  analyst: arm.analyst,
  settings: { ...common, ...settingsOf(arm, budget) },
});

/** What is compared with the first of its arms, and the file of its results. */
interface Comparison {
  file: string;
  arms: readonly GymArm[];
}

/** The default recipe first; the strict gate first. */
const comparisons: Readonly<Record<"recipes" | "gates", Comparison>> = {
  recipes: { file: "gym", arms: [...recipeArms, ...variantArms, ...controlArms].map(gymArm) },
  gates: { file: "gym-gates", arms: gateArms.map(gymArm) },
};

/** What was measured in a world, by which code, and a digest of the arms. */
interface StoredRow extends GymRow, WorldFigures {
  worths: Record<string, Worth>;
  settings: string;
  commit: string;
  code: string;
}

const measures = ["A", "shifted", "composition", "words", "regret"] as const;

/**
 * Recipes, variants and controls on paired worlds whose optimum is known, every rollout counted. `--worlds N` takes the seeds 1 to N, of
 * which `--choose` takes the odd ones and `--confirm` the even ones; numbers are dilutions, by default a mild and a strong one;
 * `--plots` draws the results. `--gates` compares acceptances instead, and `--arms "gepa"` runs these and the first alone, with results of their own.
 */
export async function runGym(words: string[] = []): Promise<void> {
  const { values, positionals } = parseArgs({
    args: words,
    options: {
      worlds: { type: "string", default: "30" },
      workers: { type: "string", default: String(defaultWorkers) },
      choose: { type: "boolean", default: false },
      confirm: { type: "boolean", default: false },
      plots: { type: "boolean", default: false },
      gates: { type: "boolean", default: false },
      arms: { type: "string" },
    },
    allowPositionals: true,
  });
  if (values.choose && values.confirm)
    throw new Error("--choose and --confirm are two halves of the worlds; give one.");
  const worlds = Array.from({ length: countIn(values, "worlds") }, (_, index) => index + 1).filter((world) =>
    world % 2 === 1 ? !values.confirm : !values.choose,
  );
  const dilutions = positionals.length === 0 ? [1.4, 2.5] : positionals.map(dilutionIn);
  const comparison = chosenIn(comparisons[values.gates ? "gates" : "recipes"], values.arms);
  const { arms } = comparison;
  const jobs = dilutions.flatMap((dilution) => worlds.map((world): WorldJob => ({ world, dilution, arms })));
  const rows = await measureWorlds(comparison, jobs, countIn(values, "workers"));
  for (const dilution of dilutions) {
    printLine(`dilution ${dilution}: mean ± 95 % interval over ${worlds.length} worlds`);
    report(
      rows.filter((row) => row.dilution === dilution),
      arms,
    );
  }
  if (values.plots) plotResults("test");
}

/** The first arm and those that are named, apart by semicolons. */
function chosenIn({ file, arms }: Comparison, names: string | undefined): Comparison {
  const chosen = namesIn(names, arms);
  if (chosen === undefined) return { file, arms };
  return { file: `${file}-arms`, arms: arms.filter(({ arm }, place) => place === 0 || chosen.includes(arm)) };
}

function dilutionIn(word: string): number {
  const dilution = Number(word);
  if (dilution > 0) return dilution;
  throw new Error(`A dilution is a number above 0, not "${word}".`);
}

/** Runs what was not run by this very code before, and stores each world as it comes. */
async function measureWorlds(
  { file, arms }: Comparison,
  jobs: readonly WorldJob[],
  workers: number,
): Promise<StoredRow[]> {
  const [code, commit, settings] = [codeDigest(["gym"]), commitNow(), hashJson(arms as never).slice(0, 12)];
  const keyOf = ({ dilution, world }: Pick<WorldJob, "dilution" | "world">) => `${dilution}/${world}`;
  const before = readResults<StoredRow[]>(file, "test") ?? [];
  const rows = before.filter((row) => row.code === code && row.settings === settings);
  const done = new Set(rows.map(keyOf));
  const left = jobs.filter((job) => !done.has(keyOf(job)));
  const progress = createProgress(left.length);
  const nameOf = ({ dilution, world }: WorldJob) => `dilution ${dilution}, world ${world}`;
  await runJobs(left, {
    workers,
    nameOf,
    onDone({ dilution, world }, figures) {
      rows.push({ dilution, world, ...figures, settings, commit, code });
      writeResults(file, "test", rows);
      progress(nameOf({ dilution, world, arms }));
    },
  });
  const byKey = new Map(rows.map((row) => [keyOf(row), row]));
  return jobs.flatMap((job) => byKey.get(keyOf(job)) ?? []);
}

function report(rows: readonly StoredRow[], arms: readonly GymArm[]): void {
  const head = ["J on A", "J on B (shift)", "J on composition", "words", "regret"];
  const byWorld = (arm: string, measure: keyof Worth): BySeed =>
    new Map(rows.flatMap(({ world, worths }) => (worths[arm] === undefined ? [] : [[world, worths[arm][measure]]])));
  const digits = (measure: keyof Worth) => (measure === "words" ? 0 : 3);
  const cpu = (arm: string) => rows.flatMap((row) => (row.cpu[arm] === undefined ? [] : [row.cpu[arm]]));
  const names = arms.map(({ arm }) => arm);
  const curve = (arm: string) =>
    readOffs.map((_, at) => meanAndInterval(rows.flatMap(({ curves }) => curves[arm]?.[at] ?? [])).mean);
  const goal = curve(names[0] ?? "").at(-1) ?? Infinity;
  const reached = (arm: string) => readOffs[curve(arm).findIndex((mean) => mean >= goal)];
  printTable(
    ["arm", ...head, "CPU s a run", `rollouts to ${names[0]}'s last J on A`],
    [...names, ...Object.values(bounds)].map((arm) => [
      arm,
      ...measures.map((measure) => showEstimate(meanAndInterval([...byWorld(arm, measure).values()]), digits(measure))),
      showEstimate(meanAndInterval(cpu(arm)), 1),
      reached(arm) === undefined ? "-" : showCount(reached(arm) ?? 0),
    ]),
  );
  const [first = "", ...others] = names;
  printTable(
    [`paired difference to ${first}`, ...head],
    [...others, bounds.empty, bounds.rules].map((arm) => [
      arm,
      ...measures.map((measure) =>
        showDifference(pairedDifference(byWorld(arm, measure), byWorld(first, measure)), digits(measure)),
      ),
    ]),
  );
  const published = recipeArms.slice(1).filter(({ arm }) => others.includes(arm));
  const rivals = published.map(({ arm }) => ({
    arm,
    ...pairedDifference(byWorld(arm, "A"), byWorld(first, "A")),
  }));
  reportBest("on A", { first, rivals });
}
