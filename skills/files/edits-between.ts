import { diffArrays } from "diff";
import type { Edit, Operation, TextEdit } from "../../state/program.ts";
import { bytesOf, decodeText, type SkillFolder } from "../folder.ts";
import { foldLineEnds } from "../line-ends.ts";
import { occurrencesOf } from "../occurrences.ts";

/** A change of a file: its lines from `start` to `end` give way to `lines`. */
interface Hunk {
  start: number;
  end: number;
  lines: readonly string[];
}

interface FileChange {
  skill: string;
  file: string;
  before: readonly string[];
  hunks: Hunk[];
}

/** A file with more changed lines than this is one hunk. */
const mostChanged = 2_000;

/**
 * The edits that turn one program into another of the same skills, up to line ends: an operation for each text file that is created or deleted, and
 * edits of those that changed. At most `most`, if not more files differ; otherwise one per file. Neighboring changes become one edit
 * if there are too many, those with the fewest lines between them first.
 */
export function editsBetween(before: readonly SkillFolder[], after: readonly SkillFolder[], most: number): Edit[] {
  const pairs = before.flatMap((skill) => {
    const other = after.find(({ name }) => name === skill.name);
    return other === undefined ? [] : [[skill, other] as const];
  });
  const operations = pairs.flatMap(([skill, other]) => operationsOf(skill, other));
  const changes = pairs.flatMap(([skill, other]) =>
    Object.keys(skill.files).flatMap((file) => changeOf(skill, other, file)),
  );
  const left = most - operations.length;
  while (changes.reduce((sum, { hunks }) => sum + hunks.length, 0) > left) if (!joinNearest(changes)) break;
  return [...operations, ...changes.flatMap(editsOf)];
}

function operationsOf(before: SkillFolder, after: SkillFolder): Operation[] {
  const { name: skill } = before;
  const gone = Object.keys(before.files).filter((file) => bytesOf(after, file) === undefined);
  const made = Object.keys(after.files).filter((file) => bytesOf(before, file) === undefined);
  return [
    ...gone.map((file): Operation => ({ op: "delete-file", skill, file })),
    ...made.flatMap((file): Operation[] => {
      const text = decodeText(after.files[file] as Uint8Array);
      return text === undefined ? [] : [{ op: "create-file", skill, file, text }];
    }),
  ];
}

function changeOf(skill: SkillFolder, other: SkillFolder, file: string): FileChange[] {
  const [old, young] = [skill, other].map((each) => {
    const bytes = bytesOf(each, file);
    return bytes === undefined ? undefined : decodeText(bytes);
  });
  if (old === undefined || young === undefined || old === young) return [];
  const [before, after] = [linesOf(old), linesOf(young)];
  const hunks = hunksOf(before, after);
  return hunks.length === 0 ? [] : [{ skill: skill.name, file, before, hunks }];
}

/** Lines with their line breaks as LF, without a byte order mark, which no anchor can hold. */
function linesOf(text: string): string[] {
  const folded = foldLineEnds(text.startsWith("\uFEFF") ? text.slice(1) : text);
  const lines = folded.split("\n").map((line) => `${line}\n`);
  const last = lines.pop()?.slice(0, -1) ?? "";
  return last === "" ? lines : [...lines, last];
}

function hunksOf(before: readonly string[], after: readonly string[]): Hunk[] {
  const parts = diffArrays([...before], [...after], { maxEditLength: mostChanged });
  if (parts === undefined) return [{ start: 0, end: before.length, lines: after }];
  const hunks: Hunk[] = [];
  let [at, isOpen] = [0, false];
  for (const { added, removed, value } of parts) {
    const last = hunks.at(-1);
    if (!added && !removed) {
      at += value.length;
      isOpen = false;
      continue;
    }
    const hunk = isOpen && last !== undefined ? last : { start: at, end: at, lines: [] };
    if (hunk !== last) hunks.push(hunk);
    if (removed) at += value.length;
    hunks[hunks.length - 1] = { ...hunk, end: at, lines: added ? [...hunk.lines, ...value] : hunk.lines };
    isOpen = true;
  }
  return hunks;
}

