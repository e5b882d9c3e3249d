import type { Evidence, Verdict } from "../../state/evidence.ts";
import { slack } from "../scores.ts";

/** What has been counted of a comparison so far. Pairs that cannot vote are taken out of what is still to come. */
interface Tally {
  /** The next pair of the plan that both have a score for, in 0..1. */
  vote(candidate: number, other: number): void;
  /** The next pair, of which the candidate's score is missing. */
  skip(other: number): void;
  /** Whether what is still to come can change the outcome. Not open once no pair is left, unless the candidate is accepted. */
  standing(): "open" | "accepted" | "rejected";
  /** The difference to report, of so many pairs that voted and so many that are still to come. */
  delta(votes: number, left: number): number;
}

interface Rule {
  tally(evidence: Evidence): Tally;
  reason(outcome: "accepted" | "rejected", evidence: Evidence): string;
}

interface Standing {
  outcome: "accepted" | "rejected" | "missing" | "open";
  delta: number;
  missing: number;
}

/**
 * Goes through the pairs in the order of the plan, up to where the outcome is certain: too many pairs cannot vote, or the tally no
 * longer stands open. What comes after that row cannot change it, so the outcome is the same however large the
 * waves are, and for whatever the rows that were not asked would have given, missing ones included.
 */
function standingOf(evidence: Evidence, rule: Rule): Standing {
  const { candidate, other } = evidence.columns;
  const mostMissing = evidence.maxMissing * other.length + slack;
  const tally = rule.tally(evidence);
  let votes = 0;
  let missing = other.filter((value) => value === null).length;
  const outcomeSoFar = () => (missing > mostMissing ? "missing" : tally.standing());
  let outcome: Standing["outcome"] = outcomeSoFar();
  for (const [row, value] of candidate.entries()) {
    const there = other[row] ?? null;
    if (there === null) continue;
    if (value === null) {
      missing += 1;
      tally.skip(there);
    } else {
      votes += 1;
      tally.vote(value, there);
    }
    if (outcome === "open") outcome = outcomeSoFar();
  }
  const left = other.slice(candidate.length).filter((value) => value !== null).length;
  return {
    outcome: outcome === "open" && candidate.length === other.length ? "accepted" : outcome,
    delta: votes + left === 0 ? 0 : tally.delta(votes, left),
    missing,
  };
}

/** Nothing is decided where too many results are missing. */
export function missingVerdict(of: { missing: number; planned: number; maxMissing: number }): Verdict {
  const reason = `too many missing results: ${of.missing} of ${of.planned} tasks, maxMissing is ${of.maxMissing}`;
  return { accepted: false, decided: false, reason, delta: 0 };
}

/** The look and the verdict of a comparison that counts pair by pair, and ends as soon as its outcome is certain. */
export function decideInOrder(rule: Rule): {
  look(evidence: Evidence): "more" | "enough";
  decide(evidence: Evidence): Verdict;
} {
  return {
    look: (evidence) => (standingOf(evidence, rule).outcome === "open" ? "more" : "enough"),
    decide(evidence) {
      const { outcome, delta, missing } = standingOf(evidence, rule);
      const { columns, maxMissing } = evidence;
      if (outcome === "missing")
        return { ...missingVerdict({ missing, planned: columns.other.length, maxMissing }), delta };
      if (outcome === "open") return { accepted: false, decided: false, reason: "not enough evidence", delta };
      return { accepted: outcome === "accepted", decided: true, reason: rule.reason(outcome, evidence), delta };
    },
  };
}
