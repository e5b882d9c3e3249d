import { areaUnderFront, bestWithin } from "./front.ts";
import type { CurvePoint } from "./read-off.ts";
import { bySeed } from "./measure.ts";
import type { RunRow } from "./results.ts";
import { meanAndInterval } from "./interval.ts";
import { pairedDifference } from "./statistics.ts";
import { printLine, printTable, showDifference, showEstimate } from "./table.ts";

/** Prints the tables of a part. The rows are grouped by arm, in the order of the arms. */
export type Report = (arms: ReadonlyMap<string, readonly RunRow[]>) => void;

type Pick = (row: RunRow) => number | undefined;

export const shownRollouts = [300, 600, 1000, 2000, 4000, 9000];
const wordLimits = [50, 100, 150, 200, 300, 400, 600];
const widest = 600;

const pointAt = ({ figures }: RunRow, rollouts: number): CurvePoint | undefined =>
  figures.points.find((point) => point.rollouts === rollouts);
const end = ({ figures }: RunRow): CurvePoint | undefined => figures.points.at(-1);
const endScore: Pick = (row) => end(row)?.score;
/** How much better the head looks on the tasks it was selected on. */
const optimism: Pick = (row) => (row.figures.validation ?? Number.NaN) - (endScore(row) ?? Number.NaN);

function estimateOf(rows: readonly RunRow[], pick: Pick, digits?: number): string {
  return showEstimate(meanAndInterval([...bySeed(rows, pick).values()]), digits);
}

function differenceOf(left: readonly RunRow[] = [], right: readonly RunRow[] = [], pick: Pick = endScore): string {
  return showDifference(pairedDifference(bySeed(left, pick), bySeed(right, pick)));
}

export const reportCurves: Report = (arms) => {
  const columns = shownRollouts.map((rollouts) => `@${rollouts}`);
  printTable(
    ["accuracy", ...columns],
    [...arms].map(([arm, rows]) => [
      arm,
      ...shownRollouts.map((at) => estimateOf(rows, (row) => pointAt(row, at)?.score)),
    ]),
  );
  printTable(
    ["words of the skill", ...columns],
    [...arms].map(([arm, rows]) => [
      arm,
      ...shownRollouts.map((at) => estimateOf(rows, (row) => pointAt(row, at)?.words, 0)),
    ]),
  );
  const pairs = pairsWithFirst(arms);
  printTable(
    ["paired difference in accuracy", ...columns],
    pairs.map(([name, left, right]) => [
      name,
      ...shownRollouts.map((at) => differenceOf(left, right, (row) => pointAt(row, at)?.score)),
    ]),
  );
  const within = wordLimits.map(
    (words): Pick =>
      (row) =>
        bestWithin(row.figures.points, words),
  );
  const area: Pick = (row) => areaUnderFront(row.figures.points, widest);
  const limits = [...wordLimits.map((words) => `${words} words`), `area to ${widest} words`];
  printLine(
    "The front of a run's heads: the best accuracy of a head with at most so many words, and the area below it.",
  );
  printTable(
    ["best accuracy within", ...limits],
    [...arms].map(([arm, rows]) => [arm, ...[...within, area].map((pick) => estimateOf(rows, pick))]),
  );
  printTable(
    ["paired difference within", ...limits],
    pairs.map(([name, left, right]) => [name, ...[...within, area].map((pick) => differenceOf(left, right, pick))]),
  );
};

function pairsWithFirst(
  arms: ReadonlyMap<string, readonly RunRow[]>,
): Array<[name: string, left: readonly RunRow[], right: readonly RunRow[]]> {
  const [first, ...others] = [...arms];
  if (first === undefined) return [];
  return others.map(([arm, rows]) => [`${first[0]} - ${arm}`, first[1], rows]);
}

export const reportOptimism: Report = (arms) => {
  const most = [...arms.values()].at(-1);
  printTable(
    [
      "after 5,000 rollouts",
      "tasks in use",
      "validation",
      "reported",
      "optimism",
      "words",
      "optimism, difference to most tasks",
      "reported, difference to most tasks",
    ],
    [...arms].map(([arm, rows]) => [
      arm,
      String(rows[0]?.figures.validationTasks),
      estimateOf(rows, ({ figures }) => figures.validation ?? undefined),
      estimateOf(rows, endScore),
      estimateOf(rows, optimism),
      estimateOf(rows, (row) => end(row)?.words, 0),
      rows === most ? "" : differenceOf(rows, most, optimism),
      rows === most ? "" : differenceOf(rows, most),
    ]),
  );
};

export const reportEdits: Report = (arms) => {
  const usual = arms.get("edits 4");
  printTable(
    ["after 5,000 rollouts", "reported", "words", "accepted of generations", "difference to edits 4"],
    [...arms].map(([arm, rows]) => [
      arm,
      estimateOf(rows, endScore),
      estimateOf(rows, (row) => end(row)?.words, 0),
      `${estimateOf(rows, ({ figures }) => figures.accepted, 1)} of ${estimateOf(rows, ({ figures }) => figures.generations, 1)}`,
      rows === usual ? "" : differenceOf(rows, usual),
    ]),
  );
};
