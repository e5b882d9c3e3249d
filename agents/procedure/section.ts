import { parseFrontmatter } from "../../skills/frontmatter.ts";
import { markdownLines, type Line } from "../../skills/lines.ts";

/** A list item: `start` to `end` are its offsets in the file, without the line break after it. */
export interface Bullet {
  readonly start: number;
  readonly end: number;
  /** What stands before the sentence, such as "- ". */
  readonly marker: string;
  readonly body: string;
  readonly bodyStart: number;
  /** From a comment such as `<!-- r3 -->` at its end. */
  readonly id: string | undefined;
}

const bulletStart = /^\s*(?:[-*+]|\d+[.)])\s+(?=\S)/;
const idComment = /\s*<!--\s*([A-Za-z][\w-]*)\s*-->\s*$/;
const heading = /^ {0,3}(#{1,6})[ \t]+(.*?)[ \t]*#*[ \t]*$/;

/**
 * The bullets of every `## <title>` section, in order, and the end of the first such heading. A section lasts to the next
 * heading of level 1 or 2. An indented line goes on with the bullet above it. Code fences hold neither.
 */
export function bulletsOf(text: string, title: string): { bullets: Bullet[]; heading: number | null } {
  const bullets: Bullet[] = [];
  let first: number | null = null;
  let inside = false;
  let open: Line | undefined;
  let end = 0;
  const close = (): void => {
    if (open !== undefined) bullets.push(readBullet(text, open.start, end));
    open = undefined;
  };
  for (const line of markdownLines(text, parseFrontmatter(text).bodyStart)) {
    const marks = line.fenced ? null : heading.exec(line.text);
    const goesOn = open !== undefined && !line.fenced && /^[ \t]+\S/.test(line.text);
    const starts = inside && !line.fenced && bulletStart.test(line.text);
    if (starts || marks !== null || !goesOn) close();
    if (marks !== null && (marks[1] as string).length <= 2) {
      inside = marks[1] === "##" && (marks[2] as string).toLowerCase() === title.toLowerCase();
      if (inside) first ??= line.start + line.text.length;
    }
    if (starts) open = line;
    end = line.start + line.text.length;
  }
  close();
  return { bullets, heading: first };
}

function readBullet(text: string, start: number, end: number): Bullet {
  const raw = text.slice(start, end);
  const marker = bulletStart.exec(raw)?.[0] ?? "";
  const comment = idComment.exec(raw);
  const body = raw.slice(marker.length, comment?.index ?? raw.length);
  return { start, end, marker, body, bodyStart: start + marker.length, id: comment?.[1] };
}
