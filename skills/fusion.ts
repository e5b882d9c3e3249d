import { EditError } from "../state/errors.ts";
import { isTextEdit, type Edit } from "../state/program.ts";
import { applyEdits, placeEdits } from "./edits.ts";
import type { SkillFolder } from "./folder.ts";
import type { Place } from "./text-edits.ts";

/** Drafts of one parent that can be applied together. */
export interface Fusion {
  /** Which, as places in the list that was given, ascending. */
  drafts: number[];
  /** All edits of them, draft by draft. */
  edits: Edit[];
}

/**
 * Takes drafts in the order given, so best first, and leaves out each that does not go with those taken before. Two go together where
 * neither changes characters that the other changes or is anchored at, and where `applyEdits` takes their edits together (the same insert
 * twice, edits that undo each other, and operations that meet on one file or skill are refused). Inserts at one anchor go together: both read it and leave it as it is.
 * Ours [R]. Throws an `EditError` where a draft cannot be applied to the skills by itself, as it is not one of this parent.
 */
export function fuseDrafts(skills: readonly SkillFolder[], drafts: ReadonlyArray<readonly Edit[]>): Fusion {
  const taken: number[] = [];
  let edits: Edit[] = [];
  let places: Place[] = [];
  for (const [index, draft] of drafts.entries()) {
    applyEdits(skills, draft);
    const own = placeEdits(skills, draft.filter(isTextEdit));
    const together = [...edits, ...draft];
    if (own.some((place) => places.some((other) => isInTheWay(place, other))) || !canApply(skills, together)) continue;
    taken.push(index);
    edits = together;
    places = [...places, ...own];
  }
  return { drafts: taken, edits };
}

/** Whether two places have characters in common that one of them changes. */
function isInTheWay(one: Place, other: Place): boolean {
  if (one.skill !== other.skill || one.file !== other.file || !(one.changes || other.changes)) return false;
  return one.start < other.end && other.start < one.end;
}

function canApply(skills: readonly SkillFolder[], edits: readonly Edit[]): boolean {
  try {
    applyEdits(skills, edits);
    return true;
  } catch (error) {
    if (error instanceof EditError) return false;
    throw error;
  }
}
