import { meanAndInterval } from "../interval.ts";
import type { RunRow } from "../results.ts";
import { median, pairedDifference, type PairedDifference } from "../statistics.ts";
import { printLine, printTable, showCount, showDifference, showEstimate } from "../table.ts";
import {
  meanOverPlaces,
  rolloutsToTarget,
  scoresAt,
  scoresByReadOff,
  sortedByOutcome,
  type ArmCurves,
} from "./curves.ts";
import { targetOf } from "./places.ts";

/** Arms that are compared with the first of them. */
export interface Comparison {
  title: string;
  arms: readonly [string, ...string[]];
}

type Curves = ReadonlyMap<string, ArmCurves>;

/** Figures of the arms in one place, and what they differ in from the first, at each read-off. */
export function reportPlace(
  arms: Curves,
  { title, arms: [first, ...all] }: Comparison,
  { readOffs, set }: { readOffs: readonly number[]; set: string },
): void {
  const heads = readOffs.map((rollouts) => `@${showCount(rollouts)}`);
  const others = all.filter((arm) => arms.has(arm));
  printLine(`${title}:`);
  printTable(
    [
      "arm",
      ...heads,
      "words",
      "hypervolume",
      "validation - reported",
      `rollouts to ${targetOf(set).toFixed(2)}`,
      `rollouts to ${first}'s last score`,
      "spent",
      "median CPU ms a rollout, analyst apart",
    ],
    [first, ...others].map((arm) => [arm, ...cellsOf(arms.get(arm), { readOffs, goal: lastMean(arms.get(first)) })]),
  );
  printTable(
    [`paired difference to ${first}`, ...heads],
    others.map((arm) => [
      arm,
      ...readOffs.map((at) =>
        showDifference(pairedDifference(scoresAt(arms.get(arm), at), scoresAt(arms.get(first), at))),
      ),
    ]),
  );
  const last = readOffs.at(-1) as number;
  const { better, notSeparable, worse } = sortedByOutcome(arms, { first, others, rollouts: last });
  const list = (names: readonly string[]) => (names.length === 0 ? "none" : names.join("; "));
  printLine(
    `After ${showCount(last)} rollouts, against ${first}: better ${list(better)}. Not separable ${list(notSeparable)}. Worse ${list(worse)}.`,
  );
}

function cellsOf(
  curves: ArmCurves | undefined,
  { readOffs, goal }: { readOffs: readonly number[]; goal: number },
): string[] {
  if (curves === undefined) return [];
  const estimate = (pick: (row: RunRow) => number | undefined, digits = 3) =>
    showEstimate(meanAndInterval([...curves.ends.values()].flatMap((row) => pick(row) ?? [])), digits);
  const end = ({ figures }: RunRow) => figures.points.at(-1);
  return [
    ...readOffs.map((rollouts) => showEstimate(meanAndInterval([...scoresAt(curves, rollouts).values()]))),
    estimate((row) => end(row)?.words, 0),
    estimate(({ figures }) => figures.hypervolume),
    estimate((row) => (row.figures.validation === null ? undefined : row.figures.validation - (end(row)?.score ?? 0))),
    showTarget(rolloutsToTarget(curves)),
    showReached(meanCurve(curves).find(({ score }) => score >= goal)?.rollouts),
    estimate(({ figures }) => figures.rollouts, 0),
    // The first run of a process is also the one in which its code is compiled.
    median(
      [...curves.ends.values()].map(({ figures: { cpu, rollouts } }) => ((cpu.run - cpu.analyst) * 1000) / rollouts),
    ).toFixed(2),
  ];
}

const meanCurve = (curves: ArmCurves) =>
  scoresByReadOff(curves).map(([rollouts, scores]) => ({ rollouts, score: meanAndInterval(scores).mean }));

const lastMean = (curves: ArmCurves | undefined) =>
  (curves === undefined ? undefined : meanCurve(curves).at(-1)?.score) ?? Infinity;

const showReached = (rollouts: number | undefined) => (rollouts === undefined ? "-" : showCount(rollouts));

/** The median over seeds, and how many of them got there. */
function showTarget(rollouts: readonly number[]): string {
  const reached = rollouts.filter(Number.isFinite).length;
  const middle = rollouts.length === 0 ? Infinity : median(rollouts);
  return `${Number.isFinite(middle) ? showCount(middle) : "-"} (${reached} of ${rollouts.length})`;
}

/** Published recipes that are to be at most so much better than the default, at the upper end of the interval. */
const tolerance = 0.02;

/** The mean over places, paired by seed: what the default of `optimize` is chosen and confirmed by. */
export function reportOverall(
  places: ReadonlyMap<string, Curves>,
  { title, arms: [first, ...named] }: Comparison,
  { readOffs, published }: { readOffs: readonly number[]; published: readonly string[] },
): void {
  const all = [...places.values()];
  const others = named.filter((arm) => all.some((arms) => arms.has(arm)));
  const overall = (arm: string, at: number) => meanOverPlaces(all.map((arms) => scoresAt(arms.get(arm), at)));
  const against = (arm: string, at: number) => pairedDifference(overall(arm, at), overall(first, at));
  const heads = readOffs.map((rollouts) => `@${showCount(rollouts)}`);
  printLine(`${title}, mean of ${[...places.keys()].join(", ")}:`);
  printTable(
    ["arm", ...heads, ...heads.map((head) => `- ${first} ${head}`)],
    [first, ...others].map((arm) => [
      arm,
      ...readOffs.map((at) => showEstimate(meanAndInterval([...overall(arm, at).values()]))),
      ...readOffs.map((at) => (arm === first ? "" : showDifference(against(arm, at)))),
    ]),
  );
  for (const at of readOffs) {
    const rivals = published.filter((arm) => others.includes(arm)).map((arm) => ({ arm, ...against(arm, at) }));
    reportBest(`after ${showCount(at)} rollouts`, { first, rivals });
  }
}

/** The rival with the largest difference to the default recipe, and the upper end of its interval. */
export function reportBest(
  where: string,
  { first, rivals }: { first: string; rivals: ReadonlyArray<PairedDifference & { arm: string }> },
): void {
  const best = rivals.toSorted((a, b) => b.mean - a.mean)[0];
  if (best === undefined || Number.isNaN(best.half)) return;
  const upper = best.mean + best.half;
  printLine(
    `Best published recipe ${where}: ${best.arm}, ${showDifference(best)} to ${first}; upper bound ${upper.toFixed(3)}, ` +
      `${upper <= tolerance ? "within" : "above"} ${tolerance}.`,
  );
}
