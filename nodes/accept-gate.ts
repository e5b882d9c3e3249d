import { interrupt } from "@langchain/langgraph";
import type { Acceptance } from "../policies/acceptance.ts";
import { countEvidence, lacksResults, meanScore } from "../policies/scores.ts";
import { diffPrograms } from "../skills/diff.ts";
import { Approval, type ApprovalRequest } from "../state/approval.ts";
import type { RunState } from "../state/channels.ts";
import type { Ranked, Verdict } from "../state/evidence.ts";
import type { Hash } from "../state/json.ts";
import type { Candidate } from "../state/program.ts";
import type { Ledger } from "../stores/ledger/ledger.ts";
import type { Payload } from "../stores/payload/payload.ts";
import { emit, type RunNode } from "./node.ts";

interface Needs {
  acceptance: Acceptance;
  payload: Pick<Payload, "program">;
  ledger: Pick<Ledger, "forget">;
}

/**
 * Keeps the candidate or drops it. The only node that writes `head`, so every change of the program has exactly one verdict.
 * Under the setting `approve` it interrupts the graph before it accepts, and goes by what a person answers. A candidate that
 * too many missing results leave undecided is dropped; as nothing was decided on what failed, the ledger forgets that it did.
 */
export function createAcceptGate({ acceptance, payload, ledger }: Needs): RunNode {
  return async function acceptGate(state, runtime) {
    const { candidate, evidence, generation, settings } = state;
    const decided = evidence === null ? undecided(state) : acceptance.decide(evidence);
    const asks = settings.approve && decided.accepted && candidate !== null;
    const verdict = asks
      ? answered(decided, ask(await requestFor({ state, candidate, verdict: decided, payload })))
      : decided;
    const head = verdict.accepted && candidate !== null ? candidate.program : state.head;
    const counts = evidence === null ? null : countEvidence(evidence);
    if (lacksResults(verdict, counts)) await ledger.forget();
    const { asked, planned, missing } = counts ?? { asked: 0, planned: 0, missing: 0 };
    emit(runtime, { type: "verdict", generation, verdict, asked, planned, missing });
    return { verdict, head, best: bestOf(state, { head, verdict }) };
  };
}

interface Question {
  payload: Needs["payload"];
  state: RunState;
  candidate: Candidate;
  verdict: Verdict;
}

async function requestFor({ state, candidate, verdict, payload }: Question): Promise<ApprovalRequest> {
  const { generation, evidence } = state;
  const { program, origin } = candidate;
  const [parent] = candidate.parents as [Hash];
  return {
    question: `Accept the candidate of generation ${generation}?`,
    generation,
    candidate: { program, parent, operator: origin.operator, target: origin.target },
    evidence: evidence === null ? null : countEvidence(evidence),
    verdict,
    diff: diffPrograms(await payload.program(parent), await payload.program(program)),
  };
}

/** Ends this attempt of the node unless it was answered. What is no answer is refused, and can be given again. */
function ask(request: ApprovalRequest): Approval {
  return interrupt<ApprovalRequest, Approval>(request, { responseSchema: Approval });
}

function answered(verdict: Verdict, answer: Approval): Verdict {
  const { accept, because } = typeof answer === "boolean" ? { accept: answer, because: undefined } : answer;
  const why = because === undefined ? "" : `: ${because}`;
  if (accept) return { ...verdict, reason: `${verdict.reason}, approved${why}` };
  return { ...verdict, accepted: false, reason: `turned down by a person${why}` };
}

/** Why there is nothing to decide about. */
function undecided({ candidates, findings }: RunState): Verdict {
  const blocked = new Set(findings.filter(({ severity }) => severity === "block").map(({ program }) => program));
  const isBlocked = candidates.length > 0 && candidates.every(({ program }) => blocked.has(program));
  const reason = candidates.length === 0 ? "no candidate" : isBlocked ? "blocked by the guard" : "budget spent";
  return { accepted: false, decided: isBlocked, reason, delta: 0 };
}

/** Differences of means are taken for none within this much. */
const slack = 1e-9;

/**
 * On a tie the best keeps its place, unless the gate has just preferred the head. Against the program it was measured with,
 * the pairs say which is better; their means may be of different tasks, where results are missing. Its own score follows the
 * validation tasks in use. Unmeasured, the head is the best.
 */
function bestOf(
  { best, columns, generation, head: before }: RunState,
  { head, verdict }: { head: Hash; verdict: Verdict },
): Ranked {
  const score = meanScore(columns.find(({ program }) => program === head)?.values ?? []);
  if (head === best.program) return score === null ? best : { ...best, score };
  if (score === null) return best.score === null ? { program: head, score, generation } : best;
  const isPaired = verdict.accepted && before === best.program;
  const gained = isPaired ? verdict.delta : score - (best.score ?? 0);
  const isBetter = best.score === null || gained > slack || (verdict.accepted && gained >= -slack);
  return isBetter ? { program: head, score, generation } : best;
}
