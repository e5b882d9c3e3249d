import type { Proposal, Proposer } from "../../analysts/analyst.ts";
import type { SeparatePlan } from "../../policies/drafting.ts";
import { Draft } from "../../state/program.ts";
import type { DraftWork } from "./work.ts";

/** Drafts of the whole batch; the proposer is asked until there are enough, or until it gives none. */
export async function draftSeparately(
  plan: SeparatePlan,
  { proposer, evidence, skills, budget, study, drawFor }: DraftWork,
): Promise<Proposal> {
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
    };
    const part = call === 1 ? "optimizer" : `optimizer/${call}`;
    const found = await study(part, () => propose(evidence.deficiencies, skills, evidence.replay, own));
    simulations += found.simulations;
    drafts.push(...found.drafts);
    if (found.drafts.length === 0) break;
  }
  return { drafts, simulations };
}
