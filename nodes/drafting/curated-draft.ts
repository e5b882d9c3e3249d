import { z } from "zod";
import type { CurationRequest, Proposal } from "../../analysts/analyst.ts";
import type { CuratedPlan } from "../../policies/drafting.ts";
import { applyEdits } from "../../skills/edits.ts";
import { SKILL_FILE } from "../../skills/folder.ts";
import { performCalls } from "../../skills/library/curator-calls.ts";
import { countTokens } from "../../skills/tokens.ts";
import { CuratorCall, type CurationLog } from "../../state/curation.ts";
import { EditError, PartError } from "../../state/errors.ts";
import { Draft, isTextEdit, type Edit } from "../../state/program.ts";
import type { ScoredRollout } from "../../state/task.ts";
import type { DraftWork } from "./work.ts";

/** What a curator did, and the draft of its valid calls; none where there are none. */
type Curation = Proposal & { curated: CurationLog };

/** Shows a curator the rollouts of the batch, and does what it calls for as far as it can be done. */
export async function draftCurated({ judges }: CuratedPlan, work: DraftWork): Promise<Curation> {
  const { proposer, evidence, skills, budget, batch, study } = work;
  const own = new Set(batch.map(({ task }) => task));
  const rollouts = evidence.replay.filter(({ rollout }) => own.has(rollout.task));
  const read = await tokensOf(rollouts);
  if (proposer.curate === undefined) return proposed(work, read);
  const request = { deficiencies: evidence.deficiencies, skills, rollouts, budget };
  const asked = await study("optimizer", async () => (await proposer.curate?.(request)) ?? null);
  const { edits, calls } = performCalls(skills, checked(asked ?? []), { most: budget.edits });
  const content = judges && edits.length > 0 ? await judged(edits, request, work) : null;
  const curated = { calls, content, read };
  if (edits.length === 0) return { drafts: [], simulations: 0, curated };
  const done = calls.filter(({ problem }) => problem === null).map(({ call }) => call);
  return { drafts: [{ edits, origin: originOf(done, calls.length) }], simulations: 0, curated };
}

/** Holds a curator to its contract. */
function checked(given: unknown): CuratorCall[] {
  const { data, error } = z.array(CuratorCall).safeParse(given);
  if (data !== undefined) return data;
  throw new PartError(`A curator returned what are no calls: ${z.prettifyError(error as z.ZodError)}`);
}

/** How good the curator's texts are, by an analyst that can say so; null where nobody does, or nothing was written. */
async function judged(
  edits: readonly Edit[],
  { skills, rollouts }: CurationRequest,
  { proposer, study }: DraftWork,
): Promise<number | null> {
  const written = new Set(edits.filter(({ op }) => op !== "delete-skill").map(({ skill }) => skill));
  const texts = applyEdits(skills, edits).filter(({ name }) => written.has(name));
  if (texts.length === 0 || proposer.judgeContent === undefined) return null;
  return study("optimizer/content", async () => (await proposer.judgeContent?.(texts, rollouts)) ?? null);
}

/** The first draft of an analyst that proposes edits, as calls: one for each skill that it is about. */
async function proposed({ proposer, evidence, skills, budget, study }: DraftWork, read: number): Promise<Curation> {
  const none = { drafts: [], simulations: 0, curated: { calls: [], content: null, read } };
  if (evidence.deficiencies.length === 0) return none;
  const found = await study("optimizer", () =>
    proposer.propose(evidence.deficiencies, skills, evidence.replay, budget),
  );
  const drafts = found.drafts.slice(0, 1);
  // What is no draft is refused later.
  const edits = Draft.safeParse(drafts[0]).data?.edits ?? [];
  const problem = problemOf(edits);
  const calls = callsOf(edits).map((call) => ({ call, problem }));
  return { drafts, simulations: found.simulations, curated: { calls, content: null, read } };

  function problemOf(all: readonly Edit[]): string | null {
    try {
      applyEdits(skills, all);
      return null;
    } catch (error) {
      if (error instanceof EditError) return error.message;
      throw error;
    }
  }
}

function callsOf(edits: readonly Edit[]): CuratorCall[] {
  const names = [...new Set(edits.map(({ skill }) => skill))];
  return names.map((name): CuratorCall => {
    const own = edits.filter(({ skill }) => skill === name);
    const renaming = own.find((edit) => edit.op === "rename-skill");
    const tool = own.some(({ op }) => op === "delete-skill") ? "delete" : isNew(own) ? "insert" : "update";
    const newName = renaming?.op === "rename-skill" ? renaming.to : null;
    return { tool, name, newName, description: null, body: null };
  });
}

function isNew(edits: readonly Edit[]): boolean {
  return edits.some((edit) => !isTextEdit(edit) && edit.op === "create-file" && edit.file === SKILL_FILE);
}

function originOf(done: readonly CuratorCall[], made: number) {
  const operators = [...new Set(done.map(({ tool }) => `${tool}_skill`))];
  const target = [...new Set(done.map(({ name }) => name))].join(", ").slice(0, 80);
  return {
    operator: operators.length === 1 ? (operators[0] as string) : "curate",
    target,
    features: { operators, calls: made, valid: done.length },
  };
}

/** The tokens of what was asked, done and answered. */
async function tokensOf(rollouts: readonly ScoredRollout[]): Promise<number> {
  const texts = rollouts.map(({ question, rollout: { answer } }) =>
    [
      question.input,
      ...(answer === null ? [] : [...answer.trace.map((step) => JSON.stringify(step)), answer.text]),
    ].join("\n"),
  );
  const counts = await Promise.all(texts.map((text) => countTokens(text)));
  return counts.reduce((sum, count) => sum + count, 0);
}
