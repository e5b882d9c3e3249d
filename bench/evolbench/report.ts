import { meanAndInterval } from "../interval.ts";
import { pairedDifference, type BySeed } from "../statistics.ts";
import { printLine, printTable, showDifference, showEstimate } from "../table.ts";
import { kindFigures } from "./figures.ts";
import type { EvolFigures } from "./measure.ts";
import type { StreamOptions } from "./stream.ts";

/** An arm in a world. */
export interface EvolRow extends StreamOptions, EvolFigures {
  arm: string;
}

const rates = ["LSR", "RSR", "ESR", "CSSR", "ARSR", "CompSR", "J", "J of the rare desk"] as const;

/** The other figures, a table for each: heads, and figures by name. */
const tables: ReadonlyArray<{ title: string; columns: Readonly<Record<string, string>> }> = [
  {
    title: "Revision safety",
    columns: {
      acceptance: "acceptance",
      rollback: "rollback",
      "no change": "noChange",
      help: "help",
      hurt: "hurt",
      "patch overfitting": "patchOverfitting",
      "backward transfer": "backward",
      "forward transfer": "forward",
    },
  },
  {
    title: "Library health",
    columns: {
      inflation: "inflation",
      consolidation: "consolidation",
      stale: "stale",
      redundancy: "redundancy",
      conflict: "conflict",
      harmful: "harmful",
      churn: "churn",
      "retirement precision": "retirementPrecision",
      "retirement recall": "retirementRecall",
    },
  },
  {
    title: "The library in the end: size, routing, and the share of the stock that is still there, by kind",
    columns: {
      skills: "skills",
      words: "words",
      "routing accuracy": "routing accuracy",
      "routing coverage": "routing coverage",
      ...Object.fromEntries(Object.entries(kindFigures).map(([kind, figure]) => [`${kind} kept`, figure])),
    },
  },
];

/** Means over worlds with their intervals, and paired differences to the first arm. A figure that no world has is "-". */
export function report(rows: readonly EvolRow[], arms: readonly string[]): void {
  const valuesOf = (arm: string, figure: string): BySeed =>
    new Map(
      rows.flatMap((row) => {
        const value = row.arm === arm ? (row.figures[figure] ?? null) : null;
        return value === null ? [] : [[row.world, value] as const];
      }),
    );
  const estimate = (arm: string, figure: string) => {
    const values = [...valuesOf(arm, figure).values()];
    return values.length === 0 ? "-" : showEstimate(meanAndInterval(values), digitsOf(figure));
  };
  const worlds = new Set(rows.map(({ world }) => world)).size;
  printLine(`Mean ± 95 % interval over ${worlds} worlds; LSR as it came, all else by exact chances`);
  const cpu = (arm: string) => rows.filter((row) => row.arm === arm).map((row) => row.cpu.learning + row.cpu.judging);
  printTable(
    ["arm", ...rates, "CPU s"],
    arms.map((arm) => [
      arm,
      ...rates.map((figure) => estimate(arm, figure)),
      showEstimate(meanAndInterval(cpu(arm)), 1),
    ]),
  );
  const [first = "", ...others] = arms;
  if (others.length > 0)
    printTable(
      [`paired difference to ${first}`, ...rates],
      others.map((arm) => [
        arm,
        ...rates.map((figure) => showDifference(pairedDifference(valuesOf(arm, figure), valuesOf(first, figure)))),
      ]),
    );
  for (const { title, columns } of tables) {
    printLine(title);
    printTable(
      ["arm", ...Object.keys(columns)],
      arms.map((arm) => [arm, ...Object.values(columns).map((figure) => estimate(arm, figure))]),
    );
  }
}

function digitsOf(figure: string): number {
  return { skills: 1, words: 0, inflation: 4 }[figure] ?? 3;
}
