import type { Draw } from "../state/draw.ts";
import type { Values } from "../state/archive.ts";
import type { Evidence, Verdict } from "../state/evidence.ts";
import type { Policy } from "./policy.ts";

/** The tasks of a plan, as places among those of the stage, in the order they are to be rolled out. */
export interface Plan {
  order: string;
  tasks: number[];
}

/**
 * How two programs are compared. The policy owns the order of the tasks. The validator rolls out the plan in waves and
 * looks after each; on `enough` it stops, and completes the plan only where the candidate was accepted.
 */
export interface Acceptance extends Policy {
  /** Whether a candidate that does no better but has fewer tokens can be accepted for that. */
  readonly takesShorter: boolean;
  /** `other` are the scores of the program that the candidate is compared with, by place. */
  plan(other: Values, draw: Draw): Plan;
  look(evidence: Evidence): "more" | "enough";
  decide(evidence: Evidence): Verdict;
}

/** Sums of floats are compared with this much slack, so that ten tenths make one. */
const slack = 1e-9;

/** Behind all scores: a pair that cannot vote decides nothing. */
const lacking = 2;

/** The other's failures first: there a candidate must win, so that it is soon known when it cannot. */
function failsFirst(values: Values): Plan {
  const tasks = values.map((_, index) => index);
  return {
    order: "fails-first",
    tasks: tasks.toSorted((a, b) => (values[a] ?? lacking) - (values[b] ?? lacking) || a - b),
  };
}

function isShorter({ tokens }: Evidence): boolean {
  return tokens.candidate < tokens.other;
}

/** How a race stands, counted over all rows that were asked. */
interface Standing {
  outcome: "accepted" | "rejected" | "missing" | "open";
  gained: number;
  delta: number;
  missing: number;
}

/**
 * Goes through the pairs in the order of the plan, up to where the outcome is certain: too many pairs cannot vote, or the
 * candidate can no longer win. What comes after that row cannot change it, so the outcome is the same however large the
 * waves are, and for whatever the rows that were not asked would have given, missing ones included.
 */
function standingOf(evidence: Evidence, above: number): Standing {
  const { candidate, other } = evidence.columns;
  const mostMissing = evidence.maxMissing * other.length + slack;
  let [gained, votes] = [0, 0];
  let missing = other.filter((value) => value === null).length;
  let headroom = other.reduce<number>((sum, value) => sum + 1 - (value ?? 1), 0);
  const outcomeSoFar = () =>
    missing > mostMissing ? "missing" : gained + headroom > above + slack ? "open" : "rejected";
  let outcome: Standing["outcome"] = outcomeSoFar();
  for (const [row, value] of candidate.entries()) {
    const there = other[row] ?? null;
    if (there === null) continue;
    headroom -= 1 - there;
    if (value === null) missing += 1;
    else [gained, votes] = [gained + value - there, votes + 1];
    if (outcome === "open") outcome = outcomeSoFar();
  }
  const isComplete = candidate.length === other.length;
  const pairs = votes + other.slice(candidate.length).filter((value) => value !== null).length;
  return {
    outcome: outcome === "open" && isComplete ? "accepted" : outcome,
    gained,
    delta: pairs === 0 ? 0 : (gained + headroom) / pairs,
    missing,
  };
}

/** Nothing is decided where too many results are missing. */
export function missingVerdict(of: { missing: number; planned: number; maxMissing: number }): Verdict {
  const reason = `too many missing results: ${of.missing} of ${of.planned} tasks, maxMissing is ${of.maxMissing}`;
  return { accepted: false, decided: false, reason, delta: 0 };
}

interface Bound extends Pick<Acceptance, "name" | "version" | "takesShorter"> {
  above(evidence: Evidence): number;
}

/** What the candidate needs at the end, as a sum of scores above the other's: more than `above`. Missing pairs do not vote. */
function createBound({ name, version, takesShorter, above }: Bound): Acceptance {
  return {
    name,
    version,
    takesShorter,
    plan: failsFirst,
    look: (evidence) => (standingOf(evidence, above(evidence)).outcome === "open" ? "more" : "enough"),
    decide(evidence) {
      const { outcome, gained, delta, missing } = standingOf(evidence, above(evidence));
      const { candidate, other } = evidence.columns;
      const verdict = (reason: string) => ({
        accepted: outcome === "accepted",
        decided: outcome === "accepted" || outcome === "rejected",
        reason,
        delta,
      });
      if (outcome === "open") return verdict("not enough evidence");
      if (outcome === "missing")
        return { ...missingVerdict({ missing, planned: other.length, maxMissing: evidence.maxMissing }), delta };
      if (outcome === "rejected")
        return verdict(candidate.length === other.length ? "no improvement" : "cannot improve any more");
      if (gained > slack) return verdict("improved");
      return verdict(isShorter(evidence) ? "no worse with fewer tokens" : "no worse, and better on what was replayed");
    },
  };
}

/**
 * Strictly better on the sum over all validation tasks that both have a result for. Rejects exactly as early as that is certain: the race ends when
 * passing every remaining task would not be enough (04-peers, "Exact early-reject gate"). The verdict is the one the full
 * evaluation would give.
 */
export const strictAcceptance: Acceptance = createBound({
  name: "acceptance.strict",
  version: 2,
  takesShorter: false,
  above: () => 0,
});

/**
 * As strict; a candidate with fewer tokens, or one that repairs more replayed tasks than it breaks, need only not be worse.
 * So pruning and merging can pass, and edits for rare tasks that validation hardly holds (06-embedded-world, pitfall 1).
 */
export const noWorseAcceptance: Acceptance = createBound({
  name: "acceptance.no-worse",
  version: 3,
  takesShorter: true,
  above: (evidence) => (isShorter(evidence) || (evidence.gain ?? 0) > 0 ? -2 * slack : 0),
});

/** No worse on the sum over all tasks of the stage; rejects as early as that is certain. */
export const atLeastAcceptance: Acceptance = createBound({
  name: "acceptance.at-least",
  version: 1,
  takesShorter: false,
  above: () => -2 * slack,
});

/**
 * As strict, but all tasks are asked in their order whatever the outcome: for those whose results are learned from, which an early end would
 * select.
 */
export const wholeAcceptance: Acceptance = {
  ...strictAcceptance,
  name: "acceptance.whole",
  version: 1,
  plan: (other) => ({ order: "given", tasks: [...other.keys()] }),
  look: ({ columns }) => (columns.candidate.length === columns.other.length ? "enough" : "more"),
};
