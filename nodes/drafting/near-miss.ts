import type { Patch } from "../../analysts/analyst.ts";
import { applyEdits } from "../../skills/edits.ts";
import type { SkillFolder } from "../../skills/folder.ts";
import { fuseDrafts } from "../../skills/fusion.ts";
import { EditError } from "../../state/errors.ts";
import { Draft, isTextEdit, type Edit } from "../../state/program.ts";
import type { DraftWork } from "./work.ts";

/** A near miss as a patch beside those of groups. */
export function nearPatch({ nearMiss }: Pick<DraftWork, "nearMiss">): Patch {
  return (nearMiss?.edits ?? []).filter(isTextEdit).map((edit) => ({ edit, support: 1, outcome: "failures" }));
}

/** A near miss in words, for a proposer that distills. */
export function nearText({ edits, reason, delta }: NonNullable<DraftWork["nearMiss"]>): string {
  const list = edits.map((edit) => JSON.stringify(edit)).join("\n");
  return `These edits were tried together and nearly accepted (${reason}, ${delta.toFixed(3)} in score). Improve them:\n${list}`;
}

/**
 * A near miss with what goes with it of another draft, for proposers that do not distill: the edits of the near miss first, but at least
 * one of the other draft. Undefined where nothing can be added, or either operates on files and skills.
 */
export function combined(
  given: Draft,
  { nearMiss, skills, budget }: Pick<DraftWork, "nearMiss" | "skills" | "budget">,
): Draft | undefined {
  const kept = (nearMiss?.edits ?? []).slice(0, Math.max(0, budget.edits - 1));
  // What is no draft, or does not apply, is refused later.
  const draft = Draft.safeParse(given).data;
  if (kept.length === 0 || draft === undefined) return undefined;
  const added = draft.edits.filter((edit) => isTextEdit(edit) && canApply(skills, edit));
  if (!kept.every(isTextEdit)) return undefined;
  const { drafts, edits } = fuseDrafts(skills, [kept, ...added.map((edit) => [edit])]);
  if (drafts.length < 2) return undefined;
  return { edits: edits.slice(0, budget.edits), origin: { ...draft.origin, operator: "near-miss" } };
}

function canApply(skills: readonly SkillFolder[], edit: Edit): boolean {
  try {
    applyEdits(skills, [edit]);
    return true;
  } catch (error) {
    if (error instanceof EditError) return false;
    throw error;
  }
}
