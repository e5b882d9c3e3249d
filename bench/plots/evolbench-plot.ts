import { meanAndInterval } from "../interval.ts";
import type { EvolRow } from "../evolbench/report.ts";
import { barPanels } from "./bar-panels.ts";
import { countOf } from "./chart.ts";

const shown = [
  { figure: "J", name: "as requests come (J)" },
  { figure: "ESR", name: "in deployment (ESR)" },
  { figure: "J of the rare desk", name: "the rare desk alone" },
] as const;

/** What the library of each arm is worth in the end, from the best. */
export function evolbenchPlot(rows: readonly EvolRow[]): string {
  const estimate = (arm: string, figure: string) =>
    meanAndInterval(rows.flatMap((row) => (row.arm === arm ? (row.figures[figure] ?? []) : [])));
  const worth = (arm: string) => estimate(arm, "J").mean || 0;
  const arms = [...new Set(rows.map(({ arm }) => arm))].toSorted((a, b) => worth(b) - worth(a));
  const worlds = new Set(rows.map(({ world }) => world)).size;
  return barPanels({
    title: "Evolbench: what a library is worth after two phases of learning",
    subtitle: `frozen, without feedback; mean and 95 % interval over ${countOf(worlds, "world")}`,
    axis: "chance that a task is done",
    panels: [""],
    arms,
    bars: shown.map(({ name }) => name),
    estimate: ({ arm, bar }) => estimate(arm, (shown[bar] ?? shown[0]).figure),
  });
}
