import type { Acceptance } from "../policies/acceptance.ts";
import { meanScore } from "../policies/scores.ts";
import type { RunState } from "../state/channels.ts";
import type { Ranked, Verdict } from "../state/evidence.ts";
import type { Hash } from "../state/json.ts";
import { emit, type RunNode } from "./node.ts";

/** Keeps the candidate or drops it. The only node that writes `head`, so every change of the program has exactly one verdict. */
export function createAcceptGate({ acceptance }: { acceptance: Acceptance }): RunNode {
  return function acceptGate(state, runtime) {
    const { candidate, evidence, generation } = state;
    const verdict = evidence === null ? undecided(state) : acceptance.decide(evidence);
    const head = verdict.accepted && candidate !== null ? candidate.program : state.head;
    const [asked, planned] = [evidence?.columns.candidate.length ?? 0, evidence?.columns.task.length ?? 0];
    emit(runtime, { type: "verdict", generation, verdict, asked, planned });
    return { verdict, head, best: bestOf(state, { head, isAccepted: verdict.accepted }) };
  };
}

/** Why there is nothing to decide about. */
function undecided({ candidates, findings }: RunState): Verdict {
  const blocked = new Set(findings.filter(({ severity }) => severity === "block").map(({ program }) => program));
  const isBlocked = candidates.length > 0 && candidates.every(({ program }) => blocked.has(program));
  const reason = candidates.length === 0 ? "no candidate" : isBlocked ? "blocked by the guard" : "budget spent";
  return { accepted: false, decided: isBlocked, reason, delta: 0 };
}

/**
 * On a tie the best keeps its place, unless the gate has just preferred the head. Its own score follows the validation tasks
 * in use. Unmeasured, the head is the best.
 */
function bestOf(
  { best, columns, generation }: RunState,
  { head, isAccepted }: { head: Hash; isAccepted: boolean },
): Ranked {
  const score = meanScore(columns.find(({ program }) => program === head)?.values ?? []);
  if (head === best.program) return score === null ? best : { ...best, score };
  if (score === null) return best.score === null ? { program: head, score, generation } : best;
  const isBetter = best.score === null || score > best.score || (isAccepted && score === best.score);
  return isBetter ? { program: head, score, generation } : best;
}
