import type { CurvePoint } from "../read-off.ts";
import { groupRows, type RunRow } from "../results.ts";
import { pairedDifference, type BySeed } from "../statistics.ts";
import { placeOf, targetOf } from "./places.ts";

/** The rows of one arm in one place: one for each seed, or one for each seed and budget. */
export interface ArmCurves {
  /** The row with the largest budget, by seed. */
  ends: ReadonlyMap<number, RunRow>;
  /** All points, by seed, rising. */
  points: ReadonlyMap<number, readonly CurvePoint[]>;
}

/** Rows by place and arm. Where each read-off has a run of its own, the curve of a seed is put together from their ends. */
export function curvesOf(rows: readonly RunRow[]): Map<string, Map<string, ArmCurves>> {
  const places = new Map<string, Map<string, ArmCurves>>();
  for (const [place, inPlace] of groupRows(rows, ({ job }) => placeOf(job).place)) {
    const arms = groupRows(inPlace, ({ job }) => placeOf(job).arm);
    places.set(place, new Map([...arms].map(([arm, own]) => [arm, curvesOfArm(own)])));
  }
  return places;
}

function curvesOfArm(rows: readonly RunRow[]): ArmCurves {
  const runs = [...groupRows(rows, ({ job }) => String(job.settings.seed))].map(([seed, own]) => ({
    seed: Number(seed),
    own: own.toSorted((a, b) => a.job.settings.budgetRollouts - b.job.settings.budgetRollouts),
  }));
  return {
    ends: new Map(runs.map(({ seed, own }) => [seed, own.at(-1) as RunRow])),
    points: new Map(
      runs.map(({ seed, own }) => [
        seed,
        own.flatMap(({ figures: { points } }) => points.slice(own.length > 1 ? -1 : 0)),
      ]),
    ),
  };
}

/** Scores at a read-off, by seed. */
export function scoresAt(curves: ArmCurves | undefined, rollouts: number): BySeed {
  return new Map(
    [...(curves?.points ?? [])].flatMap(([seed, points]) => {
      const point = points.find((read) => read.rollouts === rollouts);
      return point === undefined ? [] : [[seed, point.score] as const];
    }),
  );
}

/** Rollouts at the first read-off with the target of the set or more, by seed; Infinity where there is none. */
export function rolloutsToTarget({ ends, points }: ArmCurves): number[] {
  return [...points].map(([seed, read]) => {
    const target = targetOf(ends.get(seed)?.job.set ?? "");
    return read.find(({ score }) => score >= target)?.rollouts ?? Infinity;
  });
}

/** The scores of all seeds that were read off there, at each read-off, rising. */
export function scoresByReadOff({ points }: ArmCurves): Array<[rollouts: number, scores: number[]]> {
  const scores = new Map<number, number[]>();
  for (const { rollouts, score } of [...points.values()].flat())
    scores.set(rollouts, [...(scores.get(rollouts) ?? []), score]);
  return [...scores].toSorted(([a], [b]) => a - b);
}

/** The mean over places, by seed, of the seeds that all of them have. */
export function meanOverPlaces(byPlace: readonly BySeed[]): BySeed {
  const seeds = [...(byPlace[0]?.keys() ?? [])].filter((seed) => byPlace.every((scores) => scores.has(seed)));
  const meanOf = (seed: number) =>
    byPlace.reduce((sum, scores) => sum + (scores.get(seed) as number), 0) / byPlace.length;
  return new Map(seeds.map((seed) => [seed, meanOf(seed)]));
}

/** Names of arms by how they compare with the first at a read-off: the interval of the paired difference is above 0, holds 0, or is below. */
export function sortedByOutcome(
  arms: ReadonlyMap<string, ArmCurves>,
  { first, others, rollouts }: { first: string; others: readonly string[]; rollouts: number },
): { better: string[]; notSeparable: string[]; worse: string[] } {
  const outcome = { better: [] as string[], notSeparable: [] as string[], worse: [] as string[] };
  for (const arm of others) {
    const difference = pairedDifference(scoresAt(arms.get(arm), rollouts), scoresAt(arms.get(first), rollouts));
    if (!difference.isSeparable) outcome.notSeparable.push(arm);
    else outcome[difference.mean > 0 ? "better" : "worse"].push(arm);
  }
  return outcome;
}
