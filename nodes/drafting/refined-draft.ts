import type { Patch, PatchContext, Proposal } from "../../analysts/analyst.ts";
import type { Group, RefinedPlan } from "../../policies/drafting.ts";
import { proposingBudgets, type ProposingRound } from "../../policies/drafts/parallel-budget.ts";
import { permutation } from "../../state/draw.ts";
import type { Edit } from "../../state/program.ts";
import { editsText, evidenceFor, failedIn, supportOf, targetOf } from "./evidence.ts";
import { nearPatch } from "./near-miss.ts";
import { bySupport, fusePatches } from "./patches.ts";
import type { DraftWork } from "./work.ts";

const digestPart = "optimizer/digest";
const refinePart = "optimizer/refine";

/** One draft made from a bounded digest of several that are written side by side; none where none of them can be used. */
export async function draftRefined(plan: RefinedPlan, work: DraftWork): Promise<Proposal> {
  const { proposer, study, skills, evidence, budget, drawFor } = work;
  const turns = await draftAll(plan, work);
  const patches = [...turns.map(({ patch }) => patch), nearPatch(work)].filter(({ length }) => length > 0);
  if (patches.length === 0) return { drafts: [], simulations: sumOf(turns, "simulations") };
  const context: PatchContext = {
    deficiencies: evidence.deficiencies,
    skills,
    budget: { ...budget, draw: drawFor("digest") },
    tasks: work.batch.length,
    failed: failedIn(work.batch).length,
  };
  const text = await study(digestPart, async () => (await proposer.distill?.(patches, context, plan.digest)) ?? null);
  const kept = withinDigest(bySupport(fusePatches(skills, patches)), plan.digest);
  const refined = text === null ? null : await refine(text, work);
  const edits = refined?.edits ?? kept.slice(0, budget.edits).map(({ edit }) => edit);
  const simulations = sumOf(turns, "simulations") + (refined?.simulations ?? 0);
  if (edits.length === 0) return { drafts: [], simulations };
  const roundsOf = (of: (part: string) => number, refining: number): ProposingRound[] => [
    { drafts: turns.map(({ part }) => of(part)), digest: of(digestPart) },
    { drafts: [refining], digest: 0 },
  ];
  const spent = {
    tokens: proposingBudgets(roundsOf(work.tokensOf, work.tokensOf(refinePart))),
    simulations: proposingBudgets(
      roundsOf((part) => turns.find((turn) => turn.part === part)?.simulations ?? 0, refined?.simulations ?? 0),
    ),
  };
  const features = {
    drafts: turns.filter(({ patch }) => patch.length > 0).length,
    digest: text?.length ?? editsText(kept).length,
    tokens: { path: spent.tokens.sequential, all: spent.tokens.total },
    simulations: { path: spent.simulations.sequential, all: spent.simulations.total },
  };
  return { drafts: [{ edits, origin: { operator: "refined", target: targetOf(evidence), features } }], simulations };
}

/** What came of one of the drafts that are written side by side. */
interface Turn {
  part: string;
  patch: Patch;
  simulations: number;
}

/** All come to an end before one of them fails the work, as their calls are paid for. */
async function draftAll({ drafts }: RefinedPlan, work: DraftWork): Promise<Turn[]> {
  const { proposer, study, skills, evidence: all, budget, batch, drawFor, usable } = work;
  const failed = failedIn(batch);
  const turns = Array.from({ length: drafts }, async (_, turn): Promise<Turn> => {
    const part = `optimizer/draft-${turn + 1}`;
    const order = permutation(failed.length, drawFor(`evidence/${turn}`));
    const shown = turn === 0 ? failed : order.slice(0, Math.ceil(failed.length / 2)).map((at) => failed[at] as string);
    const group: Group = { outcome: "failures", tasks: shown };
    const evidence = evidenceFor(group, batch, all);
    const own = { ...budget, single: true as const, draw: drawFor(part) };
    const found = await study(part, () => proposer.propose(evidence.deficiencies, skills, evidence.replay, own));
    const draft = found.drafts.map(usable).find((each) => each !== undefined);
    const support = supportOf(group, evidence);
    const patch: Patch = (draft?.edits ?? []).map((edit) => ({ edit, support, outcome: "failures" }));
    return { part, patch, simulations: found.simulations };
  });
  await Promise.allSettled(turns);
  return Promise.all(turns);
}

/** The draft of a proposer that has the digest. Null where there is none, and it is made by counting. */
async function refine(
  digest: string,
  { proposer, study, skills, evidence, budget, drawFor, usable }: DraftWork,
): Promise<{ edits: Edit[]; simulations: number } | null> {
  const own = { ...budget, digest, single: true as const, draw: drawFor("refine") };
  const found = await study(refinePart, () => proposer.propose(evidence.deficiencies, skills, evidence.replay, own));
  const draft = found.drafts.map(usable).find((each) => each !== undefined);
  return draft === undefined ? null : { edits: draft.edits.slice(0, budget.edits), simulations: found.simulations };
}

/** The edits with the most support, as many as fit the digest as text: the digest of an analyst that writes none (top-k evidence [S]). */
function withinDigest(patch: Patch, characters: number): Patch {
  const fits = (count: number) => editsText(patch.slice(0, count)).length <= characters;
  const most = patch.findIndex((_, place) => !fits(place + 1));
  return most === -1 ? patch : patch.slice(0, most);
}

function sumOf(turns: readonly Turn[], of: "simulations"): number {
  return turns.reduce((sum, turn) => sum + turn[of], 0);
}
