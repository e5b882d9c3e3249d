import { z } from "zod";
import type { EditBudget, PastProposal, PatchWorker } from "../../analysts/analyst.ts";
import type { EditSchedule } from "../../policies/edit-budget.ts";
import type { Episodes } from "../../policies/episodes/episodes.ts";
import type { Feedback, FeedbackHistory } from "../../policies/feedback/feedback-history.ts";
import { cardText, type ModelCards } from "../../policies/cards/model-card.ts";
import { targetSize, type DraftPlan } from "../../policies/drafting.ts";
import { nothingObserved, recall, type Observed } from "../../policies/policy.ts";
import type { SkillFolder } from "../../skills/folder.ts";
import { programTokens } from "../../skills/tokens.ts";
import type { RejectedEdits } from "../../policies/rejected-edits.ts";
import type { Tried } from "../../policies/feedback/tried.ts";
import type { Trial } from "../../policies/trial.ts";
import type { RunState } from "../../state/channels.ts";
import { createDraw } from "../../state/draw.ts";
import { canonicalJson, type Json } from "../../state/json.ts";
import { EditList, Origin, type RejectedEdit } from "../../state/program.ts";
import type { Payload } from "../../stores/payload/payload.ts";
import { keepsStart } from "./purpose.ts";
import type { DraftWork } from "./work.ts";

interface Needs {
  proposer: Pick<PatchWorker, "distill">;
  edits: EditSchedule;
  rejected: RejectedEdits;
  tried: Tried;
  history?: FeedbackHistory | undefined;
  trial: Pick<Trial, "takesShorter">;
  episodes?: Episodes | undefined;
  card?: ModelCards | undefined;
  payload: Payload;
}

interface Drafted {
  memories: Record<string, Json>;
  nearMiss: DraftWork["nearMiss"];
  plan: DraftPlan;
  /** The parent. */
  skills: readonly SkillFolder[];
  observed?: Observed;
}

/** What a proposer must keep to in this generation, and what it may read of earlier ones. */
export async function editBudget(
  { proposer, edits, rejected, tried, history, trial, episodes, card, payload }: Needs,
  { settings, suites, generation, epoch, episode, guidance, parents, start }: RunState,
  { memories, nearMiss, plan, skills, observed = nothingObserved }: Drafted,
): Promise<EditBudget> {
  const within = { epoch: epoch?.number ?? null, episode: episode?.number ?? null, parent: parents[0] };
  const lists = rejected.decide(within, recall(rejected, memories));
  const facts = card === undefined ? null : card.decide({ observed }, recall(card, memories));
  const own = await boundsOf(plan, { skills, kept: async () => payload.program(episode?.from ?? start) });
  const notes = [
    guidance === null ? null : await payload.json(guidance, z.string()),
    facts === null ? null : cardText(facts),
    episodes === undefined ? null : episodes.notes(recall(episodes, memories)),
  ].filter((note) => note !== null);
  const { refusals } = tried.decide(recall(tried, memories));
  const reasonOf = new Map(refusals.map((each) => [each.edits, each.reason]));
  // A proposer that distills may repeat what it is to improve; others are to propose what can be added.
  const again = new Set(
    (proposer.distill === undefined ? [] : (nearMiss?.edits ?? [])).map((edit) => canonicalJson(edit)),
  );
  const turnedDown = await Promise.all(
    [...new Set([...reasonOf.keys(), ...lists])].map(async (hash): Promise<RejectedEdit[]> => {
      const reason = reasonOf.get(hash);
      const known = (await payload.json(hash, EditList)).filter((edit) => !again.has(canonicalJson(edit)));
      return reason === undefined ? known : known.map((edit) => ({ ...edit, reason }));
    }),
  );
  const past = history === undefined ? [] : history.decide(recall(history, memories));
  return {
    edits: edits.decide({ generation, settings, train: suites.train.size }, recall(edits, memories)),
    scope: edits.scope ?? "files",
    rejected: turnedDown.flat(),
    takesShorter: trial.takesShorter,
    ...(history === undefined ? {} : { history: await Promise.all(past.map((one) => opened(one, payload))) }),
    ...(notes.length === 0 ? {} : { guidance: notes.join("\n") }),
    ...(facts === null ? {} : { card: facts }),
    ...own,
    draw: createDraw(settings.seed, generation, "propose"),
  };
}

/** Which skills stay as they are, and how long the others should be. */
async function boundsOf(
  plan: DraftPlan,
  { skills, kept }: { skills: readonly SkillFolder[]; kept(): Promise<readonly SkillFolder[]> },
): Promise<Pick<EditBudget, "frozen" | "granularity">> {
  if (plan.kind !== "separate") return {};
  const frozen = keepsStart(plan) ? (await kept()).map(({ name }) => name) : undefined;
  const open = skills.filter(({ name }) => frozen?.includes(name) !== true);
  const { granularity } = plan;
  const now = granularity === undefined ? 0 : await programTokens(open);
  return {
    ...(frozen === undefined ? {} : { frozen }),
    ...(granularity === undefined ? {} : { granularity: { tokens: targetSize(granularity, now), now } }),
  };
}

async function opened({ proposal, ...rest }: Feedback, payload: Payload): Promise<PastProposal> {
  return { ...rest, origin: await payload.json(proposal, Origin) };
}
