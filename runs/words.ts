import type { Means } from "../state/archive.ts";
import type { EvidenceCounts, GenerationRecord, SampleRecord, Verdict } from "../state/evidence.ts";

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

/** ` (lenient .900, strict .700)`: means of the objectives other than the score; empty where there are none. */
export function meansText(means: Means): string {
  const parts = Object.entries(means).map(([name, mean]) => `${name} ${scoreText(mean)}`);
  return parts.length === 0 ? "" : ` (${parts.join(", ")})`;
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

export type Outcome = "accepted" | "rejected" | "inconclusive" | "undecided";

export function outcomeOf({ accepted, decided, inconclusive }: Verdict): Outcome {
  if (accepted) return "accepted";
  if (inconclusive !== undefined) return "inconclusive";
  return decided ? "rejected" : "undecided";
}

/** The verdict of a generation, with what it was reached on. */
export function verdictText({ verdict, evidence }: GenerationRecord): string {
  const counts = evidenceText(evidence);
  return counts === undefined ? verdict.reason : `${verdict.reason}, ${counts}`;
}

/** 33 repaired, 0 broken, 2 missing, 100 of 100 tasks; undefined where no task was asked about. */
export function evidenceText(evidence: EvidenceCounts | null): string | undefined {
  if (evidence === null || evidence.planned === 0) return undefined;
  const { asked, planned, fixed, broken, missing } = evidence;
  const lacking = missing === 0 ? "" : `${grouped(missing)} missing, `;
  const compared = fixed === null || broken === null ? "" : `${grouped(fixed)} repaired, ${grouped(broken)} broken, `;
  return `${compared}${lacking}${grouped(asked)} of ${counted(planned, "task")}`;
}

/** pass^4 .708, flip rate .083: of the head, or of the batch where it was not measured; undefined where each task is run once. */
export function samplesText(samples: SampleRecord | null): string | undefined {
  const counts = samples?.head ?? samples?.batch ?? null;
  if (samples === null || counts === null || counts.tasks === 0) return undefined;
  const share = (count: number) => scoreText(count / counts.tasks);
  const of = samples.head === null ? " (batch)" : "";
  return `pass^${samples.count} ${share(counts.passed)}, flip rate ${share(counts.flipped)}${of}`;
}

const units = ["B", "kB", "MB", "GB"];

/** 12.3 MB, by thousands. */
export function sizeText(bytes: number): string {
  const power = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, bytes)) / 3)));
  return `${(bytes / 1000 ** power).toFixed(power === 0 ? 0 : 1)} ${units[power]}`;
}
