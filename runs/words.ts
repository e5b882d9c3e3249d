import type { Means } from "../state/archive.ts";
import type { Certificate } from "../state/certificate.ts";
import { meansOfPairs, pairsOf } from "../policies/lifecycle/contribution.ts";
import type { Ablation, EvidenceCounts, GenerationRecord, SampleRecord, Standing, Verdict } from "../state/evidence.ts";
import type { Trust } from "./certifying/standing.ts";

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
export function verdictText({ verdict, evidence, audit, standing }: GenerationRecord): string {
  const parts = [evidenceText(evidence), standingText(standing, audit?.back)].filter((text) => text !== undefined);
  return [verdict.reason, ...parts].join(", ");
}

/** head checked, head provisional, or rolled back past 3 accepted candidates; undefined where the recipe has no audits. */
function standingText(standing: Standing | null, back = 0): string | undefined {
  if (standing === null) return undefined;
  return back === 0 ? `head ${standing}` : `rolled back past ${counted(back, "accepted candidate")}`;
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

/** without brew-tea .708, with it .750, on 24 tasks: means over the tasks that have a result of both. */
export function ablationText(ablation: Ablation): string {
  const { skill, hidden, tasks } = ablation;
  const means = meansOfPairs(ablation);
  const missing = tasks.length - pairsOf(ablation).length;
  const lacking = missing === 0 ? "" : `, ${grouped(missing)} missing`;
  const them = skill === null ? "them" : "it";
  return `without ${hidden.join(", ")} ${scoreText(means.without)}, with ${them} ${scoreText(means.with)}, on ${counted(tasks.length, "task")}${lacking}`;
}

const units = ["B", "kB", "MB", "GB"];

/** 12.3 MB, by thousands. */
export function sizeText(bytes: number): string {
  const power = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, bytes)) / 3)));
  return `${(bytes / 1000 ** power).toFixed(power === 0 ? 0 : 1)} ${units[power]}`;
}

/** Certificate 1: certified, +.082 (95 % +.021 to +.143) on 70 tasks, 2 repeats; p = .004, level .017; differences from .090 are found. */
export function certificateText({ index, finding, level, repeats, terms }: Certificate): string {
  if (finding === null) return `certificate ${index}: not finished, or too many results missing; run certify again`;
  const { outcome, value, estimate, interval, tasks, missing, detectable, flips } = finding;
  const [low, high] = interval.map(signedText) as [string, string];
  const lacking = missing === 0 ? "" : `, ${counted(missing, "result")} missing`;
  const shown =
    terms.planned === null
      ? `bet ${value.toPrecision(3)} of ${(1 / level).toFixed(0)} needed`
      : `p = ${value.toPrecision(2)}, level ${level.toPrecision(2)}`;
  const flipped = flips === null ? "" : `; ${(100 * flips).toFixed(0)} % of the tasks differ between repeats`;
  return (
    `certificate ${index}: ${outcome}, ${signedText(estimate)} (95 % ${low} to ${high}) on ${counted(tasks, "sealed task")}, ` +
    `${counted(repeats, "repeat")}${lacking}; ${shown}; a difference of ${scoreText(detectable)} is likely to be found${flipped}`
  );
}

/** Whether the best skill is certified, by what, and after how many looks at the sealed tasks. */
export function trustText({ status, tasks, made, last, warnings }: Trust): string {
  const what = last === null ? counted(tasks, "sealed task") : certificateText(last);
  const looks = made === 0 ? "no certificate yet" : `${counted(made, "certificate")} on these tasks so far`;
  return [status, what, looks, ...warnings].join("; ");
}

/** +.082 */
export function signedText(value: number): string {
  return `${value < 0 ? "-" : "+"}${Math.abs(value).toFixed(3).replace(/^0/, "")}`;
}
