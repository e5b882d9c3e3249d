import type { LangGraphRunnableConfig } from "@langchain/langgraph";
import { z } from "zod";
import type { Proposer } from "../analysts/analyst.ts";
import type { EditSchedule } from "../policies/edit-budget.ts";
import { recall } from "../policies/policy.ts";
import type { RejectedEdits } from "../policies/rejected-edits.ts";
import { applyEdits } from "../skills/edits.ts";
import type { RunState } from "../state/channels.ts";
import { createDraw } from "../state/draw.ts";
import { EditError } from "../state/errors.ts";
import type { Hash } from "../state/json.ts";
import { Edit, type Candidate, type Draft } from "../state/program.ts";
import type { Payload } from "../stores/payload.ts";
import type { RolloutArchive } from "../stores/rollout-archive.ts";
import { emit, type RunNode } from "./node.ts";

const Edits = z.array(Edit);

interface Needs {
  proposer: Proposer;
  edits: EditSchedule;
  rejected: RejectedEdits;
  payload: Payload;
  archive: RolloutArchive;
}

/** Turns deficiencies into candidates: bounded edits of the parent, each draft applied as a whole. */
export function createOptimizer(needs: Needs): RunNode {
  const { proposer, payload, archive } = needs;
  return async function optimizer(state, runtime) {
    const parent = state.parent ?? state.head;
    if (state.deficiencies.length === 0) return { candidates: [], spent: { rollouts: 0, simulations: 0 } };
    const skills = await payload.program(parent);
    const replay = await archive.study(state.replay, { suite: state.suites.train, seen: state.seen });
    const budget = await editBudget(needs, state);
    const proposal = await proposer.propose(state.deficiencies, skills, replay.slice(-state.settings.replay), budget);
    const candidates: Candidate[] = [];
    for (const draft of proposal.drafts) {
      const candidate = await apply(needs, { parent, draft, generation: state.generation }, runtime);
      if (candidate !== null) candidates.push(candidate);
    }
    return { candidates, spent: { rollouts: 0, simulations: proposal.simulations } };
  };
}

async function editBudget({ edits, rejected, payload }: Needs, { settings, generation, memories }: RunState) {
  const lists = rejected.decide(null, recall(rejected, memories));
  const turnedDown = await Promise.all(lists.map((hash) => payload.json(hash, Edits)));
  return {
    edits: edits.decide({ generation, settings }, recall(edits, memories)),
    rejected: turnedDown.flat(),
    draw: createDraw(settings.seed, generation, "propose"),
  };
}

interface Attempt {
  parent: Hash;
  draft: Draft;
  generation: number;
}

/** The draft as a candidate; null, and said, where its edits do not fit the parent. */
async function apply(
  { payload }: Needs,
  attempt: Attempt,
  runtime: LangGraphRunnableConfig,
): Promise<Candidate | null> {
  const { parent, draft, generation } = attempt;
  try {
    const edited = applyEdits(await payload.program(parent), draft.edits);
    const [program, edits] = [await payload.putProgram(edited), await payload.putJson(draft.edits)];
    emit(runtime, {
      type: "candidate-made",
      generation,
      program,
      operator: draft.origin.operator,
      edits: draft.edits.length,
    });
    return { parents: [parent], program, edits, origin: draft.origin, extra: {} };
  } catch (error) {
    if (!(error instanceof EditError)) throw error;
    emit(runtime, { type: "draft-refused", generation, operator: draft.origin.operator, message: error.message });
    return null;
  }
}
