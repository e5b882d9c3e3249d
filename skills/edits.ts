import { EditError } from "../state/errors.ts";
import type { Edit } from "../state/program.ts";
import { bytesOf, createSkillFolder, decodeText, type SkillFolder } from "./folder.ts";
import { countLines } from "./lines.ts";
import { nearestLine } from "./nearest.ts";
import { quote } from "./shorten.ts";
import { hasLoneSurrogate } from "./unicode.ts";

/** What an edit does to the original text: the characters from `start` to `end` give way to `text`. */
interface Change {
  readonly edit: Edit;
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** Where inserts meet at one point: each stands beside its own anchor, and `append` comes last. */
const turn = { "insert-after": 0, "insert-before": 1, append: 2, replace: 3, delete: 3 };

/**
 * Applies edits together or throws an `EditError` and applies none. Every edit is located on the original text, so the
 * order of the list matters only for inserts at the same side of one point, which come out in its order.
 *
 * Texts are put in as they are: line ends are the proposer's, also for `append` to a file without a final newline. The
 * `text` of a `delete` is not used; an `append` with an anchor is refused. Two edits overlap where one changes characters the
 * other changes or inserts among, or where one insert is there twice; an insert right beside changed characters is fine.
 * Bytes no edit names stay as they are; skills without edits are returned as given. Only UTF-8 files can be edited.
 */
export function applyEdits(skills: readonly SkillFolder[], edits: readonly Edit[]): SkillFolder[] {
  const names = new Set(skills.map((skill) => skill.name));
  for (const edit of edits) {
    if (names.has(edit.skill)) continue;
    const known = [...names].join(", ");
    throw new EditError("missing-file", edit, `There is no skill "${edit.skill}" to edit. Skills are: ${known}.`);
  }
  return skills.map((skill) => {
    const own = edits.filter((edit) => edit.skill === skill.name);
    return own.length === 0 ? skill : editSkill(skill, own);
  });
}

function editSkill(skill: SkillFolder, edits: readonly Edit[]): SkillFolder {
  const files = { ...skill.files };
  for (const first of edits) {
    const own = edits.filter((edit) => edit.file === first.file);
    if (first !== own[0]) continue;
    const text = readText(skill, first);
    const edited = rewrite(text, inOrder(own.map((edit) => locate(text, edit))));
    if (edited === text) throw new EditError("no-change", first, `The edits of ${first.file} undo each other.`);
    files[first.file] = new TextEncoder().encode(edited);
  }
  return createSkillFolder(skill.name, files);
}

function readText(skill: SkillFolder, edit: Edit): string {
  const bytes = bytesOf(skill, edit.file);
  if (bytes === undefined) {
    const known = Object.keys(skill.files).toSorted().slice(0, 20).join(", ");
    const message = `Skill "${skill.name}" has no file ${quote(edit.file)} to edit. Files are: ${known}.`;
    throw new EditError("missing-file", edit, message);
  }
  const text = decodeText(bytes);
  if (text !== undefined) return text;
  throw new EditError("missing-file", edit, `${edit.file} is not UTF-8 text; only texts can be edited.`);
}

function locate(text: string, edit: Edit): Change {
  if (edit.op !== "delete" && edit.text === (edit.op === "replace" ? edit.anchor : "")) {
    throw new EditError("no-change", edit, `The ${edit.op} at ${quote(edit.anchor)} changes nothing.`);
  }
  if (edit.op === "append") {
    if (edit.anchor === "") return { edit, start: text.length, end: text.length, text: edit.text };
    const message = `An append goes to the end of the file and takes no anchor, but names ${quote(edit.anchor)}.`;
    throw new EditError("ambiguous-anchor", edit, message);
  }
  const start = findAnchor(text, edit);
  const end = start + edit.anchor.length;
  if (edit.op === "insert-before") return { edit, start, end: start, text: edit.text };
  if (edit.op === "insert-after") return { edit, start: end, end, text: edit.text };
  return { edit, start, end, text: edit.op === "delete" ? "" : edit.text };
}

/** The place of the one occurrence of the anchor, after a byte order mark. */
function findAnchor(text: string, edit: Edit): number {
  const from = text.startsWith("\uFEFF") ? 1 : 0;
  // A lone surrogate would match half a character.
  const usable = edit.anchor !== "" && !hasLoneSurrogate(edit.anchor);
  const start = usable ? text.indexOf(edit.anchor, from) : -1;
  if (start === -1) throw new EditError("missing-anchor", edit, missingMessage(text, edit));
  const second = text.indexOf(edit.anchor, start + 1);
  if (second === -1) return start;
  const lines = `lines ${countLines(text.slice(0, start))} and ${countLines(text.slice(0, second))}`;
  const message = `The anchor ${quote(edit.anchor)} occurs more than once in ${edit.file} (${lines}); make it longer.`;
  throw new EditError("ambiguous-anchor", edit, message);
}

function missingMessage(text: string, edit: Edit): string {
  if (edit.anchor === "") return `A ${edit.op} needs an anchor: text that occurs exactly once in ${edit.file}.`;
  const said = `The anchor ${quote(edit.anchor)} does not occur in ${edit.file}; copy it exactly, white space included.`;
  if (text.includes("\r\n") && text.includes(edit.anchor.replaceAll(/\r?\n/g, "\r\n"))) {
    return `${said} The lines of this file end in CRLF.`;
  }
  const near = nearestLine(text, edit.anchor);
  return near === undefined ? said : `${said} The nearest line is line ${near.line}: ${quote(near.text, 160)}.`;
}

function inOrder(changes: readonly Change[]): Change[] {
  const sorted = changes.toSorted((a, b) => a.start - b.start || turn[a.edit.op] - turn[b.edit.op]);
  const seen = new Map<string, Change>();
  let widest: Change | undefined;
  for (const change of sorted) {
    const key = JSON.stringify([change.edit.op, change.start, change.edit.text]);
    const other = widest !== undefined && change.start < widest.end ? widest : seen.get(key);
    if (other !== undefined) throw overlap(other.edit, change.edit);
    seen.set(key, change);
    widest = widest !== undefined && widest.end > change.end ? widest : change;
  }
  return sorted;
}

function overlap(one: Edit, other: Edit): EditError {
  const places = `${one.op} at ${quote(one.anchor)} and ${other.op} at ${quote(other.anchor)}`;
  return new EditError("overlap", other, `Two edits of ${other.file} overlap: ${places}. Keep one, or join them.`);
}

function rewrite(text: string, changes: readonly Change[]): string {
  const pieces: string[] = [];
  let at = 0;
  for (const change of changes) {
    pieces.push(text.slice(at, change.start), change.text);
    at = change.end;
  }
  return pieces.join("") + text.slice(at);
}
