/** A line of a Markdown text. `start` and `end` are UTF-16 offsets into the whole text; `end` is after the line end. */
export interface Line {
  readonly text: string;
  readonly line: number;
  readonly start: number;
  readonly end: number;
  /** Whether the line belongs to a fenced code block, the fences included. */
  readonly fenced: boolean;
}

interface Fence {
  readonly mark: string;
  readonly length: number;
}

/**
 * The lines of a Markdown text from an offset on, without their line ends (LF or CRLF). A code fence that is never
 * closed lasts to the end (CommonMark 0.31, 4.5).
 */
export function* markdownLines(text: string, from = 0): Generator<Line> {
  let line = countLines(text.slice(0, from));
  let start = from;
  let fence: Fence | undefined;
  while (start < text.length) {
    const newline = text.indexOf("\n", start);
    const end = newline === -1 ? text.length : newline + 1;
    const content = text.slice(start, end).replace(/\r?\n$/, "");
    const opened = fence;
    fence = fence === undefined ? openFence(content) : closesFence(content, fence) ? undefined : fence;
    yield { text: content, line, start, end, fenced: opened !== undefined || fence !== undefined };
    start = end;
    line += 1;
  }
}

/** A heading: one to six `#`, its title without those that may close it (CommonMark 0.31, 4.2). */
export interface Heading {
  readonly level: number;
  readonly title: string;
}

/** What a line is as a heading; undefined where it is none. */
export function headingOf(content: string): Heading | undefined {
  const [opening = "", marks] = /^ {0,3}(#{1,6})(?![^ \t])/.exec(content) ?? [];
  if (marks === undefined) return undefined;
  const title = content.slice(opening.length).trim();
  let end = title.length;
  while (title[end - 1] === "#") end -= 1;
  const isClosed = end === 0 || title[end - 1] === " " || title[end - 1] === "\t";
  return { level: marks.length, title: isClosed ? title.slice(0, end).trimEnd() : title };
}

/** The 1-based number of the line on which a text ends. */
export function countLines(text: string): number {
  let count = 1;
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) count += 1;
  return count;
}

function openFence(content: string): Fence | undefined {
  const [opening = "", marks] = /^ {0,3}(`{3,}|~{3,})/.exec(content) ?? [];
  if (marks === undefined) return undefined;
  // Backticks after the fence make it inline code.
  if (marks.startsWith("`") && content.includes("`", opening.length)) return undefined;
  return { mark: marks.charAt(0), length: marks.length };
}

function closesFence(content: string, fence: Fence): boolean {
  const marks = /^ {0,3}(`{3,}|~{3,})[ \t]*$/.exec(content)?.[1];
  return marks !== undefined && marks.startsWith(fence.mark) && marks.length >= fence.length;
}
