import type { Acceptance } from "../policies/acceptance.ts";
import { meanScore } from "../policies/scores.ts";
import type { RunState } from "../state/channels.ts";
import type { Ranked, Verdict } from "../state/evidence.ts";
import type { RunNode } from "./node.ts";

/** Keeps the candidate or drops it. The only node that writes `head`, so every change of the program has exactly one verdict. */
export function createAcceptGate({ acceptance }: { acceptance: Acceptance }): RunNode {
  return function acceptGate(state) {
    const verdict = state.evidence === null ? undecided(state) : acceptance.decide(state.evidence);
    const head = verdict.accepted && state.candidate !== null ? state.candidate.program : state.head;
    return { verdict, head, best: bestOf(state, head) };
  };
}

function undecided({ candidates, findings }: RunState): Verdict {
  const blocked =
    candidates.length > 0 &&
    candidates.every(({ program }) =>
      findings.some((finding) => finding.program === program && finding.severity === "block"),
    );
  const reason = candidates.length === 0 ? "no candidate" : blocked ? "blocked by the guard" : "budget spent";
  return { accepted: false, reason, delta: 0 };
}

function bestOf({ best, columns, generation }: RunState, head: string): Ranked {
  const score = meanScore(columns.find(({ program }) => program === head)?.values ?? []);
  if (score === null) return best;
  if (best.score === null && head === best.program) return { ...best, score };
  return best.score === null || score > best.score ? { program: head, score, generation } : best;
}
