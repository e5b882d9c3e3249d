import type { Evidence, Verdict } from "../../state/evidence.ts";
import { boundsOfDifference } from "../inference/difference.ts";
import { signFlipP } from "../inference/sign-flip.ts";
import type { Acceptance } from "../acceptance.ts";
import { anyOrder } from "./orders.ts";
import { missingVerdict } from "./sequential.ts";
import { differencesIn, discordantIn } from "./votes.ts";
import { slack } from "../scores.ts";

export interface PairedTerms {
  /** One-sided error, in (0, .5]. */
  alpha: number;
  /** The least mean gain that is worth accepting, in 0..1. */
  leastGain: number;
  /** A candidate with fewer tokens, or a gain on the replay, may lose less than this, in 0..1; 0 for none. */
  mostLoss: number;
  /** The most tasks that may get worse; null for any number. */
  mostBroken: number | null;
  /** What happens to a candidate that is shown to be neither better nor not. */
  inconclusive: "drop" | "keep" | "ask";
}

/** At so many points of a plan it is seen whether the candidate can still be accepted. */
const looks = 8;

/**
 * A paired test, task by task. Accepts a mean gain of at least `leastGain` whose one-sided exact p-value (McNemar's test, for graded
 * scores all signs of the differences) is at most `alpha`, and, where `mostLoss` is above 0, a shorter candidate or one with a
 * gain on the replay whose loss is shown to be less than that. Rejects more than `mostBroken` regressions, and where a gain
 * of `leastGain` is shown to be out of reach. The rest is inconclusive. Looks of the plan at its eighths only stop a
 * candidate that even a win of every pair to come would not make accepted, so the error is that of one test.
 */
export function pairedAcceptance(terms: PairedTerms): Acceptance {
  const { alpha, leastGain, mostLoss, mostBroken, inconclusive } = terms;
  return {
    name: `acceptance.paired ${alpha} ${leastGain} ${mostLoss} ${mostBroken ?? "any"} ${inconclusive}`,
    version: 1,
    takesShorter: mostLoss > 0,
    plan: anyOrder,
    look: (evidence) => (endOf(evidence, terms) === null ? "more" : "enough"),
    decide(evidence) {
      const { candidate, other } = evidence.columns;
      const end = endOf(evidence, terms) ?? candidate.length;
      const differences = differencesIn(evidence, end);
      const delta = differences.reduce((sum, difference) => sum + difference, 0) / Math.max(1, differences.length);
      const missing = missingIn(evidence, end);
      if (missing > evidence.maxMissing * other.length + slack)
        return { ...missingVerdict({ missing, planned: other.length, maxMissing: evidence.maxMissing }), delta };
      const outcome = outcomeOf(differences, evidence, terms);
      if (end === other.length) return { ...outcome, delta };
      if (endOf(evidence, terms) === null)
        return { accepted: false, decided: false, reason: "not enough evidence", delta };
      if (!outcome.accepted) return { ...outcome, delta };
      return { accepted: false, decided: true, reason: "cannot be shown to be better any more", delta };
    },
  };
}

/** The first row at which the outcome is certain: a look that nothing to come can lead to acceptance from, or the end; null before. */
function endOf(evidence: Evidence, terms: PairedTerms): number | null {
  const { candidate, other } = evidence.columns;
  for (let look = 1; look < looks; look += 1) {
    const row = Math.floor((other.length * look) / looks);
    if (row > candidate.length) return null;
    if (row > 0 && isLost(evidence, row, terms)) return row;
  }
  return candidate.length === other.length ? other.length : null;
}

/** Whether too much is broken or missing, or a win of every pair after this row would not do. What is kept for more tasks has those as well. */
function isLost(evidence: Evidence, row: number, terms: PairedTerms): boolean {
  const { candidate, other } = evidence.columns;
  if (missingIn(evidence, row) > evidence.maxMissing * other.length + slack) return true;
  const soFar = differencesIn(evidence, row);
  if (discordantIn(soFar).lost > (terms.mostBroken ?? Infinity)) return true;
  if (terms.inconclusive !== "drop") return false;
  const best = [...candidate.slice(0, row), ...other.slice(row).map((score) => (score === null ? null : 1))];
  const atBest = { ...evidence, columns: { ...evidence.columns, candidate: best } };
  return acceptanceOf(differencesIn(atBest), atBest, terms) === null;
}

function missingIn({ columns: { candidate, other } }: Evidence, rows: number): number {
  return other.filter((score, row) => score === null || (row < rows && candidate[row] === null)).length;
}

/** Why differences are accepted; null where they are not. */
function acceptanceOf(differences: readonly number[], evidence: Evidence, terms: PairedTerms): string | null {
  const { alpha, leastGain, mostLoss, mostBroken } = terms;
  if (discordantIn(differences).lost > (mostBroken ?? Infinity)) return null;
  const mean = differences.reduce((sum, difference) => sum + difference, 0) / Math.max(1, differences.length);
  const p = mean > 0 && mean >= leastGain - slack ? signFlipP(differences) : 1;
  if (p <= alpha) return `better (p = ${shown(p)})`;
  const mayLose = mostLoss > 0 && (evidence.tokens.candidate < evidence.tokens.other || (evidence.gain ?? 0) > 0);
  return mayLose && boundsOfDifference(differences, 1 - alpha)[0] > -mostLoss ? `not worse by ${mostLoss}` : null;
}

function outcomeOf(differences: readonly number[], evidence: Evidence, terms: PairedTerms): Omit<Verdict, "delta"> {
  const { alpha, leastGain, mostBroken, inconclusive } = terms;
  const accepted = acceptanceOf(differences, evidence, terms);
  if (accepted !== null) return { accepted: true, decided: true, reason: accepted };
  const rejected = (reason: string) => ({ accepted: false, decided: true, reason });
  if (discordantIn(differences).lost > (mostBroken ?? Infinity))
    return rejected(`more than ${mostBroken} tasks got worse`);
  const [low, high] = boundsOfDifference(differences, 1 - alpha);
  if (high < Math.max(leastGain, slack)) return rejected(`no gain of ${leastGain} (at most ${shown(high)})`);
  return {
    accepted: false,
    decided: inconclusive === "drop",
    inconclusive,
    reason: `inconclusive (p = ${shown(signFlipP(differences))}, gain between ${shown(low)} and ${shown(high)})`,
  };
}

function shown(value: number): string {
  return value.toFixed(3).replace(/^(-?)0\./, "$1.");
}
