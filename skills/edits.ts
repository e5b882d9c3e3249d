import { sizes } from "../state/sizes.ts";
import { EditError } from "../state/errors.ts";
import { isTextEdit, type Edit, type TextEdit } from "../state/program.ts";
import type { SkillFolder } from "./folder.ts";
import { checkOperations, operate } from "./operations.ts";
import { quote } from "./shorten.ts";
import { editTexts, placeEdit, type Place } from "./text-edits.ts";

/**
 * Applies edits together or throws an `EditError` and applies none. Every edit is located on the original program, so the
 * order of the list matters only for inserts at the same side of one point, which come out in its order.
 *
 * CRLF, CR and LF are the same in anchors, and texts take the line ends that the file has where they are put in. Otherwise they
 * are put in as they are, also by `append` to a file without a final newline. The `text` of a `delete` is not used; an `append` with an anchor is refused. Two edits overlap where one changes characters the
 * other changes or inserts among, or where one insert is there twice; an insert right beside changed characters is fine. What is
 * longer than `sizes` takes is refused.
 * Bytes no edit names stay as they are; skills without edits are returned as given. Only UTF-8 files can be edited.
 *
 * Operations on files and skills neither meet on one path or name, nor an edit of the text there, and take no path or name that is in use, even if
 * another operation frees it. Skills come back in order of name where an operation changed which there are.
 */
export function applyEdits(skills: readonly SkillFolder[], edits: readonly Edit[]): SkillFolder[] {
  const texts = edits.filter(isTextEdit);
  const operations = edits.filter((edit) => !isTextEdit(edit));
  for (const edit of edits) {
    const problem = sizeProblem(edit);
    if (problem !== undefined) throw problem;
  }
  const touched = checkOperations(skills, operations);
  for (const edit of texts) {
    const other = touched(edit);
    if (other !== undefined) throw inTheWay(edit, other);
    skillOf(skills, edit);
  }
  const edited = skills.map((skill) => {
    const own = texts.filter((edit) => edit.skill === skill.name);
    return own.length === 0 ? skill : editTexts(skill, own);
  });
  return operate(edited, operations);
}

/** Where each edit of a text is anchored on the original. Throws an `EditError` where `applyEdits` would, as an edit has no place. */
export function placeEdits(skills: readonly SkillFolder[], edits: readonly TextEdit[]): Place[] {
  return edits.map((edit) => placeEdit(skillOf(skills, edit), edit));
}

function skillOf(skills: readonly SkillFolder[], edit: TextEdit): SkillFolder {
  const skill = skills.find(({ name }) => name === edit.skill);
  if (skill !== undefined) return skill;
  const known = skills.map(({ name }) => name).join(", ");
  throw new EditError("missing-file", edit, `There is no skill "${edit.skill}" to edit. Skills are: ${known}.`);
}

function inTheWay(edit: TextEdit, { op }: Edit): EditError {
  const message = `The ${edit.op} at ${quote(edit.anchor)} edits ${placeOf(edit)}, which the ${op} of the same draft removes, moves or creates. Keep one of the two.`;
  return new EditError("overlap", edit, message);
}

/** What an edit is about, for messages: the skill, and its file where only that is meant. */
export function placeOf(edit: Edit): string {
  return "file" in edit ? `${edit.skill}/${edit.file}` : edit.skill;
}

/** What an edit says or does, for messages: its text or anchor, the new name, or the place. */
export function subjectOf(edit: Edit): string {
  if (isTextEdit(edit)) return edit.text || edit.anchor;
  return "to" in edit ? edit.to : placeOf(edit);
}

/** Why an edit is too long to be read at all; undefined where it is not. */
export function sizeProblem(edit: Edit): EditError | undefined {
  if (!isTextEdit(edit) && edit.op !== "create-file") return undefined;
  const [part, most] =
    isTextEdit(edit) && edit.anchor.length > sizes.anchor
      ? (["anchor", sizes.anchor] as const)
      : (["text", sizes.editText] as const);
  const length = isTextEdit(edit) ? edit[part].length : edit.text.length;
  if (length <= most) return undefined;
  const advice = part === "anchor" ? "Name less of the file" : "Say it in fewer words, or in several edits";
  const place = isTextEdit(edit) ? `at ${quote(edit.anchor)}` : `of ${quote(edit.file)}`;
  const message = `The ${part} of the ${edit.op} ${place} has ${length} characters; at most ${most} are taken. ${advice}.`;
  return new EditError("too-long", edit, message);
}
