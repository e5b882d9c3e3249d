import type { Proposal, Proposer } from "../../analysts/analyst.ts";
import type { SeparatePlan } from "../../policies/drafting.ts";
import { Draft, operatorsOf } from "../../state/program.ts";
import { combined, nearText } from "./near-miss.ts";
import type { DraftWork } from "./work.ts";

/**
 * Drafts of the whole batch; the proposer is asked until there are enough, or until it gives none. Alternatives are first asked for with other
 * operators. A near miss goes to a proposer that distills, or is combined with the first draft.
 */
export async function draftSeparately(plan: SeparatePlan, work: DraftWork): Promise<Proposal> {
  const { proposer, evidence, skills, budget, study, drawFor, nearMiss } = work;
  const reads = proposer.distill !== undefined;
  const propose: Proposer["propose"] = (...request) =>
    (plan.onFiles ? proposer.editFiles?.(...request) : undefined) ?? proposer.propose(...request);
  const drafts: Draft[] = [];
  let simulations = 0;
  let call = 0;
  const ask = async (otherThan: readonly string[]) => {
    call += 1;
    // What is no draft is refused later.
    const given = drafts.flatMap((draft) => Draft.safeParse(draft).data?.edits ?? []);
    const own = {
      ...budget,
      rejected: [...budget.rejected, ...given],
      ...(otherThan.length === 0 ? {} : { otherThan }),
      draw: call === 1 ? budget.draw : drawFor(String(call)),
      ...(call === 1 && reads && nearMiss !== null ? { digest: nearText(nearMiss) } : {}),
    };
    const part = call === 1 ? "optimizer" : `optimizer/${call}`;
    const found = await study(part, () => propose(evidence.deficiencies, skills, evidence.replay, own));
    simulations += found.simulations;
    drafts.push(...found.drafts);
    return found.drafts.length > 0;
  };
  while (drafts.length < plan.drafts) {
    const operators = plan.areAlternatives === true ? [...new Set(drafts.flatMap(operatorsIn))] : [];
    const isOther = operators.length > 0 && (await ask(operators));
    if (!isOther && !(await ask([]))) break;
  }
  const used = plan.isBounded === true ? drafts.slice(0, plan.drafts) : drafts;
  const [first] = reads ? [] : used;
  const again = first === undefined ? undefined : combined(first, work);
  return { drafts: again === undefined ? used : [again, ...used], simulations };
}

function operatorsIn(draft: unknown): string[] {
  const { data } = Draft.safeParse(draft);
  return data === undefined ? [] : operatorsOf(data.origin);
}
