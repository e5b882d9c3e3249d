import { meanAndInterval } from "../interval.ts";
import type { Worth } from "../gym/worlds.ts";
import { barPanels } from "./bar-panels.ts";
import { countOf } from "./chart.ts";

/** The worth of each arm's skill in one world. */
export interface GymRow {
  dilution: number;
  world: number;
  worths: Readonly<Record<string, Worth>>;
}

const shown = [
  { measure: "A", name: "context A, as in training" },
  { measure: "shifted", name: "context B, shifted" },
  { measure: "composition", name: "composition of three and more rules" },
] as const;

/** True success rate J of each arm, one panel for each dilution. */
export function gymPlot(rows: readonly GymRow[]): string {
  const dilutions = [...new Set(rows.map(({ dilution }) => dilution))];
  const arms = [...new Set(rows.flatMap(({ worths }) => Object.keys(worths)))];
  const estimate = (arm: string, dilution: number | undefined, measure: (typeof shown)[number]["measure"]) =>
    meanAndInterval(
      rows.filter((row) => row.dilution === dilution).flatMap(({ worths }) => worths[arm]?.[measure] ?? []),
    );
  const worlds = new Set(rows.map(({ world }) => world)).size;
  return barPanels({
    title: "Gym: true success rate J",
    subtitle: `synthetic worlds whose optimum is known; mean and 95 % interval over ${countOf(worlds, "world")}`,
    axis: "J, chance that a task is done",
    panels: dilutions.map((dilution) => `dilution ${dilution}`),
    arms,
    bars: shown.map(({ name }) => name),
    estimate: ({ arm, panel, bar }) => estimate(arm, dilutions[panel], (shown[bar] ?? shown[0]).measure),
  });
}
