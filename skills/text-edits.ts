import { sizes } from "../state/sizes.ts";
import { EditError } from "../state/errors.ts";
import type { TextEdit } from "../state/program.ts";
import { bytesOf, createSkillFolder, decodeText, type SkillFolder } from "./folder.ts";
import { foldLineEnds, foldText, withLineEndsAt, type FoldedText } from "./line-ends.ts";
import { countLines } from "./lines.ts";
import { nearestLine } from "./nearest.ts";
import { occurrencesOf } from "./occurrences.ts";
import { quote } from "./shorten.ts";
import { hasLoneSurrogate } from "./unicode.ts";

/** What an edit does to the original text: the characters from `start` to `end` give way to `text`. */
interface Change {
  readonly edit: TextEdit;
  readonly start: number;
  readonly end: number;
  readonly text: string;
  readonly anchor: Range;
}

/** Where inserts meet at one point: each stands beside its own anchor, and `append` comes last. */
const turn = { "insert-after": 0, "insert-before": 1, append: 2, replace: 3, delete: 3 };

/** The characters of a file that an edit is anchored at, from `start` to `end`, none for an `append`; `changes` says that it changes them. */
export interface Place {
  skill: string;
  file: string;
  start: number;
  end: number;
  changes: boolean;
}

/** Where an edit of a skill is anchored on the original text. Throws an `EditError` where it has no place. */
export function placeEdit(skill: SkillFolder, edit: TextEdit): Place {
  const { file, op } = edit;
  const { start, end } = locate(foldText(readText(skill, edit)), edit).anchor;
  return { skill: skill.name, file, start, end, changes: op === "replace" || op === "delete" };
}

/** The skill with these edits, all of them on the original text of its files. */
export function editTexts(skill: SkillFolder, edits: readonly TextEdit[]): SkillFolder {
  const files = { ...skill.files };
  for (const first of edits) {
    const own = edits.filter((edit) => edit.file === first.file);
    if (first !== own[0]) continue;
    const folded = foldText(readText(skill, first));
    const { text } = folded;
    const edited = rewrite(text, inOrder(own.map((edit) => locate(folded, edit))));
    if (edited.length > sizes.editedFile && edited.length > text.length) {
      const grown = `The edits make ${first.file} ${edited.length} characters long; at most ${sizes.editedFile} are taken.`;
      throw new EditError("too-long", first, `${grown} Make it shorter.`);
    }
    if (edited === text) throw new EditError("no-change", first, `The edits of ${first.file} undo each other.`);
    files[first.file] = new TextEncoder().encode(edited);
  }
  return createSkillFolder(skill.name, files);
}

function readText(skill: SkillFolder, edit: TextEdit): string {
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

function locate(file: FoldedText, edit: TextEdit): Change {
  const { text } = file;
  if (edit.op !== "delete" && foldLineEnds(edit.text) === (edit.op === "replace" ? foldLineEnds(edit.anchor) : "")) {
    throw new EditError("no-change", edit, `The ${edit.op} at ${quote(edit.anchor)} changes nothing.`);
  }
  if (edit.op === "append") {
    const atEnd = { start: text.length, end: text.length };
    if (edit.anchor === "") return changeOf(text, edit, { anchor: atEnd, ...atEnd });
    const message = `An append goes to the end of the file and takes no anchor, but names ${quote(edit.anchor)}.`;
    throw new EditError("ambiguous-anchor", edit, message);
  }
  const anchor = findAnchor(file, edit);
  const { start, end } = anchor;
  if (edit.op === "insert-before") return changeOf(text, edit, { anchor, start, end: start });
  if (edit.op === "insert-after") return changeOf(text, edit, { anchor, start: end, end });
  return changeOf(text, edit, { anchor, start, end });
}

interface Range {
  start: number;
  end: number;
}

function changeOf(file: string, edit: TextEdit, range: Range & { anchor: Range }): Change {
  return { edit, ...range, text: edit.op === "delete" ? "" : withLineEndsAt(edit.text, file, range.start) };
}

/** The place of the one occurrence of the anchor, after a byte order mark. Of several the one with the same line ends is meant. */
function findAnchor(file: FoldedText, edit: TextEdit): Range {
  const { text, folded, offsetOf } = file;
  const anchor = foldLineEnds(edit.anchor);
  const rangeAt = (start: number): Range => ({ start: offsetOf(start), end: offsetOf(start + anchor.length) });
  // A lone surrogate would match half a character.
  const usable = anchor !== "" && !hasLoneSurrogate(anchor);
  const [first, second] = usable ? firstTwo(anchor, folded, text.startsWith("\uFEFF") ? 1 : 0) : [];
  if (first === undefined) throw new EditError("missing-anchor", edit, missingMessage(text, edit));
  if (second === undefined) return rangeAt(first);
  const exact = anchor.includes("\n") ? exactRange(text, edit.anchor) : undefined;
  if (exact !== undefined) return exact;
  const lines = `lines ${countLines(folded.slice(0, first))} and ${countLines(folded.slice(0, second))}`;
  const message = `The anchor ${quote(edit.anchor)} occurs more than once in ${edit.file} (${lines}); make it longer.`;
  throw new EditError("ambiguous-anchor", edit, message);
}

/** The first two places of a text in another, from an offset on. */
function firstTwo(wanted: string, text: string, from: number): number[] {
  const found: number[] = [];
  for (const place of occurrencesOf(wanted, text)) {
    if (place >= from) found.push(place);
    if (found.length === 2) break;
  }
  return found;
}

/** The only occurrence with the line ends of the anchor; undefined where there are several, or none. */
function exactRange(text: string, exact: string): Range | undefined {
  let only: Range | undefined;
  for (const start of occurrencesOf(exact, text)) {
    const end = start + exact.length;
    // Half of a CRLF is no line end.
    if (isInCrlf(text, start) || isInCrlf(text, end)) continue;
    if (only !== undefined) return undefined;
    only = { start, end };
  }
  return only;
}

function isInCrlf(text: string, offset: number): boolean {
  return text[offset - 1] === "\r" && text[offset] === "\n";
}

function missingMessage(text: string, edit: TextEdit): string {
  if (edit.anchor === "") return `A ${edit.op} needs an anchor: text that occurs exactly once in ${edit.file}.`;
  const said = `The anchor ${quote(edit.anchor)} does not occur in ${edit.file}; copy it exactly, white space included.`;
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

function overlap(one: TextEdit, other: TextEdit): EditError {
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
