import type { Proposal, Proposer } from "../../analysts/analyst.ts";
import type { SeparatePlan } from "../../policies/drafting.ts";
import { Draft } from "../../state/program.ts";
import { combined, nearText } from "./near-miss.ts";
import type { DraftWork } from "./work.ts";

/** Drafts of the whole batch; the proposer is asked until there are enough, or until it gives none. */
export async function draftSeparately(plan: SeparatePlan, work: DraftWork): Promise<Proposal> {
  const { proposer, evidence, skills, budget, study, drawFor, nearMiss } = work;
  const reads = proposer.distill !== undefined;
  const propose: Proposer["propose"] = (...request) =>
    (plan.onFiles ? proposer.editFiles?.(...request) : undefined) ?? proposer.propose(...request);
  const drafts: Draft[] = [];
  let simulations = 0;
  for (let call = 1; drafts.length < plan.drafts; call += 1) {
    // What is no draft is refused later.
    const given = drafts.flatMap((draft) => Draft.safeParse(draft).data?.edits ?? []);
    const own = {
      ...budget,
      rejected: [...budget.rejected, ...given],
      draw: call === 1 ? budget.draw : drawFor(String(call)),
      ...(call === 1 && reads && nearMiss !== null ? { digest: nearText(nearMiss) } : {}),
    };
    const part = call === 1 ? "optimizer" : `optimizer/${call}`;
    const found = await study(part, () => propose(evidence.deficiencies, skills, evidence.replay, own));
    simulations += found.simulations;
    drafts.push(...found.drafts);
    if (found.drafts.length === 0) break;
  }
  const [first] = reads ? [] : drafts;
  const again = first === undefined ? undefined : combined(first, work);
  return { drafts: again === undefined ? drafts : [again, ...drafts], simulations };
}
