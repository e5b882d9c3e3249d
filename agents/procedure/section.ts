import { parseFrontmatter } from "../../skills/frontmatter.ts";
import { headingOf, markdownLines, type Line } from "../../skills/lines.ts";

/** The sections whose bullets are executed, in the order they are. */
export const sectionNames = ["Prepare", "Steps", "Rules", "Extract", "Finish"] as const;
export type SectionName = (typeof sectionNames)[number];

/** A list item: `start` to `end` are its offsets in the file, without the line break after it. */
export interface Bullet {
  readonly section: SectionName;
  /** Its place among the bullets of its section, from 1: the N of "go to step N". */
  readonly number: number;
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
const idComment = /^<!--\s*([A-Za-z][\w-]*)\s*-->$/;

type Opening = Line & Pick<Bullet, "section" | "number">;
type Headings = Partial<Record<SectionName, number>>;

/**
 * The bullets of every `## <section>`, in the order of the file, and the end of the first heading of each. A section
 * lasts to the next heading of level 1 or 2; a title may return. An indented line goes on with the bullet above it. Code
 * fences hold neither.
 */
export function bulletsOf(text: string): { bullets: Bullet[]; headings: Headings } {
  const bullets: Bullet[] = [];
  const headings: Headings = {};
  const counts: Headings = {};
  let section: SectionName | undefined;
  let open: Opening | undefined;
  let end = 0;
  const close = (): void => {
    if (open !== undefined) bullets.push(readBullet(text, open, end));
    open = undefined;
  };
  for (const line of markdownLines(text, parseFrontmatter(text).bodyStart)) {
    const heading = line.fenced ? undefined : headingOf(line.text);
    const goesOn = open !== undefined && !line.fenced && /^[ \t]+\S/.test(line.text);
    const starts = section !== undefined && !line.fenced && bulletStart.test(line.text);
    if (starts || heading !== undefined || !goesOn) close();
    if (heading !== undefined && heading.level <= 2) {
      section = heading.level === 2 ? sectionOf(heading.title) : undefined;
      if (section !== undefined) headings[section] ??= line.start + line.text.length;
    }
    if (starts && section !== undefined) {
      counts[section] = (counts[section] ?? 0) + 1;
      open = { ...line, section, number: counts[section] as number };
    }
    end = line.start + line.text.length;
  }
  close();
  return { bullets, headings };
}

function sectionOf(title: string): SectionName | undefined {
  return sectionNames.find((name) => name.toLowerCase() === title.toLowerCase());
}

function readBullet(text: string, { start, section, number }: Opening, end: number): Bullet {
  const raw = text.slice(start, end);
  const marker = bulletStart.exec(raw)?.[0] ?? "";
  const said = raw.trimEnd();
  const comment = said.lastIndexOf("<!--");
  const id = comment < marker.length ? undefined : idComment.exec(said.slice(comment))?.[1];
  const body = id === undefined ? raw.slice(marker.length) : said.slice(marker.length, comment).trimEnd();
  return { section, number, start, end, marker, body, bodyStart: start + marker.length, id };
}
