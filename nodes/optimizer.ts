import type { LangGraphRunnableConfig } from "@langchain/langgraph";
import { z } from "zod";
import type { EditBudget, FileEditor, PatchWorker, Proposer } from "../analysts/analyst.ts";
import type { Drafting } from "../policies/drafting.ts";
import type { EditSchedule } from "../policies/edit-budget.ts";
import { withoutNearMisses, type Failing } from "../policies/feedback/failing.ts";
import { proposalKey, type FeedbackHistory } from "../policies/feedback/feedback-history.ts";
import type { Episodes } from "../policies/episodes/episodes.ts";
import { recall } from "../policies/policy.ts";
import type { RejectedEdits } from "../policies/rejected-edits.ts";
import { lastTasks } from "../policies/samples.ts";
import type { Tried } from "../policies/feedback/tried.ts";
import type { Trial } from "../policies/trial.ts";
import { applyEdits } from "../skills/edits.ts";
import type { SkillFolder } from "../skills/folder.ts";
import { touchesLessons } from "../skills/lessons.ts";
import { mergePrograms } from "../skills/merge.ts";
import { mainObjective, memberOf } from "../state/archive.ts";
import type { RunState } from "../state/channels.ts";
import { createDraw } from "../state/draw.ts";
import { EditError, PartError, StateError } from "../state/errors.ts";
import type { Hash, Json } from "../state/json.ts";
import { Draft, isTextEdit, type Candidate, type EditScope } from "../state/program.ts";
import { tokensIn } from "../state/usage.ts";
import { withCalls } from "../models/calls.ts";
import type { Ledger } from "../stores/ledger/ledger.ts";
import { deficienciesOf, memoriesOf } from "../stores/payload/opened.ts";
import type { Payload } from "../stores/payload/payload.ts";
import type { RolloutArchive } from "../stores/payload/rollout-archive.ts";
import { alternativeOf } from "./drafting/alternatives.ts";
import { batchOf } from "./drafting/evidence.ts";
import { editBudget } from "./drafting/edit-budget.ts";
import { draftMerged } from "./drafting/merged-draft.ts";
import { draftSeparately } from "./drafting/separate-drafts.ts";
import type { Study, TextDraft } from "./drafting/work.ts";
import { emit, studyOf, type RunNode } from "./node.ts";
import { openArchive } from "./trial/columns.ts";

interface Needs {
  proposer: Proposer & PatchWorker & FileEditor;
  drafting: Drafting;
  edits: EditSchedule;
  rejected: RejectedEdits;
  tried: Tried;
  failing: Failing;
  /** Which earlier proposals the proposer sees; without it, none. */
  history?: FeedbackHistory | undefined;
  trial: Pick<Trial, "takesShorter">;
  episodes?: Episodes | undefined;
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
    const studied = async (sets: readonly Hash[]) => withoutNearMisses(needs.failing, await archive.study(sets, from));
    const batch = rollouts === null ? [] : batchOf(await studied([rollouts]));
    const draw = createDraw(settings.seed, generation, "drafting");
    const memories = await memoriesOf(state, payload);
    const plan = needs.drafting.decide({ batch, settings }, recall(needs.drafting, memories), draw);
    const deficiencies = await deficienciesOf(state, payload);
    if (plan.kind === "separate" && deficiencies.length === 0) return { candidates: [] };
    const skills = await payload.program(parent);
    const replay = await studied(state.replay);
    const evidence = { deficiencies, replay: lastTasks(replay, settings.replay) };
    const budget = await editBudget(needs, state, memories);
    if (plan.kind === "merged") refuseOperations(budget, needs);
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
    const usable = usableIn(skills, { limit: settings.edits, refuse });
    const drawFor = (part: string) => createDraw(settings.seed, generation, `propose/${part}`);
    const { proposer, edits, drafting } = needs;
    const work = { proposer, evidence, skills, budget, study, drawFor, batch, usable };
    const isSeparate = plan.kind === "separate";
    const proposal = await (isSeparate
      ? draftSeparately(plan, work)
      : draftMerged(plan, { ...work, perGroup: settings.edits, isChosen: edits.isChosen === true }));
    const isOnFiles = isSeparate && plan.onFiles === true && proposer.editFiles !== undefined;
    const bounds = {
      // Work on files may create and delete some.
      scope: isOnFiles ? ("program" as const) : budget.scope,
      edits: !isSeparate && plan.rewrites ? Infinity : budget.edits,
    };
    const made = await applyAll(proposal.drafts, { needs, parent, bounds, refuse });
    const context = { deficiencies, tasks: batch.length, edits: budget.edits };
    const chosen =
      isSeparate && plan.alternatives === true && made.length > 0
        ? [choose(drafting, made, { ...context, state, memories })]
        : made;
    const extra = state.episode?.tuned === true ? { episode: state.episode.number } : {};
    const candidates = chosen.map(({ candidate }) => ({ ...candidate, extra: { ...candidate.extra, ...extra } }));
    for (const { draft, candidate } of chosen) {
      const { operator } = candidate.origin;
      const { length } = draft.edits;
      emit(runtime, { type: "candidate-made", generation, program: candidate.program, operator, edits: length });
    }
    return { candidates, spent: { simulations: proposal.simulations, tokens } };
  };
}

