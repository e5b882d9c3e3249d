import type { EditBudget, Proposal } from "../../analysts/analyst.ts";
import type { BatchTask, DraftPlan, Purpose, RetirePlan } from "../../policies/drafting.ts";
import { evidenceFor, type Evidence } from "./evidence.ts";

/** The purpose of the drafts of a plan, where it has one. */
export function purposeOf(plan: DraftPlan): Purpose | undefined {
  return plan.kind === "separate" ? plan.purpose : undefined;
}

/** Whether drafts of the plan leave the skills that the episode began with as they are. */
export function keepsStart(plan: DraftPlan): boolean {
  return plan.kind === "separate" && plan.keepsStart === true;
}

/** Whether drafts of the plan are made from what is deficient, so that there are none where nothing is. */
export function needsDeficiencies(plan: DraftPlan): boolean {
  if (plan.kind === "composed") return true;
  const action = purposeOf(plan)?.action;
  return (plan.kind === "separate" || plan.kind === "refined") && action !== "compress" && action !== "split";
}

/**
 * What a draft that keeps the skills of the start is made from: the tasks of the batch, and others that went well and are to stay so. What fails elsewhere is not its
 * business.
 */
export function ofBatch(evidence: Evidence, batch: readonly BatchTask[]): Evidence {
  const own = new Set(batch.map(({ task }) => task));
  return {
    ...evidence,
    replay: evidence.replay.filter(({ rollout, score }) => own.has(rollout.task) || score?.value === 1),
  };
}

/**
 * What a proposer is given for a purpose. To patch, the failures of the tasks it is about alone; to create a skill, the same, and the right to do so, where the recipe allows it; to
 * compress, what went well and is to stay so; to split, everything, and that right.
 */
export function aimed(
  purpose: Purpose | undefined,
  { evidence, budget, batch }: { evidence: Evidence; budget: EditBudget; batch: readonly BatchTask[] },
): { evidence: Evidence; budget: EditBudget } {
  if (purpose === undefined) return { evidence, budget };
  const own = { ...budget, purpose };
  if (purpose.action === "split") return { evidence, budget: own };
  if (purpose.action === "compress") {
    const replay = evidence.replay.filter(({ score }) => score?.value === 1);
    return { evidence: { deficiencies: [], replay }, budget: { ...own, scope: "files", takesShorter: true } };
  }
  const group = { outcome: "failures", tasks: purpose.tasks } as const;
  const scope = purpose.action === "create" ? budget.scope : "files";
  return { evidence: evidenceFor(group, batch, evidence), budget: { ...own, scope } };
}

/** The draft that deletes skills. */
export function retire({ skills }: RetirePlan): Proposal {
  const origin = { operator: "retire_skill", target: skills.join(", "), features: {} };
  return { drafts: [{ edits: skills.map((skill) => ({ op: "delete-skill", skill })), origin }], simulations: 0 };
}
