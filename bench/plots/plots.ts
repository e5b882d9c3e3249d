import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { readResults, readRows, resultsFolder, type RunRow } from "../results.ts";
import { taskSets, type Split } from "../task-sets.ts";
import type { EvolRow } from "../evolbench/report.ts";
import { dilutionPlots } from "./dilution-plots.ts";
import { evolbenchPlot } from "./evolbench-plot.ts";
import { gymPlot, type GymRow } from "./gym-plot.ts";
import { learningPlot } from "./learning-plot.ts";
import { recipesPlots } from "./recipes-plot.ts";

const docs = fileURLToPath(new URL("../../docs/plots", import.meta.url));

/** Draws what results there are: those on the test split into docs/plots, others beside the local runs. */
export function plotResults(split: Split): void {
  const reported = { test: "the test split", validation: "the validation tasks", "held-out": "held-out train tasks" }[
    split
  ];
  const rowsOf = (command: string) => readRows(command, split);
  const [learning, dilution, recipes] = [rowsOf("learning"), rowsOf("dilution"), rowsOf("recipes")];
  for (const rows of [learning, dilution, recipes]) warnOfMixture(rows);
  const gym = readResults<GymRow[]>("gym", "test") ?? [];
  const evolbench = readResults<EvolRow[]>("evolbench", "test") ?? [];
  const required = new Map(taskSets.map((bench) => [bench.set, bench.required]));
  const plots: Record<string, string> = {
    ...(learning.length > 0 && { learning: learningPlot(learning, { required, reported }) }),
    ...dilutionPlots(dilution, { reported }),
    ...recipesPlots(recipes, { reported }),
    ...(gym.length > 0 && { gym: gymPlot(gym) }),
    ...(evolbench.length > 0 && { evolbench: evolbenchPlot(evolbench) }),
  };
  const folder = split === "test" ? docs : join(resultsFolder("held-out"), "plots");
  mkdirSync(folder, { recursive: true });
  for (const [name, svg] of Object.entries(plots)) {
    writeFileSync(join(folder, `${name}.svg`), svg);
    process.stderr.write(`${name}.svg: ${Math.ceil(svg.length / 1000)} kB\n`);
  }
}

/** Results of one plot should be of one state of the code. */
function warnOfMixture(rows: readonly RunRow[]): void {
  const versions = new Set(rows.map(({ code }) => code)).size;
  if (versions > 1) process.stderr.write(`results of ${versions} states of the code are in one file; run it anew\n`);
}

/** `npm run bench -- plots [--held-out]`: draws the results that are stored, and runs nothing. */
export async function runPlots(words: string[]): Promise<void> {
  plotResults(words.includes("--held-out") ? "held-out" : "test");
}
