import type { LangGraphRunnableConfig } from "@langchain/langgraph";
import { z } from "zod";
import type { EditBudget, PatchWorker, Proposal, Proposer } from "../analysts/analyst.ts";
import type { BatchTask, Drafting, DraftPlan } from "../policies/drafting.ts";
import type { EditSchedule } from "../policies/edit-budget.ts";
import { recall } from "../policies/policy.ts";
import type { RejectedEdits } from "../policies/rejected-edits.ts";
import type { Tried } from "../policies/tried.ts";
import type { Trial } from "../policies/trial.ts";
import { applyEdits } from "../skills/edits.ts";
import type { SkillFolder } from "../skills/folder.ts";
import { touchesLessons } from "../skills/lessons.ts";
import { mergePrograms } from "../skills/merge.ts";
import { mainObjective, memberOf } from "../state/archive.ts";
import type { RunState } from "../state/channels.ts";
import { createDraw } from "../state/draw.ts";
import { EditError, PartError, StateError } from "../state/errors.ts";
import type { Hash } from "../state/json.ts";
import { Draft, EditList, type Candidate, type RejectedEdit } from "../state/program.ts";
import { tokensIn } from "../state/usage.ts";
import { withCalls } from "../models/calls.ts";
import type { Ledger } from "../stores/ledger/ledger.ts";
import type { Payload } from "../stores/payload/payload.ts";
import type { RolloutArchive } from "../stores/payload/rollout-archive.ts";
import { batchOf, type Evidence } from "./drafting/evidence.ts";
import { draftMerged, type Study } from "./drafting/merged-draft.ts";
import { emit, studyOf, type RunNode } from "./node.ts";
import { openArchive } from "./trial/columns.ts";

interface Needs {
  proposer: Proposer & PatchWorker;
  drafting: Drafting;
  edits: EditSchedule;
  rejected: RejectedEdits;
  tried: Tried;
  trial: Pick<Trial, "takesShorter">;
  payload: Payload;
  archive: RolloutArchive;
  ledger: Ledger;
}

/** Turns the findings of the batch into candidates: bounded edits of the parent, each draft applied as a whole. */
export function createOptimizer(needs: Needs): RunNode {
  const { payload, archive, ledger } = needs;
  return async function optimizer(state, runtime) {
    const { generation, settings, suites, seen, rollouts } = state;
    const [parent, other] = state.parents;
    if (parent === undefined) return { candidates: [] };
    if (other !== undefined) return { candidates: await merged(payload, state, [parent, other], runtime) };
    const from = { suite: suites.train, seen };
    const batch = rollouts === null ? [] : batchOf(await archive.study([rollouts], from));
    const draw = createDraw(settings.seed, generation, "drafting");
    const plan = needs.drafting.decide({ batch, settings }, recall(needs.drafting, state.memories), draw);
    if (plan === null && state.deficiencies.length === 0) return { candidates: [] };
    const skills = await payload.program(parent);
    const replay = await archive.study(state.replay, from);
    const evidence = { deficiencies: state.deficiencies, replay: replay.slice(-settings.replay) };
    const budget = await editBudget(needs, state);
    let tokens = 0;
    const study: Study = async (part, work) => {
      const { value, cost } = await withCalls(studyOf(runtime, { part, generation, ledger }), work);
      tokens += tokensIn(cost);
      return value;
    };
    const refuse = (error: unknown) => {
      if (!(error instanceof EditError || error instanceof PartError)) throw error;
      emit(runtime, { type: "draft-refused", generation, message: error.message });
    };
    const all = { evidence, skills, budget, study };
    const proposal = await (plan === null
      ? oneByOne(needs, { ...all, state })
      : fromGroups(needs, { ...all, state, plan, batch, refuse }));
    const limit = plan?.rewrites === true ? Infinity : budget.edits;
    const candidates: Candidate[] = [];
    for (const draft of proposal.drafts) {
      try {
        const candidate = await apply(payload, parent, checkDraft(draft, limit));
        const [{ program }, { operator }] = [candidate, draft.origin];
        if (candidates.some((made) => made.program === program))
          throw new PartError("The draft results in the same program as another one of this generation.");
        candidates.push(candidate);
        emit(runtime, { type: "candidate-made", generation, program, operator, edits: draft.edits.length });
      } catch (error) {
        refuse(error);
      }
    }
    return { candidates, spent: { simulations: proposal.simulations, tokens } };
  };
}

/**
 * As many drafts as candidates are measured. A proposer that gives fewer is asked again, with what it gave before among the rejected edits, until
 * it gives none.
 */
async function oneByOne(
  { proposer }: Needs,
  { state: { settings, generation }, evidence, skills, budget, study }: Omit<Grouping, "plan" | "batch" | "refuse">,
): Promise<Proposal> {
  const drafts: Draft[] = [];
  let simulations = 0;
  for (let call = 1; drafts.length < settings.candidates; call += 1) {
    // What is no draft is refused later.
    const given = drafts.flatMap((draft) => Draft.safeParse(draft).data?.edits ?? []);
    const own = {
      ...budget,
      rejected: [...budget.rejected, ...given],
      draw: call === 1 ? budget.draw : createDraw(settings.seed, generation, `propose/${call}`),
    };
    const part = call === 1 ? "optimizer" : `optimizer/${call}`;
    const found = await study(part, () => proposer.propose(evidence.deficiencies, skills, evidence.replay, own));
    simulations += found.simulations;
    drafts.push(...found.drafts);
    if (found.drafts.length === 0) break;
  }
  return { drafts, simulations };
}

