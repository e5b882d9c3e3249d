import { once } from "./once.ts";
import type { Match } from "./patterns/pattern.ts";

/**
 * A text that is looked for. Capitals do not matter, white space stands for any, and `word*` for all that begins so; no
 * letter stands next to a letter at its ends.
 */
export interface Probe {
  /** Its first place in a text from an offset on, without empty ones. */
  find(text: string, from: number): Match | undefined;
  /** Whether it is in a text; a `*` by itself is in any. */
  isIn(text: string): boolean;
  /** Whether it may be in a text, of which the form without capitals is given: much less work than to look where. */
  mayBeIn(folded: string): boolean;
}

const capacity = 5000;
const probes = new Map<string, Probe>();

export function probeFor(wanted: string): Probe {
  return once(probes, wanted, createProbe, capacity);
}

/** A text in which letters are the same where expressions take them for the same. */
export function foldCapitals(text: string): string {
  // Capitals last: the small form of a letter may depend on those around it.
  return text.toLowerCase().toUpperCase();
}

/** Sets of letters are slow to compile where capitals do not matter, so no expression for a single text has one. */
const letter = /\p{L}/iuy;
const wordEnd = /[\p{L}\p{N}]*/iuy;

function createProbe(wanted: string): Probe {
  const isOpen = /[\p{L}\p{N}]\*$/u.test(wanted);
  const beginsWithLetter = /^\p{L}/u.test(wanted);
  const endsWithLetter = /\p{L}$/u.test(wanted);
  const longest = foldCapitals(wanted)
    .split(/[\s*]+/)
    .reduce((best, part) => (part.length > best.length ? part : best));
  let compiled: RegExp | undefined;
  const probe: Probe = {
    isIn: (text) => wanted === "*" || probe.find(text, 0) !== undefined,
    mayBeIn: (folded) => folded.includes(longest),
    find(text, from) {
      const expression = (compiled ??= new RegExp(sourceOf(isOpen ? wanted.slice(0, -1) : wanted), "giu"));
      expression.lastIndex = from;
      for (let match = expression.exec(text); match !== null; match = expression.exec(text)) {
        const start = match.index;
        const end = isOpen ? endOfWord(text, start + match[0].length) : start + match[0].length;
        const isPart = (beginsWithLetter && isLetterBefore(text, start)) || (endsWithLetter && isLetterAt(text, end));
        if (end > start && !isPart) return { start, end, text: text.slice(start, end) };
        expression.lastIndex = start + ((text.codePointAt(start) ?? 0) > 0xffff ? 2 : 1);
      }
      return undefined;
    },
  };
  return probe;
}

/** As a pattern of ours, but for what may stand beside it. */
function sourceOf(wanted: string): string {
  const parts = wanted.split(/(\s+|(?<=[\p{L}\p{N}])\*(?=\s|$))/u).map((part) => {
    if (part === "*") return "[\\p{L}\\p{N}]*";
    return /^\s+$/.test(part) ? "\\s+" : part.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
  });
  return parts.join("");
}

function endOfWord(text: string, at: number): number {
  wordEnd.lastIndex = at;
  return at + (wordEnd.exec(text)?.[0].length ?? 0);
}

function isLetterBefore(text: string, at: number): boolean {
  const isPair = at > 1 && (text.codePointAt(at - 2) as number) > 0xffff;
  return at > 0 && isLetterAt(text, isPair ? at - 2 : at - 1);
}

function isLetterAt(text: string, at: number): boolean {
  const code = text.charCodeAt(at) | 0x20;
  if (code < 0x80) return code >= 0x61 && code <= 0x7a;
  letter.lastIndex = at;
  return letter.test(text);
}
