/** The text with every line end (CRLF, CR, LF) as LF. */
export function foldLineEnds(text: string): string {
  return text.includes("\r") ? text.replaceAll(/\r\n?/g, "\n") : text;
}

/** A text as it is and with its line ends folded, and the way back from one to the other. */
export interface FoldedText {
  readonly text: string;
  readonly folded: string;
  /** The offset in the text of an offset in the folded one. */
  offsetOf(folded: number): number;
}

export function foldText(text: string): FoldedText {
  const folded = foldLineEnds(text);
  // Where the folded text is one character shorter: the LF that stands for a CRLF.
  const shorter: number[] = [];
  for (const { index } of folded.length === text.length ? [] : text.matchAll(/\r\n/g))
    shorter.push(index - shorter.length);
  const offsetOf = (offset: number) => {
    let [low, high] = [0, shorter.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((shorter[middle] as number) < offset) low = middle + 1;
      else high = middle;
    }
    return offset + low;
  };
  return { text, folded, offsetOf };
}

/** The text with the line ends that a file has around an offset; as it is where the file has none. */
export function withLineEndsAt(text: string, file: string, offset: number): string {
  if (!/[\r\n]/.test(text)) return text;
  const lineEnd = lineEndAt(file, offset);
  return lineEnd === undefined ? text : foldLineEnds(text).replaceAll("\n", lineEnd);
}

/** The line end of the line in which an offset lies, or else of the line before it. */
function lineEndAt(text: string, offset: number): string | undefined {
  const following = /\r\n?|\n/g;
  following.lastIndex = offset;
  const next = following.exec(text)?.[0];
  if (next !== undefined) return next;
  const last = Math.max(text.lastIndexOf("\n", offset), text.lastIndexOf("\r", offset));
  if (last === -1) return undefined;
  return text[last] === "\n" && text[last - 1] === "\r" ? "\r\n" : text[last];
}