interface Grouping {
  state: RunState;
  plan: DraftPlan;
  batch: readonly BatchTask[];
  evidence: Evidence;
  skills: readonly SkillFolder[];
  budget: EditBudget;
  study: Study;
  refuse(error: unknown): void;
}

/** One draft from several groups. Each group may propose as many edits as the setting `edits` allows, regardless of the schedule [C]. */
function fromGroups(
  { proposer, edits }: Needs,
  { state: { settings, generation }, plan, batch, evidence, skills, budget, study, refuse }: Grouping,
): Promise<Proposal> {
  return draftMerged({
    plan,
    batch,
    evidence,
    skills,
    study,
    proposer,
    most: budget.edits,
    isChosen: edits.isChosen === true,
    budgetOf: (part) => ({
      ...budget,
      edits: settings.edits,
      draw: createDraw(settings.seed, generation, `propose/${part}`),
    }),
    usable(given) {
      try {
        const draft = checkDraft(given, settings.edits);
        applyEdits(skills, draft.edits);
        return withoutLessons(draft, skills);
      } catch (error) {
        refuse(error);
        return undefined;
      }
    },
  });
}

/** Without the edits that change the lessons, which only a reflector writes. */
function withoutLessons(draft: Draft, skills: readonly SkillFolder[]): Draft {
  const edits = draft.edits.filter((edit) => !touchesLessons(skills, edit));
  if (edits.length > 0) return { ...draft, edits };
  throw new PartError("The draft changes only the lessons of past epochs, which only a reflector may write.");
}

/** Both parents merged relative to their ancestor. What both changed comes from the one with the higher mean; a draw decides between equals. */
async function merged(
  payload: Payload,
  state: RunState,
  parents: [Hash, Hash],
  runtime: LangGraphRunnableConfig,
): Promise<Candidate[]> {
  const { generation, settings, ancestor } = state;
  if (ancestor === null)
    throw new StateError(
      "Two programs cannot be merged without a common ancestor; the selection policy returned none.",
    );
  const { members } = await openArchive({ ...state, columns: [] }, payload);
  const scoreOf = (program: Hash) => memberOf(members, program)?.means[mainObjective] ?? 0;
  const [one, other] = parents;
  const lead = scoreOf(one) - scoreOf(other);
  const isTurned = lead === 0 ? createDraw(settings.seed, generation, "merge")(0) < 0.5 : lead < 0;
  const [preferred, second] = isTurned ? [other, one] : [one, other];
  const [from, first, another] = await Promise.all(
    [ancestor, preferred, second].map((program) => payload.program(program)),
  );
  const program = await payload.putProgram(mergePrograms(from ?? [], first ?? [], another ?? []));
  const origin = { operator: "merge", target: "sections", features: {} };
  emit(runtime, { type: "candidate-made", generation, program, operator: origin.operator, edits: 0 });
  return [
    {
      parents: [preferred, second],
      program,
      edits: await payload.putJson([]),
      origin,
      extra: { ancestor },
    },
  ];
}

async function editBudget(
  { edits, rejected, tried, trial, payload }: Needs,
  { settings, suites, generation, epoch, guidance, memories }: RunState,
): Promise<EditBudget> {
  const lists = rejected.decide({ epoch: epoch?.number ?? null }, recall(rejected, memories));
  const { refusals } = tried.decide(recall(tried, memories));
  const reasonOf = new Map(refusals.map((each) => [each.edits, each.reason]));
  const turnedDown = await Promise.all(
    [...new Set([...reasonOf.keys(), ...lists])].map(async (hash) => {
      const reason = reasonOf.get(hash);
      const known = await payload.json(hash, EditList);
      return reason === undefined ? known : known.map((edit): RejectedEdit => ({ ...edit, reason }));
    }),
  );
  return {
    edits: edits.decide({ generation, settings, train: suites.train.size }, recall(edits, memories)),
    rejected: turnedDown.flat(),
    takesShorter: trial.takesShorter,
    ...(guidance === null ? {} : { guidance: await payload.json(guidance, z.string()) }),
    draw: createDraw(settings.seed, generation, "propose"),
  };
}

/** Holds a proposer to its contract. */
function checkDraft(given: unknown, limit: number): Draft {
  const draft = Draft.safeParse(given);
  if (!draft.success) throw new PartError(`A proposer returned an invalid draft: ${z.prettifyError(draft.error)}`);
  const { edits } = draft.data;
  if (edits.length <= limit) return draft.data;
  throw new PartError(
    `The draft has ${edits.length} edits; this generation allows ${limit}. Propose fewer, or raise the setting "edits".`,
  );
}

/** The draft as a candidate. All of its edits fit the parent, or an EditError says which does not. */
async function apply(payload: Payload, parent: Hash, { edits, origin }: Draft): Promise<Candidate> {
  const edited = applyEdits(await payload.program(parent), edits);
  const program = await payload.putProgram(edited);
  return { parents: [parent], program, edits: await payload.putJson(edits), origin, extra: {} };
}
