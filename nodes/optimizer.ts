import type { LangGraphRunnableConfig } from "@langchain/langgraph";
import type { Curator, EditBudget, FileEditor, PatchWorker, Proposal, Proposer, Reducer } from "../analysts/analyst.ts";
import type { ModelCards } from "../policies/cards/model-card.ts";
import type { Drafting, DraftPlan, NoPlan } from "../policies/drafting.ts";
import type { EditSchedule } from "../policies/edit-budget.ts";
import type { Episodes } from "../policies/episodes/episodes.ts";
import { clearOutcomes, type Failing } from "../policies/feedback/failing.ts";
import type { FeedbackHistory } from "../policies/feedback/feedback-history.ts";
import { recall } from "../policies/policy.ts";
import type { RejectedEdits } from "../policies/rejected-edits.ts";
import type { Tried } from "../policies/feedback/tried.ts";
import { lastTasks } from "../policies/samples.ts";
import type { Trial } from "../policies/trial.ts";
import type { SkillFolder } from "../skills/folder.ts";
import { touchesLessons } from "../skills/lessons.ts";
import { mergePrograms } from "../skills/merge.ts";
import { mainObjective, memberOf } from "../state/archive.ts";
import type { RunState } from "../state/channels.ts";
import type { CurationLog } from "../state/curation.ts";
import { createDraw } from "../state/draw.ts";
import { EditError, PartError, StateError } from "../state/errors.ts";
import type { Hash } from "../state/json.ts";
import { EditList, type Candidate } from "../state/program.ts";
import { tokensIn } from "../state/usage.ts";
import { withCalls } from "../models/calls.ts";
import type { Ledger } from "../stores/ledger/ledger.ts";
import { deficienciesOf, memoriesOf } from "../stores/payload/opened.ts";
import type { Payload } from "../stores/payload/payload.ts";
import type { RolloutArchive } from "../stores/payload/rollout-archive.ts";
import { chooseDraft } from "./drafting/alternatives.ts";
import { applyAll, usableIn, type DraftBounds } from "./drafting/applying.ts";
import { editBudget } from "./drafting/edit-budget.ts";
import { batchOf } from "./drafting/evidence.ts";
import { draftMerged, type GroupRules } from "./drafting/merged-draft.ts";
import { observedIn } from "./drafting/observed.ts";
import { aimed, keepsStart, needsDeficiencies, ofBatch, purposeOf, retire } from "./drafting/purpose.ts";
import { draftComposed } from "./drafting/composed-draft.ts";
import { draftCurated } from "./drafting/curated-draft.ts";
import { draftReduced } from "./drafting/reduced-draft.ts";
import { draftRefined } from "./drafting/refined-draft.ts";
import { draftSeparately } from "./drafting/separate-drafts.ts";
import type { DraftWork, Study } from "./drafting/work.ts";
import { emit, studyOf, type RunNode } from "./node.ts";
import { openArchive } from "./trial/columns.ts";

interface Needs {
  proposer: Proposer & PatchWorker & FileEditor & Reducer & Curator;
  drafting: Drafting;
  edits: EditSchedule;
  rejected: RejectedEdits;
  tried: Tried;
  failing: Failing;
  /** Which earlier proposals the proposer sees; without it, none. */
  history?: FeedbackHistory | undefined;
  trial: Pick<Trial, "takesShorter">;
  episodes?: Episodes | undefined;
  card?: ModelCards | undefined;
  payload: Payload;
  archive: RolloutArchive;
  ledger: Ledger;
}

/** Turns the findings of the batch into candidates: bounded edits of the parent, each draft applied as a whole. */
export function createOptimizer(needs: Needs): RunNode {
  const propose = createDrafting(needs);
  return async function optimizer(state, runtime) {
    return { curated: null, ...(await propose(state, runtime)) };
  };
}