/** Joins the two hunks of a file that are nearest to each other; false where every file has one. */
function joinNearest(changes: readonly FileChange[]): boolean {
  const gaps = changes.flatMap((change) =>
    change.hunks
      .slice(1)
      .map((hunk, index) => ({ change, index, gap: hunk.start - (change.hunks[index] as Hunk).end })),
  );
  const [nearest] = gaps.toSorted((a, b) => a.gap - b.gap);
  if (nearest === undefined) return false;
  const { change, index } = nearest;
  change.hunks.splice(index, 2, joined(change.before, change.hunks[index] as Hunk, change.hunks[index + 1] as Hunk));
  return true;
}

function joined(before: readonly string[], one: Hunk, other: Hunk): Hunk {
  return {
    start: one.start,
    end: other.end,
    lines: [...one.lines, ...before.slice(one.end, other.start), ...other.lines],
  };
}

/** Each hunk with as many lines around it as make its anchor occur once; hunks that then meet are one. */
function editsOf({ skill, file, before, hunks }: FileChange): TextEdit[] {
  const text = before.join("");
  if (text === "")
    return [{ skill, file, op: "append", anchor: "", text: hunks.flatMap(({ lines }) => lines).join("") }];
  const done: Hunk[] = [];
  for (const hunk of hunks) {
    let wide = anchored(hunk, before, text);
    for (let last = done.at(-1); last !== undefined && last.end > wide.start; last = done.at(-1)) {
      done.pop();
      wide = anchored(overlapping(before, last, { wide, hunk }), before, text);
    }
    done.push(wide);
  }
  return done.map((hunk) => editOf({ skill, file }, before.slice(hunk.start, hunk.end).join(""), hunk.lines.join("")));
}

/** A hunk joined with the one before it, which reaches into the lines around it. */
function overlapping(before: readonly string[], last: Hunk, { wide, hunk }: { wide: Hunk; hunk: Hunk }): Hunk {
  const own = trimmed(before, wide, hunk);
  return last.end <= own.start ? joined(before, last, own) : joined(before, cutTo(last, own.start), own);
}

/** The hunk itself with only the lines that were added after it. */
function trimmed(before: readonly string[], wide: Hunk, hunk: Hunk): Hunk {
  return { start: hunk.start, end: wide.end, lines: [...hunk.lines, ...before.slice(hunk.end, wide.end)] };
}

/** A hunk without the unchanged lines that it has at its end from a line on. */
function cutTo(hunk: Hunk, line: number): Hunk {
  return { start: hunk.start, end: line, lines: hunk.lines.slice(0, hunk.lines.length - (hunk.end - line)) };
}

function anchored(hunk: Hunk, before: readonly string[], text: string): Hunk {
  for (let more = 0; ; more = more === 0 ? 1 : 2 * more) {
    const start = Math.max(0, hunk.start - more);
    const end = Math.min(before.length, hunk.end + (more > 1 ? more : 0));
    const anchor = before.slice(start, end).join("");
    if ((anchor !== "" && occursOnce(anchor, text)) || (start === 0 && end === before.length)) {
      return { start, end, lines: [...before.slice(start, hunk.start), ...hunk.lines, ...before.slice(hunk.end, end)] };
    }
  }
}

function occursOnce(anchor: string, text: string): boolean {
  const places = occurrencesOf(anchor, text);
  places.next();
  return places.next().done === true;
}

function editOf(place: { skill: string; file: string }, anchor: string, text: string): TextEdit {
  if (text === "") return { ...place, op: "delete", anchor, text };
  if (text.startsWith(anchor)) return { ...place, op: "insert-after", anchor, text: text.slice(anchor.length) };
  if (text.endsWith(anchor)) return { ...place, op: "insert-before", anchor, text: text.slice(0, -anchor.length) };
  return { ...place, op: "replace", anchor, text };
}
