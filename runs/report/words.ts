import type { GenerationRecord } from "../../state/evidence.ts";
import type { ScoredMean } from "./interval.ts";

/** 20,105,013 */
export function grouped(count: number): string {
  return count.toLocaleString("en-US");
}

export function counted(count: number, noun: string): string {
  return `${grouped(count)} ${noun}${count === 1 ? "" : "s"}`;
}

/** .812, 1.00, or a dash where nothing was measured. */
export function scoreText(score: number | null): string {
  if (score === null) return "–";
  return score >= 0.9995 ? "1.00" : score.toFixed(3).slice(1);
}

/** .812 (.730 to .874) */
export function meanText(scored: ScoredMean | null): string {
  if (scored === null) return "–";
  return `${scoreText(scored.mean)} (${scoreText(scored.low)} to ${scoreText(scored.high)})`;
}

export function moneyText(usd: number): string {
  if (usd === 0) return "$0";
  return usd < 0.01 ? `$${usd.toPrecision(2)}` : `$${usd.toFixed(2)}`;
}

export function durationText(seconds: number): string {
  if (seconds < 90) return counted(Math.round(seconds), "second");
  if (seconds < 5400) return counted(Math.round(seconds / 60), "minute");
  return `${(seconds / 3600).toFixed(1)} hours`;
}

export type Outcome = "accepted" | "rejected" | "undecided";

export function outcomeOf({ verdict }: GenerationRecord): Outcome {
  if (verdict.accepted) return "accepted";
  return verdict.decided ? "rejected" : "undecided";
}

/** The verdict of a generation in a sentence, after its outcome. */
export function verdictText({ verdict, evidence, candidate }: GenerationRecord): string {
  if (candidate === null) return `${verdict.reason}.`;
  if (evidence === null || evidence.planned === 0) return `${verdict.reason}.`;
  const { asked, planned, fixed, broken } = evidence;
  const counts = `${grouped(fixed)} repaired and ${grouped(broken)} broken`;
  const early =
    asked < planned
      ? `; decided after ${grouped(asked)} of ${grouped(planned)} tasks`
      : ` of ${counted(planned, "task")}`;
  return `${verdict.reason}: ${counts}${early}.`;
}
