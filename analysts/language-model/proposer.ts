import type { z } from "zod";
import { shorten } from "../../skills/shorten.ts";
import { permutation } from "../../state/draw.ts";
import { SettingsError } from "../../state/errors.ts";
import { canonicalJson, hashJson } from "../../state/json.ts";
import type { Draft } from "../../state/program.ts";
import type { Deficiency } from "../../state/study.ts";
import { tell } from "../../models/calls.ts";
import type { EditBudget, Proposer } from "../analyst.ts";
import { allOf, createAsker, type ModelNeeds } from "./ask.ts";
import { caseText, sizeOfCase, skillsText } from "./case-text.ts";
import { chooseDiverse, failuresShown, keptShown, type Studied } from "./choice.ts";
import { evidenceTexts, listText, none, experienceTexts } from "./draft-text.ts";
import { editsSchema, usableEdits, type Checked } from "./edit-check.ts";
import { clip, within } from "./ladder.ts";
import { createModelMerger, type Merger, type Proposed } from "./merger.ts";
import { withPurpose } from "./purpose.ts";
import { createModelRanker, type Ranker } from "./ranker.ts";
import { proposeSkill, type SkillTools } from "./skill-proposer.ts";
import { createSilence } from "./silence.ts";

export interface ProposerOptions extends ModelNeeds {
  /** Proposals made in parallel; of 1 there is nothing to merge or to rank. Default 2. */
  proposals?: number | undefined;
  /** Most failures shown to a proposal: those of the deficiencies, then others of the same program. Default 16. */
  cases?: number | undefined;
  /** How the skill must be written for the agent to follow it. */
  conventions?: string | undefined;
  merger?: Merger | undefined;
  ranker?: Ranker | undefined;
}

export const plainConventions = "Plain Markdown, in short sentences that an agent can act on.";

const reasonCharacters = 300;

/** What one call proposes after its edits were checked. */
interface Own extends Proposed, Checked {
  edits: Checked["edits"];
  role: "proposal" | "refined" | "from-successes";
}

interface Request extends Studied {
  budget: EditBudget;
}

/**
 * Asks a model for edits, several times in parallel on the same evidence in other orders; digests the proposals and asks
 * for one that is made from the digest (Parallel-Distill-Refine, arXiv 2510.01123); ranks them all. Drafts come best
 * first. Where the budget allows operations, each proposal creates or edits a skill (`skill-proposer.ts`), and they are only ranked. A proposal that is missing is left out. Throws a PartError where all are, and two at least in a row.
 */
export function createModelProposer(options: ProposerOptions): Proposer & { readonly fingerprint: string } {
  const { proposals = 2, cases = 16, conventions = plainConventions } = options;
  for (const [name, value] of Object.entries({ proposals, cases })) {
    if (Number.isInteger(value) && value > 0) continue;
    throw new SettingsError(name, `${name} is ${value}; it must be a whole number from 1.`);
  }
  const { merger = createModelMerger(options), ranker = createModelRanker(options) } = options;
  const asker = createAsker(options);
  const refuseSilence = createSilence("proposer", options.model.fingerprint);
  const tools = { asker, cases, conventions };
  return {
    fingerprint: [
      asker.fingerprint,
      `${proposals}+${cases}`,
      hashJson(conventions).slice(0, 8),
      ...(proposals === 1 ? [] : [merger.fingerprint, ranker.fingerprint]),
    ].join("/"),
    async propose(deficiencies, skills, replay, given) {
      const budget = withPurpose(given, replay);
      const request = { deficiencies, skills, replay, budget };
      if (budget.scope === "program") {
        const failing = failuresShown(request, cases);
        const turns = Array.from({ length: proposals }, (_, turn) => inTurn(failing, { budget, turn }));
        const replies = await allOf(
          turns.map((shown) => proposeSkill({ deficiencies, skills, failing: shown, budget }, tools)),
        );
        refuseSilence(replies);
        return { drafts: await rankedDrafts(replies, request, ranker), simulations: 0 };
      }
      if (budget.fromSuccesses === true) {
        const drafts = await proposeFromSuccesses(request, tools);
        return { drafts: drafts.map((each) => draftOf(each, { deficiencies, proposals: 1 })), simulations: 0 };
      }
      const { digest = null, single } = budget;
      const turns = Array.from({ length: single === true ? 1 : proposals }, (_, turn) => turn);
      const replies = await allOf(turns.map((turn) => proposeOnce(request, tools, { turn, digest })));
      refuseSilence(replies);
      const made = distinct(replies.flatMap((reply) => ("missing" in reply ? [] : reply)));
      const refined = made.length < 2 ? [] : await refine(request, tools, { merger, made });
      const ranked = await ranker.rank(distinct([...refined, ...made]), deficiencies, skills, budget);
      return { drafts: ranked.map((each) => draftOf(each, { deficiencies, proposals: made.length })), simulations: 0 };
    },
  };
}

