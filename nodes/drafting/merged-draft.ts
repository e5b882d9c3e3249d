import type { EditBudget, Patch, PatchContext, Proposal } from "../../analysts/analyst.ts";
import { mergeTree, type MergedPlan, type Outcome } from "../../policies/drafting.ts";
import { chosenEdits } from "../../policies/schedules/edit-budget.ts";
import { operatorsOf } from "../../state/program.ts";
import { evidenceFor, supportOf } from "./evidence.ts";
import { bySupport, fusePatches } from "./patches.ts";
import type { DraftWork } from "./work.ts";

/** How groups are drafted from. */
interface MergeWork extends DraftWork {
  /** Edits that a group may propose, regardless of the schedule [C]. */
  perGroup: number;
  /** Whether the analyst chooses how many are kept. */
  isChosen: boolean;
}

type Drafting = MergeWork & { plan: MergedPlan };

/** One draft of all groups, or none: proposed from each, merged as a tree, ranked, and cut down to the edit budget. */
export async function draftMerged(plan: MergedPlan, work: MergeWork): Promise<Proposal> {
  const drafting = { ...work, plan };
  const { proposer, study, skills, evidence, batch, budget } = work;
  const proposed = await proposeAll(drafting);
  const simulations = proposed.reduce((sum, one) => sum + one.simulations, 0);
  const failed = batch.filter(({ score }) => score !== null && score < 1).length;
  const context: PatchContext = {
    deficiencies: evidence.deficiencies,
    skills,
    budget: budgetOf("merge", work),
    tasks: batch.length,
    failed,
  };
  const merge = async (part: string, patches: readonly Patch[]) =>
    (await study(part, async () => proposer.merge?.(patches, context) ?? null)) ?? fusePatches(skills, patches);
  const merged = await mergeAll(proposed, plan.mergeBatch, merge);
  const limit = drafting.isChosen ? await chosenNumber(merged, drafting, context) : budget.edits;
  const kept = merged.length <= limit || limit === 0 ? merged : await ranked(merged, drafting, context);
  const patch = kept.slice(0, limit);
  if (patch.length === 0) return { drafts: [], simulations };
  const edits = plan.rewrites
    ? await study("optimizer/rewrite", async () => proposer.rewrite?.(patch, context) ?? null)
    : patch.map(({ edit }) => edit);
  if (edits === null || edits.length === 0) return { drafts: [], simulations };
  const operators = [...new Set(proposed.flatMap(({ operators: own }) => own))];
  const features = {
    operators: operators.slice(0, 8),
    groups: plan.groups.length,
    proposed: proposed.reduce((sum, { patch: { length } }) => sum + length, 0),
    merged: merged.length,
    kept: patch.length,
    support: patch.map(({ support }) => support),
  };
  const [worst] = evidence.deficiencies;
  const origin = {
    operator: plan.rewrites ? "rewritten" : "merged",
    target: worst === undefined ? "" : (worst.place ?? `${worst.skill}/${worst.file}`).slice(0, 80),
    features,
  };
  return { drafts: [{ edits, origin }], simulations };
}

function budgetOf(part: string, { budget, perGroup, drawFor }: MergeWork): EditBudget {
  return { ...budget, edits: perGroup, draw: drawFor(part) };
}

/** What came of a group: its first draft that can be used, as a patch. */
interface Proposed {
  outcome: Outcome;
  patch: Patch;
  operators: readonly string[];
  simulations: number;
}

/** Groups are proposed for side by side; all come to an end before one of them fails the work, as their calls are paid for. */
async function proposeAll(drafting: Drafting): Promise<Proposed[]> {
  const { plan, batch, evidence: all, skills, proposer, study, usable } = drafting;
  const counts = { failures: 0, successes: 0 };
  const works = plan.groups.map(async (group): Promise<Proposed> => {
    counts[group.outcome] += 1;
    const part = `optimizer/${group.outcome}-${counts[group.outcome]}`;
    const evidence = evidenceFor(group, batch, all);
    const isSuccess = group.outcome === "successes";
    const budget = { ...budgetOf(part, drafting), ...(isSuccess ? { fromSuccesses: true as const } : {}) };
    const { drafts, simulations } = await study(part, () =>
      proposer.propose(evidence.deficiencies, skills, evidence.replay, budget),
    );
    const draft = drafts.map(usable).find((each) => each !== undefined);
    const support = supportOf(group, evidence);
    const patch = (draft?.edits ?? []).map((edit) => ({ edit, support, outcome: group.outcome }));
    return {
      outcome: group.outcome,
      patch,
      operators: draft === undefined ? [] : operatorsOf(draft.origin),
      simulations,
    };
  });
  await Promise.allSettled(works);
  return Promise.all(works);
}

type Merge = (part: string, patches: readonly Patch[]) => Promise<Patch>;

/** A tree for failures and one for successes, and then both together. */
async function mergeAll(proposed: readonly Proposed[], mergeBatch: number, merge: Merge): Promise<Patch> {
  const treeOf = (outcome: Outcome) => {
    const patches = proposed.filter((one) => one.outcome === outcome && one.patch.length > 0).map(({ patch }) => patch);
    return mergeTree(patches, mergeBatch, ({ level, place, parts }) =>
      merge(`optimizer/merge-${outcome}-${level}-${place + 1}`, parts),
    );
  };
  const trees = [treeOf("failures"), treeOf("successes")];
  await Promise.allSettled(trees);
  const [failures, successes] = await Promise.all(trees);
  if (failures === undefined || successes === undefined) return failures ?? successes ?? [];
  return merge("optimizer/merge", [failures, successes]);
}

async function ranked(patch: Patch, { proposer, study }: Drafting, context: PatchContext): Promise<Patch> {
  return study("optimizer/rank", async () => proposer.rank?.(patch, context) ?? bySupport(patch));
}

/** An analyst that chooses no number keeps what more than one task asks for (ours [R]). */
async function chosenNumber(patch: Patch, { proposer, study }: Drafting, context: PatchContext): Promise<number> {
  if (patch.length === 0) return 0;
  if (proposer.choose === undefined) return patch.filter(({ support }) => support > 1).length;
  return chosenEdits(await study("optimizer/choose", async () => proposer.choose?.(patch, context) ?? null));
}