/** What the plan of the drafting policy comes to. */
function createDrafting(needs: Needs): RunNode {
  const { payload, archive, ledger } = needs;
  return async function propose(state, runtime) {
    const { generation, settings, suites, seen, rollouts } = state;
    const [parent, other] = state.parents;
    if (parent === undefined || state.closing !== null) return { candidates: [] };
    if (other !== undefined) return { candidates: await merged(payload, state, [parent, other], runtime) };
    const from = { suite: suites.train, seen, without: state.episode?.later ?? [] };
    const batch = rollouts === null ? [] : batchOf(clearOutcomes(needs.failing, await archive.study([rollouts], from)));
    const draw = createDraw(settings.seed, generation, "drafting");
    const memories = await memoriesOf(state, payload);
    const observed = await observedIn(state, needs);
    const found = await deficienciesOf(state, payload);
    const of = { batch, settings, episode: state.episode, deficiencies: found, ...observed };
    const plan = needs.drafting.decide(of, recall(needs.drafting, memories), draw);
    if (plan.kind === "none" || (needsDeficiencies(plan) && found.length === 0)) return { candidates: [] };
    const skills = await payload.program(parent);
    const replay = clearOutcomes(needs.failing, lastTasks(await archive.study(state.replay, from), settings.replay));
    const nearMiss = await nearMissOf(plan, { parent, skills, payload });
    const { evidence, budget } = aimed(purposeOf(plan), {
      evidence: keepsStart(plan) ? ofBatch({ deficiencies: found, replay }, batch) : { deficiencies: found, replay },
      budget: await editBudget(needs, state, { memories, nearMiss, plan, skills, ...observed }),
      batch,
    });
    if (needsDeficiencies(plan) && evidence.deficiencies.length === 0) return { candidates: [] };
    if ((plan.kind === "merged" || plan.kind === "refined") && budget.scope !== "files") throw widePlan(needs);
    const refuse = (error: unknown) => {
      if (!(error instanceof EditError || error instanceof PartError)) throw error;
      emit(runtime, { type: "draft-refused", generation, message: error.message });
    };
    const usable = usableIn(skills, { limit: settings.edits, refuse });
    const drawFor = (part: string) => createDraw(settings.seed, generation, `propose/${part}`);
    const studies = createStudies((part) => studyOf(runtime, { part, generation, ledger }));
    const { proposer, edits, drafting } = needs;
    const editsOf = (hash: Hash) => payload.json(hash, EditList);
    const work = { proposer, evidence, skills, budget, nearMiss, editsOf, drawFor, batch, usable, ...studies };
    const groups = { perGroup: settings.edits, isChosen: edits.isChosen === true };
    const { drafts, simulations, curated } = await draftBy(plan, work, groups);
    for (const { problem } of curated?.calls ?? [])
      if (problem !== null) emit(runtime, { type: "draft-refused", generation, message: problem });
    const isRetry = nearMiss !== null;
    const made = await applyAll(drafts, { needs, parent, bounds: boundsOf(plan, work), isRetry, refuse });
    const context = { deficiencies: evidence.deficiencies, tasks: batch.length, edits: budget.edits, memories };
    const isChoice = plan.kind === "separate" && plan.areAlternatives === true && made.length > 0;
    const chosen = isChoice
      ? [chooseDraft(drafting, made, { ...context, draw: createDraw(settings.seed, generation, "choice") })]
      : made;
    const extra = extraOf(plan, state, budget);
    for (const { candidate, draft } of chosen) {
      const { program, origin } = candidate;
      const { operator } = origin;
      emit(runtime, { type: "candidate-made", generation, program, operator, edits: draft.edits.length });
    }
    return {
      candidates: chosen.map(({ candidate }) => ({ ...candidate, extra: { ...candidate.extra, ...extra } })),
      ...(curated === undefined ? {} : { curated: await payload.putJson(curated) }),
      spent: { simulations, tokens: studies.tokens() },
    };
  };
}

/** What candidates keep of a generation: the episode that they are tuned for, the size that they aim at, and what the plan says. */
function extraOf({ extra }: DraftPlan, { episode }: RunState, { granularity }: EditBudget): Candidate["extra"] {
  return {
    ...(episode?.tuned === true ? { episode: episode.number } : {}),
    ...(granularity === undefined ? {} : { granularity: granularity.tokens }),
    ...extra,
  };
}

/** Pieces of work, and the tokens that each took. */
function createStudies(placeOf: (part: string) => Parameters<typeof withCalls>[0]) {
  const spent = new Map<string, number>();
  const study: Study = async (part, work) => {
    const { value, cost } = await withCalls(placeOf(part), work);
    spent.set(part, tokensIn(cost));
    return value;
  };
  return {
    study,
    tokensOf: (part: string) => spent.get(part) ?? 0,
    tokens: () => [...spent.values()].reduce((sum, tokens) => sum + tokens, 0),
  };
}

async function draftBy(
  plan: Exclude<DraftPlan, NoPlan>,
  work: DraftWork,
  groups: GroupRules,
): Promise<Proposal & { curated?: CurationLog }> {
  if (plan.kind === "retire") return retire(plan);
  if (plan.kind === "reduced") return draftReduced(plan, work);
  if (plan.kind === "curated") return draftCurated(plan, work);
  if (plan.kind === "composed") return draftComposed(plan, work);
  if (plan.kind === "separate") return draftSeparately(plan, work);
  if (plan.kind === "refined") return draftRefined(plan, work);
  return draftMerged(plan, { ...work, ...groups });
}

/** What a draft of the plan may have. */
function boundsOf(plan: DraftPlan, { budget, proposer }: DraftWork): DraftBounds {
  // Work on files may create and delete some.
  const isOnFiles = plan.kind === "separate" && plan.onFiles === true && proposer.editFiles !== undefined;
  // One edit for each file or skill, whatever the budget.
  const isWhole = plan.kind === "reduced" || plan.kind === "retire" || (plan.kind === "merged" && plan.rewrites);
  const { frozen = [] } = budget;
  return { scope: isOnFiles ? "program" : budget.scope, edits: isWhole ? Infinity : budget.edits, frozen };
}

/** The near miss of the plan, if it was made from this parent, and by a proposer. */
async function nearMissOf(
  { nearMiss }: DraftPlan,
  { parent, skills, payload }: { parent: Hash; skills: readonly SkillFolder[]; payload: Payload },
): Promise<DraftWork["nearMiss"]> {
  if (nearMiss === undefined || nearMiss.parent !== parent) return null;
  const { edits, reason, delta } = nearMiss;
  const list = await payload.json(edits, EditList);
  return list.length === 0 || list.some((edit) => touchesLessons(skills, edit)) ? null : { edits: list, reason, delta };
}

function widePlan({ drafting, edits }: Needs): StateError {
  return new StateError(
    `The policy "${drafting.name}" joins edits of several drafts, which edit texts only, but "${edits.name}" allows operations on files and skills. Use the drafting policy oneDraft with it.`,
  );
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
  const { members } = await openArchive(state, payload);
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
