import type { SettingsInput } from "../state/settings.ts";
import { reportCurves, reportEdits, reportOptimism, shownRollouts, type Report } from "./dilution-tables.ts";
import type { LearnJob } from "./learn.ts";
import { measure, printLooks, readOptions, splitName, type MeasureOptions } from "./measure.ts";
import { plotResults } from "./plots/plots.ts";
import { groupRows } from "./results.ts";
import { strong as slip } from "./recipes/places.ts";
import { printLine } from "./table.ts";
import { hasTaskSets } from "./task-sets.ts";

const set = "banking10";
const settings = { replay: 400, batch: 30, edits: 4, validation: 100, acceptance: "strict" } satisfies SettingsInput;

/** Arms by name, each with the settings it has beside the common ones. */
interface Part {
  arms: Readonly<Record<string, SettingsInput>>;
  budget: number;
  /** Rollouts at which the head is evaluated. */
  at: readonly number[];
  report: Report;
}

/** Close together where a skill grows fast. */
const early = [60, 120, 180, 240];
const every300 = Array.from({ length: 30 }, (_, index) => 300 * (index + 1));

const parts: Readonly<Record<string, Part>> = {
  curves: {
    arms: {
      "gate (strict)": { acceptance: "strict" },
      "gate (no-worse)": { acceptance: "no-worse" },
      "no gate": { acceptance: "always" },
      // An analyst that sees this batch alone, as a model would.
      "gate (strict), replay of one batch": { acceptance: "strict", replay: 30 },
      "no gate, replay of one batch": { acceptance: "always", replay: 30 },
    },
    budget: 9000,
    at: [...new Set([...early, ...shownRollouts, ...every300])].toSorted((a, b) => a - b),
    report: reportCurves,
  },
  optimism: {
    arms: Object.fromEntries([25, 50, 100, 200].map((size) => [`${size} validation tasks`, { validation: size }])),
    budget: 5000,
    at: [5000],
    report: reportOptimism,
  },
  edits: {
    arms: Object.fromEntries([1, 2, 4, 8, 16].map((edits) => [`edits ${edits}`, { edits }])),
    budget: 5000,
    at: [5000],
    report: reportEdits,
  },
};

/**
 * Where long skills cost compliance: banking10 with an agent that overlooks rules of long skills, with the gate and without.
 * Names choose parts: `curves`, `optimism`, `edits`. What this very code has run before is taken over, so that a command that
 * was broken off goes on where it was.
 */
export async function runDilution(words: string[]): Promise<void> {
  const options = readOptions(words, Object.keys(parts));
  if (!hasTaskSets()) {
    process.stdout.write("skipped: the task sets are not beside the project\n");
    return;
  }
  printLine(
    `${set}, slip { base ${slip.base}, freeWords ${slip.freeWords}, slope ${slip.slope} }; replay window ` +
      `${settings.replay}, batch ${settings.batch}, ${settings.edits} edits and ${settings.validation} validation tasks ` +
      `but for what an arm names. Accuracy on ${splitName(options.split)}, mean ± 95 % interval over seeds 1 to ` +
      `${options.seeds.length}; differences are paired by seed.`,
  );
  for (const name of options.names) {
    const part = parts[name] as Part;
    const rows = await measure("dilution", jobsOf(part, options), options);
    part.report(groupRows(rows, ({ job }) => job.arm));
  }
  printLooks(set, options.split);
  if (options.isPlotting) plotResults(options.split);
}

function jobsOf({ arms, budget, at }: Part, { seeds, split }: MeasureOptions): LearnJob[] {
  return Object.entries(arms).flatMap(([arm, own]) =>
    seeds.map((seed) => ({
      set,
      split,
      arm,
      analyst: "statistical" as const,
      slip,
      settings: { ...settings, ...own, seed, budgetRollouts: budget },
      at: [...at],
    })),
  );
}
