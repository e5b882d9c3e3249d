/** A piece of a sentence. `text` is what it means (quotes removed, words in lower case), `raw` what was written. */
export interface Lexeme {
  readonly kind: "word" | "whole" | "quoted" | "value" | "pattern" | "comma" | "period" | "end";
  readonly text: string;
  readonly raw: string;
  /** Where it begins, counted from the start of the sentence. */
  readonly offset: number;
}

/** A sentence that is not controlled English. The message says what was expected and what was found. */
export class SentenceError extends Error {
  readonly offset: number;

  constructor(offset: number, message: string) {
    super(message);
    this.name = new.target.name;
    this.offset = offset;
  }
}

const space = /\s+/y;
const shapes: { kind: Lexeme["kind"]; pattern: RegExp }[] = [
  { kind: "word", pattern: /[A-Za-z]+(?:-[A-Za-z]+)*/y },
  { kind: "whole", pattern: /\d+/y },
  { kind: "quoted", pattern: /"(?:[^"\\\n]|\\["\\nrt])*"|“(?:[^”\\\n]|\\["\\nrt])*”/y },
  { kind: "value", pattern: /`[^`\n]+`/y },
  { kind: "pattern", pattern: /\/(?:[^/\\\n]|\\[^\n])+\//y },
  { kind: "comma", pattern: /,/y },
  { kind: "period", pattern: /\./y },
];
const escapes: Record<string, string> = { n: "\n", r: "\r", t: "\t" };

/**
 * Splits a sentence into lexemes, the last of which is its end. Throws a `SentenceError` at the first other
 * character.
 */
export function lex(sentence: string): Lexeme[] {
  const lexemes: Lexeme[] = [];
  let offset = 0;
  while (offset < sentence.length) {
    const blank = matchAt(space, sentence, offset);
    if (blank === undefined) {
      const lexeme = lexemeAt(sentence, offset);
      lexemes.push(lexeme);
      offset += lexeme.raw.length;
    } else offset += blank.length;
  }
  return [...lexemes, { kind: "end", text: "", raw: "", offset: sentence.trimEnd().length }];
}

function lexemeAt(sentence: string, offset: number): Lexeme {
  for (const { kind, pattern } of shapes) {
    const raw = matchAt(pattern, sentence, offset);
    if (raw !== undefined) return { kind, raw, offset, text: meaning(kind, raw) };
  }
  const found = String.fromCodePoint(sentence.codePointAt(offset) as number);
  if (found === '"' || found === "“" || found === "`" || found === "/") {
    throw new SentenceError(offset, `the opening ${found} is never closed; close it on the same line`);
  }
  throw new SentenceError(offset, `unexpected "${found}"; quote it if it is part of a phrase`);
}

function meaning(kind: Lexeme["kind"], raw: string): string {
  if (kind === "word") return raw.toLowerCase();
  if (kind === "value") return raw.slice(1, -1);
  if (kind === "pattern")
    return raw.slice(1, -1).replace(/\\([\s\S])/g, (both, character) => (character === "/" ? "/" : both));
  if (kind !== "quoted") return raw;
  return raw.slice(1, -1).replace(/\\(.)/g, (_, character: string) => escapes[character] ?? character);
}

function matchAt(pattern: RegExp, text: string, offset: number): string | undefined {
  pattern.lastIndex = offset;
  return pattern.exec(text)?.[0];
}
