import type { TextEdit } from "../../../state/program.ts";

/** The characters from `start` to `end` give way to `text`. */
export interface Change {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** Changes that share an anchor: the characters from `start` to `end`. */
interface Group {
  readonly start: number;
  readonly end: number;
  readonly changes: readonly Change[];
}

/**
 * Changes that do not overlap, as edits whose anchors occur once in the text and do not overlap either. An anchor is one
 * or more whole lines; changes of one anchor become one edit.
 */
export function anchoredEdits(text: string, changes: readonly Change[]): Pick<TextEdit, "op" | "anchor" | "text">[] {
  let groups = changes.toSorted(byPlace).map((change) => untilUnique(text, groupOf(text, change)));
  let joined = joinOverlapping(groups);
  while (joined.length < groups.length) {
    groups = joined.map((group) => untilUnique(text, group));
    joined = joinOverlapping(groups);
  }
  return groups.flatMap((group) => {
    const anchor = text.slice(group.start, group.end);
    const wanted = applied(text, group);
    return anchor === wanted ? [] : [smallest(anchor, wanted)];
  });
}

/** A change anchored at the lines it is in. One that begins with a line break, such as a removal, keeps it. */
function groupOf(text: string, change: Change): Group {
  const atBreak = change.start < change.end && /[\r\n]/.test(text[change.start] ?? "");
  const start = atBreak ? change.start : lineStart(text, change.start);
  return { start, end: lineEnd(text, change.end), changes: [change] };
}

function byPlace(left: Change, right: Change): number {
  return left.start - right.start || left.end - right.end;
}

function joinOverlapping(groups: readonly Group[]): Group[] {
  const joined: Group[] = [];
  for (const group of groups.toSorted((left, right) => left.start - right.start)) {
    const last = joined.at(-1);
    if (last === undefined || group.start >= last.end) joined.push(group);
    else {
      const changes = [...last.changes, ...group.changes].toSorted(byPlace);
      joined[joined.length - 1] = { start: last.start, end: Math.max(last.end, group.end), changes };
    }
  }
  return joined;
}

/** Takes in the line above, and at the top the line below, until the anchor occurs once. */
function untilUnique(text: string, group: Group): Group {
  let { start, end } = group;
  while (!isUnique(text, text.slice(start, end)) && end - start < text.length) {
    if (start > 0) start = lineStart(text, start - 1);
    else end = lineEnd(text, end + 1);
  }
  return { ...group, start, end };
}

function isUnique(text: string, anchor: string): boolean {
  return anchor !== "" && text.indexOf(anchor, text.indexOf(anchor) + 1) === -1;
}

function applied(text: string, { start, end, changes }: Group): string {
  let at = start;
  let wanted = "";
  for (const change of changes) {
    wanted += text.slice(at, change.start) + change.text;
    at = change.end;
  }
  return wanted + text.slice(at, end);
}

/** A replacement said as the insertion or deletion it is. */
function smallest(anchor: string, wanted: string): Pick<TextEdit, "op" | "anchor" | "text"> {
  if (wanted === "") return { op: "delete", anchor, text: "" };
  if (wanted.startsWith(anchor)) return { op: "insert-after", anchor, text: wanted.slice(anchor.length) };
  if (wanted.endsWith(anchor)) return { op: "insert-before", anchor, text: wanted.slice(0, -anchor.length) };
  return { op: "replace", anchor, text: wanted };
}

function lineStart(text: string, offset: number): number {
  return offset === 0 ? 0 : text.lastIndexOf("\n", offset - 1) + 1;
}

/** The end of the line an offset is in, without its line break. */
function lineEnd(text: string, offset: number): number {
  const newline = text.indexOf("\n", offset);
  if (newline === -1) return text.length;
  return newline > offset && text[newline - 1] === "\r" ? newline - 1 : newline;
}
