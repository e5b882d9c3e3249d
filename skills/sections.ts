import { parseFrontmatter } from "./frontmatter.ts";
import { headingOf, markdownLines } from "./lines.ts";

/**
 * A heading with the text below it, up to the next heading of any level. The text before the first heading is a section
 * of level 0 without a title. `start` and `end` are UTF-16 offsets into the whole text, `byteStart` and `byteEnd` offsets
 * into its UTF-8 bytes; `line` counts from 1.
 */
export interface Section {
  readonly level: number;
  readonly title: string;
  readonly line: number;
  readonly start: number;
  readonly end: number;
  readonly byteStart: number;
  readonly byteEnd: number;
}

type Heading = Pick<Section, "level" | "title" | "line" | "start">;

/**
 * The sections of a Markdown text, in order and without gaps from the end of the frontmatter on. Headings are lines of
 * one to six `#`; underlined headings, and anything in frontmatter or code fences, are plain text.
 */
export function sectionsOf(text: string): Section[] {
  const { bodyStart } = parseFrontmatter(text);
  const headings: Heading[] = [];
  for (const line of markdownLines(text, bodyStart)) {
    if (headings.length === 0) headings.push({ level: 0, title: "", line: line.line, start: line.start });
    const heading = line.fenced ? undefined : headingOf(line.text);
    if (heading !== undefined) headings.push({ ...heading, line: line.line, start: line.start });
  }
  return measure(text, headings);
}

function measure(text: string, headings: readonly Heading[]): Section[] {
  let byteEnd = Buffer.byteLength(text.slice(0, headings[0]?.start ?? 0));
  return headings
    .map((heading, index) => {
      const end = headings[index + 1]?.start ?? text.length;
      const byteStart = byteEnd;
      byteEnd += Buffer.byteLength(text.slice(heading.start, end));
      return { ...heading, end, byteStart, byteEnd };
    })
    .filter((section) => section.end > section.start);
}
