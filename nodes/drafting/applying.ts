import { z } from "zod";
import type { EditBudget } from "../../analysts/analyst.ts";
import { proposalKey, type FeedbackHistory } from "../../policies/feedback/feedback-history.ts";
import { applyEdits } from "../../skills/edits.ts";
import type { SkillFolder } from "../../skills/folder.ts";
import { touchesLessons } from "../../skills/lessons.ts";
import { PartError } from "../../state/errors.ts";
import type { Hash } from "../../state/json.ts";
import { Draft, isTextEdit, type Candidate } from "../../state/program.ts";
import type { Payload } from "../../stores/payload/payload.ts";
import type { TextDraft } from "./work.ts";

/** A draft that can be used, applied to the parent. */
export interface Made {
  draft: Draft;
  candidate: Candidate;
}

/** What a draft may have: so many edits, with operations or without, and none in skills that stay as they are. */
export type DraftBounds = Pick<EditBudget, "edits" | "scope" | "frozen">;

interface Applying {
  needs: { history?: FeedbackHistory | undefined; payload: Payload };
  parent: Hash;
  bounds: DraftBounds;
  /** Whether a near miss is tried again. */
  isRetry: boolean;
  refuse(error: unknown): void;
}

/** The drafts that can be used, each as another program. */
export async function applyAll(
  drafts: readonly Draft[],
  { needs, parent, bounds, isRetry, refuse }: Applying,
): Promise<Made[]> {
  const made: Made[] = [];
  for (const given of drafts) {
    try {
      const checked = checkDraft(given, bounds);
      const { origin } = checked;
      const draft = isRetry
        ? { ...checked, origin: { ...origin, features: { ...origin.features, retried: true } } }
        : checked;
      const candidate = await apply(needs, parent, draft);
      if (made.some((other) => other.candidate.program === candidate.program))
        throw new PartError("The draft results in the same program as another one of this generation.");
      made.push({ draft, candidate });
    } catch (error) {
      refuse(error);
    }
  }
  return made;
}

interface Use {
  limit: number;
  refuse(error: unknown): void;
}

/** What of a draft can be merged with others; undefined, and refused, where nothing can. */
export function usableIn(skills: readonly SkillFolder[], { limit, refuse }: Use) {
  return (given: unknown): TextDraft | undefined => {
    try {
      const draft = checkDraft(given, { edits: limit, scope: "files" });
      applyEdits(skills, draft.edits);
      return withoutLessons({ ...draft, edits: draft.edits.filter(isTextEdit) }, skills);
    } catch (error) {
      refuse(error);
      return undefined;
    }
  };
}

/** Without the edits that change the lessons, which only a reflector writes. */
function withoutLessons(draft: TextDraft, skills: readonly SkillFolder[]): TextDraft {
  const edits = draft.edits.filter((edit) => !touchesLessons(skills, edit));
  if (edits.length > 0) return { ...draft, edits };
  throw new PartError("The draft changes only the lessons of past epochs, which only a reflector may write.");
}

/** Holds a proposer to its contract. */
function checkDraft(given: unknown, { edits: limit, scope, frozen = [] }: DraftBounds): Draft {
  const draft = Draft.safeParse(given);
  if (!draft.success) throw new PartError(`A proposer returned an invalid draft: ${z.prettifyError(draft.error)}`);
  const { edits } = draft.data;
  const wide = scope === "program" ? undefined : edits.find((edit) => !isTextEdit(edit));
  if (wide !== undefined)
    throw new PartError(
      `The draft has a ${wide.op}, but this recipe edits texts only. Edit texts of files that are there, or use a recipe whose edits may change files and skills.`,
    );
  const kept = edits.find(({ skill }) => frozen.includes(skill));
  if (kept !== undefined)
    throw new PartError(
      `The draft edits the skill "${kept.skill}", which stays as it is in this phase. Create a skill, or edit one that is not among: ${frozen.join(", ")}.`,
    );
  if (edits.length <= limit) return draft.data;
  throw new PartError(
    `The draft has ${edits.length} edits; this generation allows ${limit}. Propose fewer, or raise the setting "edits".`,
  );
}

/** The draft as a candidate. All of its edits fit the parent, or an EditError says which does not. */
async function apply(
  { payload, history }: Applying["needs"],
  parent: Hash,
  { edits, origin, operations }: Draft,
): Promise<Candidate> {
  const edited = applyEdits(await payload.program(parent), edits);
  const program = await payload.putProgram(edited);
  const extra = {
    ...(history === undefined ? {} : { [proposalKey]: await payload.putJson(origin) }),
    ...(operations === undefined ? {} : { operations: await payload.putJson(operations) }),
  };
  return { parents: [parent], program, edits: await payload.putJson(edits), origin, extra };
}
