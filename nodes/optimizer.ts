import { z } from "zod";
import type { EditBudget, Proposer } from "../analysts/analyst.ts";
import type { Acceptance } from "../policies/acceptance.ts";
import type { EditSchedule } from "../policies/edit-budget.ts";
import { recall } from "../policies/policy.ts";
import type { RejectedEdits } from "../policies/rejected-edits.ts";
import { applyEdits } from "../skills/edits.ts";
import type { RunState } from "../state/channels.ts";
import { createDraw } from "../state/draw.ts";
import { EditError, PartError } from "../state/errors.ts";
import type { Hash } from "../state/json.ts";
import { Draft, Edit, type Candidate } from "../state/program.ts";
import { tokensIn } from "../state/usage.ts";
import { withCalls } from "../models/calls.ts";
import type { Ledger } from "../stores/ledger/ledger.ts";
import type { Payload } from "../stores/payload/payload.ts";
import type { RolloutArchive } from "../stores/payload/rollout-archive.ts";
import { emit, studyOf, type RunNode } from "./node.ts";

const Edits = z.array(Edit);

interface Needs {
  proposer: Proposer;
  edits: EditSchedule;
  rejected: RejectedEdits;
  acceptance: Pick<Acceptance, "takesShorter">;
  payload: Payload;
  archive: RolloutArchive;
  ledger: Ledger;
}

/** Turns deficiencies into candidates: bounded edits of the parent, each draft applied as a whole. */
export function createOptimizer(needs: Needs): RunNode {
  const { proposer, payload, archive } = needs;
  return async function optimizer(state, runtime) {
    const { parent } = state;
    if (state.deficiencies.length === 0) return { candidates: [] };
    const skills = await payload.program(parent);
    const replay = await archive.study(state.replay, { suite: state.suites.train, seen: state.seen });
    const budget = await editBudget(needs, state);
    const { generation } = state;
    const work = studyOf(runtime, { part: "optimizer", generation, ledger: needs.ledger });
    const { value: proposal, cost } = await withCalls(work, () =>
      proposer.propose(state.deficiencies, skills, replay.slice(-state.settings.replay), budget),
    );
    const candidates: Candidate[] = [];
    for (const draft of proposal.drafts) {
      try {
        const candidate = await apply(payload, parent, checkDraft(draft, budget));
        const [{ program }, { operator }] = [candidate, draft.origin];
        candidates.push(candidate);
        emit(runtime, { type: "candidate-made", generation, program, operator, edits: draft.edits.length });
      } catch (error) {
        if (!(error instanceof EditError || error instanceof PartError)) throw error;
        emit(runtime, { type: "draft-refused", generation, message: error.message });
      }
    }
    return { candidates, spent: { simulations: proposal.simulations, tokens: tokensIn(cost) } };
  };
}

async function editBudget(
  { edits, rejected, acceptance, payload }: Needs,
  { settings, generation, memories }: RunState,
): Promise<EditBudget> {
  const lists = rejected.decide(null, recall(rejected, memories));
  const turnedDown = await Promise.all(lists.map((hash) => payload.json(hash, Edits)));
  return {
    edits: edits.decide({ generation, settings }, recall(edits, memories)),
    rejected: turnedDown.flat(),
    takesShorter: acceptance.takesShorter,
    draw: createDraw(settings.seed, generation, "propose"),
  };
}

/** Holds a proposer to its contract. */
function checkDraft(given: unknown, budget: EditBudget): Draft {
  const draft = Draft.safeParse(given);
  if (!draft.success) throw new PartError(`A proposer returned an invalid draft: ${z.prettifyError(draft.error)}`);
  const { edits } = draft.data;
  if (edits.length <= budget.edits) return draft.data;
  throw new PartError(
    `The draft has ${edits.length} edits; this generation allows ${budget.edits}. Propose fewer, or raise the setting "edits".`,
  );
}

/** The draft as a candidate. All of its edits fit the parent, or an EditError says which does not. */
async function apply(payload: Payload, parent: Hash, { edits, origin }: Draft): Promise<Candidate> {
  const edited = applyEdits(await payload.program(parent), edits);
  const program = await payload.putProgram(edited);
  return { parents: [parent], program, edits: await payload.putJson(edits), origin, extra: {} };
}
