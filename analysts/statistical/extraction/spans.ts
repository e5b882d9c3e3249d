/** A stretch of a text, as UTF-16 offsets. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

const most = 4;

/**
 * Where a text holds the expected value, whatever its capitals, spaces and punctuation, as whole words and numbers; a
 * number also where the text leaves out zeros at the end of its decimals.
 */
export function spansOf(text: string, expected: string): Span[] {
  const spans: Span[] = [];
  const flat = flatten(text);
  for (const wanted of spellings(expected)) {
    for (let at = flat.text.indexOf(wanted); at !== -1 && spans.length < most; at = flat.text.indexOf(wanted, at + 1)) {
      const start = flat.offsets[at] as number;
      const end = (flat.offsets[at + wanted.length - 1] as number) + 1;
      if (isWhole(text, start, end)) spans.push(widened(text, { start, end }, expected));
    }
  }
  return spans;
}

/** The letters and digits of a text in lower case, and where each stands. */
function flatten(text: string): { text: string; offsets: number[] } {
  const offsets: number[] = [];
  let flat = "";
  for (const { 0: character, index } of text.matchAll(/[\p{L}\p{N}]/gu)) {
    const lower = character.toLowerCase();
    flat += lower;
    for (let unit = 0; unit < lower.length; unit += 1) offsets.push(index);
  }
  return { text: flat, offsets };
}

function spellings(expected: string): string[] {
  const whole = flatten(expected).text;
  const zeros = /^[+-]?\d+\.\d*$/.test(expected) ? (/(?<!0)0*$/.exec(expected)?.[0].length ?? 0) : 0;
  const shorter = Array.from({ length: zeros }, (_, cut) => whole.slice(0, whole.length - cut - 1));
  return [whole, ...shorter].filter((each) => each !== "");
}

/** Whether neither end cuts a word or a number; a number may stand right beside letters, such as its unit. */
function isWhole(text: string, start: number, end: number): boolean {
  return !isCut(text[start], text[start - 1]) && !isCut(text[end - 1], text[end]);
}

function isCut(inside = "", outside = ""): boolean {
  return /\p{L}/u.test(inside) ? /[\p{L}\p{N}]/u.test(outside) : /\p{N}/u.test(inside) && /\p{N}/u.test(outside);
}

/** With the punctuation the expected value begins or ends with. */
function widened(text: string, { start, end }: Span, expected: string): Span {
  const before = /^[^\p{L}\p{N}]+/u.exec(expected)?.[0] ?? "";
  const after = /(?<![^\p{L}\p{N}])[^\p{L}\p{N}]+$/u.exec(expected)?.[0] ?? "";
  return {
    start: text.slice(0, start).endsWith(before) ? start - before.length : start,
    end: text.slice(end).startsWith(after) ? end + after.length : end,
  };
}
