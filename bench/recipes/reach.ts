import { meanAndInterval } from "../interval.ts";
import { median } from "../statistics.ts";
import { printLine, printTable } from "../table.ts";
import { meanOverPlaces, scoresAt, type ArmCurves } from "./curves.ts";
import type { Comparison } from "./report.ts";

interface Point {
  rollouts: number;
  score: number;
}

const step = 0.01;

/** The rollouts that each arm takes to each score, in parts of those of a reference: where the mean over places and seeds first comes to it, between two read-offs on a straight line. */
export function reportReach(
  places: ReadonlyMap<string, ReadonlyMap<string, ArmCurves>>,
  { title, arms }: Comparison,
  reference: string,
): void {
  const all = [...places.values()];
  const measured = arms.filter((arm) => all.some((curves) => curves.has(arm)));
  if (!measured.includes(reference)) return;
  const curves = new Map(measured.map((arm) => [arm, meanCurve(all.map((own) => own.get(arm)))]));
  const of = curves.get(reference) ?? [];
  const best = Math.max(...of.map(({ score }) => score));
  const [low, high] = [Math.ceil((of[0]?.score ?? 0) / step) + 1, Math.floor(best / step)];
  const goals = Array.from({ length: Math.max(0, high - low + 1) }, (_, index) => (low + index) * step);
  const least = goals.filter((goal) => goal >= best - 0.2);
  printLine(
    `${title}: rollouts to a score (mean of ${[...places.keys()].join(", ")}), in parts of those of ${reference}:`,
  );
  printTable(
    ["arm", ...least.map((goal) => goal.toFixed(2)), "median", "most"],
    measured
      .filter((arm) => arm !== reference)
      .map((arm) => {
        const ratios = least.map((goal) => reach(curves.get(arm) ?? [], goal) / reach(of, goal));
        const reached = ratios.filter(Number.isFinite);
        const show = (ratio: number) => (Number.isFinite(ratio) ? ratio.toFixed(2) : "-");
        return [
          arm,
          ...ratios.map(show),
          ...(reached.length === 0 ? ["-", "-"] : [median(reached), Math.max(...reached)].map(show)),
        ];
      }),
  );
}

/** Rising in rollouts, at the read-offs that all seeds and places have. */
function meanCurve(places: ReadonlyArray<ArmCurves | undefined>): Point[] {
  const first = [...(places[0]?.points.values() ?? [])][0] ?? [];
  return first.flatMap(({ rollouts }) => {
    const scores = [...meanOverPlaces(places.map((curves) => scoresAt(curves, rollouts))).values()];
    return scores.length === 0 ? [] : [{ rollouts, score: meanAndInterval(scores).mean }];
  });
}

/** Infinity where it is not reached. */
function reach(curve: readonly Point[], goal: number): number {
  const at = curve.findIndex(({ score }) => score >= goal);
  const [from, to] = [curve[at - 1], curve[at]];
  if (to === undefined) return Infinity;
  if (from === undefined) return to.rollouts;
  return from.rollouts + ((goal - from.score) / (to.score - from.score)) * (to.rollouts - from.rollouts);
}
