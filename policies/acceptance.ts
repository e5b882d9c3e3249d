import type { Draw } from "../state/draw.ts";
import type { Column, Evidence, Verdict } from "../state/evidence.ts";
import type { Policy } from "./policy.ts";

/** The tasks of a plan, as places in the incumbent's column, in the order they are to be rolled out. */
export interface Plan {
  suite: "validation";
  against: Evidence["against"];
  order: string;
  tasks: number[];
}

/**
 * How the accept gate decides. The policy owns the order of the tasks. The validator rolls out the plan in waves and
 * looks after each; on `enough` it stops, and completes the plan only where the candidate was accepted.
 */
export interface Acceptance extends Policy {
  plan(incumbent: Column, draw: Draw): Plan;
  look(evidence: Evidence): "more" | "enough";
  decide(evidence: Evidence): Verdict;
}

/** A missing result counts against the candidate: its own as 0, the other's as 1. */
function sums({ columns }: Evidence): { gained: number; headroom: number; rows: number } {
  const { candidate, other } = columns;
  const gained = candidate.reduce<number>((sum, value, row) => sum + (value ?? 0) - (other[row] ?? 1), 0);
  const headroom = other.slice(candidate.length).reduce<number>((sum, value) => sum + 1 - (value ?? 1), 0);
  return { gained, headroom, rows: other.length };
}

/** Sums of floats are compared with this much slack, so that ten tenths make one. */
const slack = 1e-9;

/**
 * Strictly better on the sum over all validation tasks. Rejects exactly as early as that is certain: the incumbent's
 * failures come first, and the race ends when passing every remaining task would not be enough (04-peers, "Exact
 * early-reject gate"). The verdict is the one the full evaluation would give.
 */
export const strictAcceptance: Acceptance = {
  name: "acceptance.strict",
  version: 1,
  plan({ values }) {
    const tasks = values.map((_, index) => index);
    return {
      suite: "validation",
      against: "incumbent",
      order: "fails-first",
      tasks: tasks.toSorted((a, b) => (values[a] ?? 1) - (values[b] ?? 1) || a - b),
    };
  },
  look(evidence) {
    const { gained, headroom } = sums(evidence);
    return gained + headroom > slack ? "more" : "enough";
  },
  decide(evidence) {
    const { gained, headroom, rows } = sums(evidence);
    const delta = rows === 0 ? 0 : (gained + headroom) / rows;
    const isComplete = evidence.columns.candidate.length === rows;
    if (gained + headroom <= slack) {
      const reason = isComplete ? "no improvement" : "cannot improve any more";
      return { accepted: false, decided: true, reason, delta };
    }
    if (!isComplete) return { accepted: false, decided: false, reason: "undecided", delta };
    return { accepted: true, decided: true, reason: "improved", delta };
  },
};
