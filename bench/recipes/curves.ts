import type { CurvePoint } from "../read-off.ts";
import type { RunRow } from "../results.ts";
import { pairedDifference, type BySeed } from "../statistics.ts";
import { placeOf, targetOf } from "./places.ts";

/** The rows of one arm in one place: one for each seed, or one for each seed and budget. */
export interface ArmCurves {
  /** The row with the largest budget, by seed. */
  ends: ReadonlyMap<number, RunRow>;
  /** All points, by seed, rising. */
  points: ReadonlyMap<number, readonly CurvePoint[]>;
}

/** Rows by place and arm. Where each read-off has a run of its own, the curve of a seed is put together from its runs. */
export function curvesOf(rows: readonly RunRow[]): Map<string, Map<string, ArmCurves>> {
  const places = new Map<string, Map<string, { ends: Map<number, RunRow>; points: Map<number, CurvePoint[]> }>>();
  for (const row of rows) {
    const { place, arm } = placeOf(row.job);
    const arms = places.get(place) ?? new Map<string, never>();
    places.set(place, arms);
    const { ends, points } = arms.get(arm) ?? {
      ends: new Map<number, RunRow>(),
      points: new Map<number, CurvePoint[]>(),
    };
    arms.set(arm, { ends, points });
    const { seed, budgetRollouts } = row.job.settings;
    if (budgetRollouts > (ends.get(seed)?.job.settings.budgetRollouts ?? 0)) ends.set(seed, row);
    const all = [...(points.get(seed) ?? []), ...row.figures.points];
    points.set(
      seed,
      all.toSorted((a, b) => a.rollouts - b.rollouts),
    );
  }
  return places;
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