function refuseOperations({ scope }: EditBudget, { drafting, edits }: Needs): void {
  if (scope === "files") return;
  throw new StateError(
    `The policy "${drafting.name}" drafts from groups, which edit texts only, but "${edits.name}" allows operations on files and skills. Use the drafting policy oneDraft with it.`,
  );
}

/** A draft that can be used, applied to the parent. */
interface Made {
  draft: Draft;
  candidate: Candidate;
}

interface Applying {
  needs: Needs;
  parent: Hash;
  bounds: { edits: number; scope: EditScope };
  refuse(error: unknown): void;
}

/** The drafts that can be used, each as another program. */
async function applyAll(drafts: readonly Draft[], { needs, parent, bounds, refuse }: Applying): Promise<Made[]> {
  const made: Made[] = [];
  for (const given of drafts) {
    try {
      const draft = checkDraft(given, bounds);
      const candidate = await apply(needs, parent, draft);
      if (made.some((other) => other.candidate.program === candidate.program))
        throw new PartError("The draft results in the same program as another one of this generation.");
      made.push({ draft, candidate });
    } catch (error) {
      refuse(error);
    }
  }
  return made;
}

interface Recalled {
  state: RunState;
  memories: Record<string, Json>;
}

/** One of the alternatives, with what the policy notes about its choice. */
function choose(
  drafting: Drafting,
  made: readonly Made[],
  { state, memories, ...context }: Parameters<typeof alternativeOf>[1] & Recalled,
): Made {
  const { settings, generation } = state;
  const alternatives = made.map(({ draft }) => alternativeOf(draft, context));
  const draw = createDraw(settings.seed, generation, "choice");
  const choice = drafting.choose?.(alternatives, recall(drafting, memories), draw);
  const chosen = choice === undefined ? undefined : made[choice.chosen];
  if (choice === undefined || chosen === undefined)
    throw new StateError(`The policy "${drafting.name}" asks for alternatives, but chooses none of ${made.length}.`);
  const { draft, candidate } = chosen;
  return { draft, candidate: { ...candidate, extra: { ...candidate.extra, ...choice.extra } } };
}

interface Use {
  limit: number;
  refuse(error: unknown): void;
}

/** What of a draft can be merged with others; undefined, and refused, where nothing can. */
function usableIn(skills: readonly SkillFolder[], { limit, refuse }: Use) {
  return (given: unknown): TextDraft | undefined => {
    try {
      const draft = checkDraft(given, { edits: limit, scope: "files" });
      applyEdits(skills, draft.edits);
      return withoutLessons({ ...draft, edits: draft.edits.filter(isTextEdit) }, skills);
    } catch (error) {
      refuse(error);
      return undefined;
    }
  };
}

/** Without the edits that change the lessons, which only a reflector writes. */
function withoutLessons(draft: TextDraft, skills: readonly SkillFolder[]): TextDraft {
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

/** Holds a proposer to its contract. */
function checkDraft(given: unknown, { edits: limit, scope }: { edits: number; scope: EditScope }): Draft {
  const draft = Draft.safeParse(given);
  if (!draft.success) throw new PartError(`A proposer returned an invalid draft: ${z.prettifyError(draft.error)}`);
  const { edits } = draft.data;
  const wide = scope === "program" ? undefined : edits.find((edit) => !isTextEdit(edit));
  if (wide !== undefined)
    throw new PartError(
      `The draft has a ${wide.op}, but this recipe edits texts only. Edit texts of files that are there, or use a recipe whose edits may change files and skills.`,
    );
  if (edits.length <= limit) return draft.data;
  throw new PartError(
    `The draft has ${edits.length} edits; this generation allows ${limit}. Propose fewer, or raise the setting "edits".`,
  );
}

/** The draft as a candidate. All of its edits fit the parent, or an EditError says which does not. */
async function apply(
  { payload, history }: Needs,
  parent: Hash,
  { edits, origin, operations }: Draft,
): Promise<Candidate> {
  const edited = applyEdits(await payload.program(parent), edits);
  const program = await payload.putProgram(edited);
  const extra = {
    ...(history === undefined ? {} : { [proposalKey]: await payload.putJson(origin) }),
    ...(operations === undefined ? {} : { operations: await payload.putJson(operations) }),
  };
  return { parents: [parent], program, edits: await payload.putJson(edits), origin, extra };
}