/** Drafts without repeats, best first. */
async function rankedDrafts(
  replies: ReadonlyArray<Draft[] | { missing: string }>,
  { deficiencies, skills, budget }: Request,
  ranker: Ranker,
): Promise<Draft[]> {
  const drafts = replies.flatMap((reply) => ("missing" in reply ? [] : reply));
  const once = [...new Map(drafts.toReversed().map((draft) => [canonicalJson(draft.edits), draft])).values()];
  const named = once.toReversed().map((draft) => {
    return { draft, edits: draft.edits, reason: String(draft.origin.features["reason"] ?? "") };
  });
  return (await ranker.rank(named, deficiencies, skills, budget)).map(({ draft }) => draft);
}

interface Tools extends SkillTools {
  cases: number;
}

async function refine(
  request: Request,
  tools: Tools,
  { merger, made }: { merger: Merger; made: readonly Own[] },
): Promise<Own[]> {
  const digest = await merger.merge(made, request.deficiencies, request.skills, { experience: request.budget });
  const reply = digest === null ? [] : await proposeOnce(request, tools, { turn: 0, digest });
  return "missing" in reply ? [] : reply;
}

/** One call on tasks that went well, as different as they come, and another where an edit needs repair. */
async function proposeFromSuccesses(
  { skills, replay, budget }: Request,
  { asker, cases, conventions }: Tools,
): Promise<Own[]> {
  const { edits: limit } = budget;
  const kept = chooseDiverse(replay, cases);
  const reply = await asker.ask({
    prompt: "propose-successes",
    name: "edits",
    schema: editsSchema(skills, limit),
    fill: (limits, quote) => {
      const reach = { limits, quote };
      const shown = within(kept, limits.cases, sizeOfCase);
      return {
        skills: skillsText(skills, reach),
        kept: listText(shown.map((each, index) => caseText(`kept ${index + 1}`, each, reach))),
        ...experienceTexts(budget, reach),
        conventions,
        limit: String(limit),
      };
    },
  });
  if ("missing" in reply) {
    tell(`a proposal from what went well is missing: ${reply.missing}`);
    return [];
  }
  return ownOf(reply.value, { asker, skills, budget, role: "from-successes" });
}

/** One call, and another where an edit needs repair. `turn` counts parallel calls: each sees the evidence in another order. */
async function proposeOnce(
  request: Request,
  { asker, cases, conventions }: Tools,
  { turn, digest }: { turn: number; digest: string | null },
): Promise<Own[] | { missing: string }> {
  const { deficiencies, skills, replay, budget } = request;
  const { edits: limit } = budget;
  const failing = inTurn(failuresShown(request, cases), { budget, turn });
  const kept = keptShown(replay, failing);
  const reply = await asker.ask({
    prompt: "propose",
    name: "edits",
    schema: editsSchema(skills, limit),
    fill: (limits, quote) => {
      const reach = { limits, quote };
      return {
        ...evidenceTexts({ deficiencies, failing, kept, budget }, reach),
        skills: skillsText(skills, reach),
        digest: digest === null ? none : quote("digest", clip(digest, limits)),
        conventions,
        limit: String(limit),
      };
    },
  });
  const role = digest === null ? "proposal" : "refined";
  if ("missing" in reply) {
    tell(`a ${role === "refined" ? "refined draft" : "proposal"} is missing: ${reply.missing}`);
    return reply;
  }
  return ownOf(reply.value, { asker, skills, budget, role });
}

/** The edits of a reply that can be used, after a call more where one needs repair; none where none can. */
async function ownOf(
  { reason, edits }: z.infer<ReturnType<typeof editsSchema>>,
  { asker, skills, budget, role }: Pick<Request, "skills" | "budget"> & Pick<Tools, "asker"> & Pick<Own, "role">,
): Promise<Own[]> {
  const { edits: limit, rejected } = budget;
  const schema = (most: number) => editsSchema(skills, most);
  const checked = await usableEdits(edits, { asker, skills, limit, rejected, schema });
  return checked.edits.length === 0 ? [] : [{ ...checked, reason, role }];
}

function inTurn<Item>(items: readonly Item[], { budget, turn }: { budget: EditBudget; turn: number }): Item[] {
  if (turn === 0) return [...items];
  const order = permutation(items.length, (index) => budget.draw(turn * 10_000 + index));
  return order.map((index) => items[index] as Item);
}

function distinct(made: readonly Own[]): Own[] {
  return [...new Map(made.toReversed().map((each) => [canonicalJson(each.edits), each])).values()].toReversed();
}

function draftOf(
  { edits, faults, reason, role }: Own,
  { deficiencies, proposals }: { deficiencies: readonly Deficiency[]; proposals: number },
): Draft {
  const [worst] = deficiencies;
  const target = worst === undefined ? "" : (worst.place ?? `${worst.skill}/${worst.file}`);
  return {
    edits,
    origin: {
      operator: role,
      target: shorten(target, 80),
      features: { reason: shorten(reason, reasonCharacters), proposals, dropped: faults.length },
    },
  };
}
