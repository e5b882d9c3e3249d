import type { EditBudget, Proposal } from "../../analysts/analyst.ts";
import type { ComposedPart, ComposedPlan } from "../../policies/drafting.ts";
import { operatorCard } from "../../policies/composition/cards.ts";
import { editKinds } from "../../policies/composition/edit-kinds.ts";
import { textOf, type SkillFolder } from "../../skills/folder.ts";
import { parseFrontmatter } from "../../skills/frontmatter.ts";
import { canonicalJson } from "../../state/json.ts";
import { Draft, operatorsOf } from "../../state/program.ts";
import { aboutOf } from "./evidence.ts";
import type { DraftWork } from "./work.ts";

/**
 * A draft for each part of the plan, or several, made side by side: each is asked for with the operators of its part alone, and with nothing that came of another. What two parts have in common is one
 * draft. All come to an end before one of them fails the work, as their calls are paid for.
 */
export async function draftComposed(plan: ComposedPlan, work: DraftWork): Promise<Proposal> {
  const turns = plan.parts.map((part, place) => draftPart(part, { place, plan, work }));
  await Promise.allSettled(turns);
  const made = await Promise.all(turns);
  const drafts = new Map<string, Draft>();
  for (const draft of made.flatMap((turn) => turn.drafts)) {
    // What is no draft is refused later.
    const key = canonicalJson(Draft.safeParse(draft).data?.edits ?? drafts.size);
    if (!drafts.has(key)) drafts.set(key, draft);
  }
  return { drafts: [...drafts.values()], simulations: made.reduce((sum, turn) => sum + turn.simulations, 0) };
}

interface Turn {
  place: number;
  plan: ComposedPlan;
  work: DraftWork;
}

async function draftPart(part: ComposedPart, { place, plan, work }: Turn): Promise<Proposal> {
  const most = Math.floor((plan.drafts + plan.parts.length - 1 - place) / plan.parts.length);
  if (most === 0) return { drafts: [], simulations: 0 };
  const { proposer, evidence, skills, budget, study, drawFor } = work;
  const { operators, otherThan = [] } = part;
  const name = `optimizer/plan-${place + 1}`;
  const propose = (called: string, own: Partial<EditBudget>) =>
    study(called, () =>
      proposer.propose(evidence.deficiencies, skills, evidence.replay, { ...budget, draw: drawFor(called), ...own }),
    );
  const own = operators.length > 0 ? { plan: { operators, cards: await cardsOf(part, plan, work) } } : { otherThan };
  const first = await propose(name, own);
  const isInVain = otherThan.length > 0 && first.drafts.length === 0;
  const again = isInVain ? await propose(`${name}-any`, {}) : { drafts: [], simulations: 0 };
  const drafts = [...first.drafts, ...again.drafts].slice(0, most);
  return {
    drafts: drafts.map((draft) => named(draft, { part, place, work })),
    simulations: first.simulations + again.simulations,
  };
}

/** The cards of the operators with the edits of their best pairs, then those about choosing and combining. */
async function cardsOf({ known }: ComposedPart, { meta }: ComposedPlan, { editsOf }: DraftWork): Promise<string> {
  const cards = await Promise.all(
    known.map(async (operator) =>
      operatorCard(operator, operator.best === null ? [] : await editsOf(operator.best.edits)),
    ),
  );
  return [...cards, ...meta].map(bodyOf).join("\n\n");
}

function bodyOf(card: SkillFolder): string {
  return parseFrontmatter(textOf(card) ?? "").body.trim();
}

/** The draft with what is mined of it: its operators, which are the kinds of its edits where the analyst names none, what it is about, and its plan, 0 for the open one. */
function named(given: Draft, { part, place, work }: { part: ComposedPart } & Pick<Turn, "place" | "work">): Draft {
  const draft = Draft.safeParse(given).data;
  if (draft === undefined) return given;
  const { edits, origin } = draft;
  const about = aboutOf(origin, work.evidence.deficiencies);
  const features = {
    ...origin.features,
    // Names alone, without the places they were used on: several candidates are in the state.
    operators: origin.features["operators"] === undefined ? editKinds(edits) : operatorsOf(origin),
    plan: part.operators.length === 0 ? 0 : place + 1,
    ...(about === undefined ? {} : { about: { category: about.category, defect: about.defect } }),
  };
  return { ...draft, origin: { ...origin, features } };
}
