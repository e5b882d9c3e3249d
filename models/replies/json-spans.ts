/** Where a value stands in a text: from `start`, up to and without `end`. */
export interface Span {
  start: number;
  end: number;
}

/**
 * Where objects and lists of JSON stand in a text, in order: each whole one that is not inside of another whole one. Where a
 * value goes wrong, none of those that are open there is whole, so nothing is read again but a text that it went wrong after,
 * as that may be no text at all. No character is read more than three times.
 */
export function jsonSpans(text: string): Span[] {
  const spans: Span[] = [];
  const opening = /[{[]/g;
  for (let found = opening.exec(text); found !== null; found = opening.exec(text)) {
    opening.lastIndex = readValue(text, found.index, spans);
  }
  return spans;
}

/** Deeper than anything that a model says. */
const deepest = 200;

/** What may come next. The even ones let the object or list end. */
const [itemOrEnd, value, keyOrEnd, key, commaOrEnd, colon] = [0, 1, 2, 3, 4, 5];

const scalar = /true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;

/** Adds what is whole from `start` on, the outermost alone; gives where to look on. */
function readValue(text: string, start: number, spans: Span[]): number {
  /** Of each object or list that is open: where it began, and how many spans there were before. */
  const open: Array<[start: number, spans: number, isObject: boolean]> = [];
  let expected = value;
  /** Where the last token began, if it was a text. */
  let quote = -1;
  for (let at = start; ;) {
    at = afterSpace(text, at);
    const character = text[at];
    const isValue = expected === itemOrEnd || expected === value;
    const inner = open.at(-1);
    let next = at + 1;
    if (character === '"' && expected < commaOrEnd) {
      next = endOfText(text, at);
      if (next === -1) return at + 1;
      expected = isValue ? commaOrEnd : colon;
    } else if (isValue && (character === "{" || character === "[") && open.length < deepest) {
      open.push([at, spans.length, character === "{"]);
      expected = character === "{" ? keyOrEnd : itemOrEnd;
    } else if (inner !== undefined && expected % 2 === 0 && character === (inner[2] ? "}" : "]")) {
      spans.length = inner[1];
      spans.push({ start: inner[0], end: next });
      open.pop();
      if (open.length === 0) return next;
      expected = commaOrEnd;
    } else if (character === "," && expected === commaOrEnd) expected = inner?.[2] === true ? key : value;
    else if (character === ":" && expected === colon) expected = value;
    else {
      scalar.lastIndex = at;
      if (!isValue || !scalar.test(text)) return quote === -1 ? Math.max(at, start + 1) : quote + 1;
      [expected, next] = [commaOrEnd, scalar.lastIndex];
    }
    quote = character === '"' ? at : -1;
    at = next;
  }
}

function afterSpace(text: string, start: number): number {
  let at = start;
  while (" \n\r\t".includes(text[at] ?? "x")) at += 1;
  return at;
}

/** Behind the quotation mark that ends the text which begins at `start`; -1 where none does, or JSON has no such text. */
function endOfText(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 34) return at + 1;
    if (code < 32) return -1;
    if (code === 92) at += 1;
  }
  return -1;
}
