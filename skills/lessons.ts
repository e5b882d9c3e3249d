import { isTextEdit, type Edit, type TextEdit } from "../state/program.ts";
import { placeEdits } from "./edits.ts";
import { mainFile, SKILL_FILE, textOf, type SkillFolder } from "./folder.ts";

/**
 * The block of a skill that only a reflector writes, between comments that no host shows. SkillOpt's protected region (arXiv 2605.23904,
 * optimizer/skill.py [C]) under a name of our own.
 */
const blockStart = "<!-- lessons of past epochs -->";
const blockEnd = "<!-- end of lessons -->";

interface Range {
  start: number;
  end: number;
}

/** From the first mark that begins a block to the last one that ends it; a mark without the other reaches to its side of the file. */
function blockIn(text: string): Range | undefined {
  const [start, end] = [text.indexOf(blockStart), text.lastIndexOf(blockEnd)];
  if (start === -1 && end === -1) return undefined;
  const isWhole = start !== -1 && end > start;
  return isWhole ? { start, end: end + blockEnd.length } : { start: 0, end: text.length };
}

/** The block of a skill's main file as it is written, marks included; null where there is none. */
export function lessonsBlock(skill: SkillFolder): string | null {
  const text = textOf(skill);
  const range = text === undefined ? undefined : blockIn(text);
  return text === undefined || range === undefined ? null : text.slice(range.start, range.end);
}

/** What is between the marks; null where there is no block. */
export function lessonsOf(skill: SkillFolder): string | null {
  return lessonsBlock(skill)?.replace(blockStart, "").replace(blockEnd, "").trim() ?? null;
}

/** Edits that make these the lessons of a skill, at most one; an empty text removes the block. Marks inside of the text are left out. */
export function editsToLessons(skill: SkillFolder, lessons: string): TextEdit[] {
  const file = mainFile(skill);
  const text = lessons.replaceAll(blockStart, "").replaceAll(blockEnd, "").trim();
  const block = lessonsBlock(skill);
  const written = `${blockStart}\n${text}\n${blockEnd}`;
  if (text === (lessonsOf(skill) ?? "")) return [];
  if (block === null) {
    const before = textOf(skill)?.endsWith("\n") === false ? "\n\n" : "\n";
    return [{ skill: skill.name, file, op: "append", anchor: "", text: `${before}${written}\n` }];
  }
  const op = text === "" ? ("delete" as const) : ("replace" as const);
  return [{ skill: skill.name, file, op, anchor: block, text: text === "" ? "" : written }];
}

/** Whether an edit changes a block of lessons, puts something into it, creates one, or deletes its skill. Throws an `EditError` where it cannot be applied. */
export function touchesLessons(skills: readonly SkillFolder[], edit: Edit): boolean {
  const skill = skills.find(({ name }) => name === edit.skill);
  if (edit.op === "create-file") return edit.file === SKILL_FILE && blockIn(edit.text) !== undefined;
  if (edit.op === "delete-skill") return skill !== undefined && lessonsBlock(skill) !== null;
  if (!isTextEdit(edit)) return false;
  const text = skill === undefined || edit.file !== mainFile(skill) ? undefined : textOf(skill);
  const block = text === undefined ? undefined : blockIn(text);
  if (block === undefined) return false;
  const [place] = placeEdits(skills, [edit]);
  if (place === undefined) return false;
  if (place.changes) return place.start < block.end && block.start < place.end;
  const point = edit.op === "insert-before" ? place.start : place.end;
  return block.start < point && point < block.end;
}
