import type { EditBudget, Proposal, Proposer } from "../../analysts/analyst.ts";
import type { SkillFolder } from "../../skills/folder.ts";
import type { Draw } from "../../state/draw.ts";
import { Draft, operatorsOf } from "../../state/program.ts";
import type { Evidence } from "./evidence.ts";
import type { Study } from "./merged-draft.ts";

interface Drafting {
  proposer: Proposer;
  evidence: Evidence;
  skills: readonly SkillFolder[];
  budget: EditBudget;
  study: Study;
  /** The number of drafts wanted. */
  count: number;
  /** Whether each call is first asked for other operators than those of the drafts before it. */
  differ: boolean;
  /** The draw of a call, from 1. */
  drawOf(call: number): Draw;
}

/**
 * Drafts from the whole batch. A proposer that gives fewer than are wanted is asked again, with what it gave before among the rejected edits,
 * until it gives none.
 */
export async function draftOneByOne({ proposer, budget, study, count, differ, ...of }: Drafting): Promise<Proposal> {
  const { evidence, skills, drawOf } = of;
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
      draw: drawOf(call),
    };
    const part = call === 1 ? "optimizer" : `optimizer/${call}`;
    const found = await study(part, () => proposer.propose(evidence.deficiencies, skills, evidence.replay, own));
    simulations += found.simulations;
    drafts.push(...found.drafts);
    return found.drafts.length > 0;
  };
  while (drafts.length < count) {
    const used = differ ? drafts.flatMap((draft) => operatorsIn(draft)) : [];
    const isOther = used.length > 0 && (await ask([...new Set(used)]));
    if (!isOther && !(await ask([]))) break;
  }
  return { drafts, simulations };
}

function operatorsIn(draft: unknown): string[] {
  const { data } = Draft.safeParse(draft);
  return data === undefined ? [] : operatorsOf(data.origin);
}
