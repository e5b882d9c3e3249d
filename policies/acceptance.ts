import type { Draw } from "../state/draw.ts";
import type { Column, Evidence, Verdict } from "../state/evidence.ts";
import type { Policy } from "./policy.ts";

/** The tasks of a plan, as places in the incumbent's column, in the order they are to be rolled out. */
export interface Plan {
  order: string;
  tasks: number[];
}

/**
 * How the accept gate decides. The policy owns the order of the tasks. The validator rolls out the plan in waves and
 * looks after each; on `enough` it stops, and completes the plan only where the candidate was accepted.
 */
export interface Acceptance extends Policy {
  /** `none` decides without rollouts: the plan is not asked for. */
  readonly against: "incumbent" | "none";
  /** Whether a candidate that does no better but has fewer tokens can be accepted for that. */
  readonly takesShorter: boolean;
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

/** The incumbent's failures first: there a candidate must win, so that it is soon known when it cannot. */
function failsFirst({ values }: Column): Plan {
  const tasks = values.map((_, index) => index);
  return { order: "fails-first", tasks: tasks.toSorted((a, b) => (values[a] ?? 1) - (values[b] ?? 1) || a - b) };
}

function isShorter({ tokens }: Evidence): boolean {
  return tokens.candidate < tokens.other;
}

interface Bound extends Pick<Acceptance, "name" | "version" | "takesShorter"> {
  above(evidence: Evidence): number;
}

/** What the candidate needs at the end, as a sum of scores above the incumbent's: more than `above`. */
function createBound({ name, version, takesShorter, above }: Bound): Acceptance {
  const canReach = (evidence: Evidence) => {
    const { gained, headroom } = sums(evidence);
    return gained + headroom > above(evidence) + slack;
  };
  return {
    name,
    version,
    against: "incumbent",
    takesShorter,
    plan: failsFirst,
    look: (evidence) => (canReach(evidence) ? "more" : "enough"),
    decide(evidence) {
      const { gained, headroom, rows } = sums(evidence);
      const delta = rows === 0 ? 0 : (gained + headroom) / rows;
      const isComplete = evidence.columns.candidate.length === rows;
      if (!canReach(evidence)) {
        return {
          accepted: false,
          decided: true,
          reason: isComplete ? "no improvement" : "cannot improve any more",
          delta,
        };
      }
      if (!isComplete) return { accepted: false, decided: false, reason: "undecided", delta };
      return {
        accepted: true,
        decided: true,
        reason:
          gained > slack
            ? "improved"
            : isShorter(evidence)
              ? "no worse with fewer tokens"
              : "no worse, and better on what was replayed",
        delta,
      };
    },
  };
}

/**
 * Strictly better on the sum over all validation tasks. Rejects exactly as early as that is certain: the race ends when
 * passing every remaining task would not be enough (04-peers, "Exact early-reject gate"). The verdict is the one the full
 * evaluation would give.
 */
export const strictAcceptance: Acceptance = createBound({
  name: "acceptance.strict",
  version: 1,
  takesShorter: false,
  above: () => 0,
});

/**
 * As strict; a candidate with fewer tokens, or one that repairs more replayed tasks than it breaks, need only not be worse.
 * So pruning and merging can pass, and edits for rare tasks that validation hardly holds (06-embedded-world, pitfall 1).
 */
export const noWorseAcceptance: Acceptance = createBound({
  name: "acceptance.no-worse",
  version: 2,
  takesShorter: true,
  above: (evidence) => (isShorter(evidence) || (evidence.gain ?? 0) > 0 ? -2 * slack : 0),
});

/** Takes every candidate without a look: the control arm without a gate. */
export const alwaysAcceptance: Acceptance = {
  name: "acceptance.always",
  version: 1,
  against: "none",
  takesShorter: false,
  plan: () => ({ order: "none", tasks: [] }),
  look: () => "enough",
  decide: () => ({ accepted: true, decided: true, reason: "accepted without a look", delta: 0 }),
};
