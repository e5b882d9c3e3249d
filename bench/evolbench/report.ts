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

/** The other figures, a table for each: figures by their heads, and the heads of those that are compared. */
const tables: ReadonlyArray<{
  title: string;
  columns: Readonly<Record<string, string>>;
  compared?: readonly string[];
}> = [
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
    compared: ["harmful", "churn", "retirement precision", "retirement recall"],
  },
  {
    title: "The library in the end: size, routing, and the share of the stock that is still there, by kind",
    columns: {
      skills: "skills",
      words: "words",
      "routing accuracy": "routing accuracy",
      "routing coverage": "routing coverage",
      ...Object.fromEntries(Object.values(kindFigures).map((figure) => [figure, figure])),
    },
    compared: ["skills", "words", "routing accuracy", "routing coverage"],
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
  const over = worlds === 1 ? "1 world" : `mean ± 95 % interval over ${worlds} worlds`;
  printLine(`Learning, replay and deployment (${over}): LSR as it came, the others by exact chances`);
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
  const printDifferences = (columns: ReadonlyArray<readonly [head: string, figure: string]>) =>
    printTable(
      [`paired difference to ${first}`, ...columns.map(([head]) => head)],
      others.map((arm) => [
        arm,
        ...columns.map(([, figure]) =>
          showDifference(pairedDifference(valuesOf(arm, figure), valuesOf(first, figure)), digitsOf(figure)),
        ),
      ]),
    );
  if (others.length > 0) printDifferences(rates.map((figure) => [figure, figure]));
  for (const { title, columns, compared = [] } of tables) {
    printLine(title);
    printTable(
      ["arm", ...Object.keys(columns)],
      arms.map((arm) => [arm, ...Object.values(columns).map((figure) => estimate(arm, figure))]),
    );
    if (others.length > 0 && compared.length > 0)
      printDifferences(compared.map((head) => [head, columns[head] ?? head]));
  }
}

function digitsOf(figure: string): number {
  return { skills: 1, words: 0, inflation: 4 }[figure] ?? 3;
}
