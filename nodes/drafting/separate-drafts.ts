import type { Proposal, Proposer } from "../../analysts/analyst.ts";
import type { SeparatePlan } from "../../policies/drafting.ts";
import { Draft, operatorsOf } from "../../state/program.ts";
import type { DraftWork } from "./work.ts";

/**
 * Drafts of the whole batch; the proposer is asked until there are enough, or until it gives none. For alternatives each call asks first for
 * other operators than those of the drafts before it.
 */
export async function draftSeparately(
  { drafts: count, onFiles, alternatives }: SeparatePlan,
  { proposer, evidence, skills, budget, study, drawFor }: DraftWork,
): Promise<Proposal> {
  const propose: Proposer["propose"] = (...request) =>
    (onFiles === true ? proposer.editFiles?.(...request) : undefined) ?? proposer.propose(...request);
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
    };
    const part = call === 1 ? "optimizer" : `optimizer/${call}`;
    const found = await study(part, () => propose(evidence.deficiencies, skills, evidence.replay, own));
    simulations += found.simulations;
    drafts.push(...found.drafts);
    return found.drafts.length > 0;
  };
  while (drafts.length < count) {
    const used = alternatives === true ? drafts.flatMap((draft) => operatorsIn(draft)) : [];
    const isOther = used.length > 0 && (await ask([...new Set(used)]));
    if (!isOther && !(await ask([]))) break;
  }
  return { drafts, simulations };
}

function operatorsIn(draft: unknown): string[] {
  const { data } = Draft.safeParse(draft);
  return data === undefined ? [] : operatorsOf(data.origin);
}
