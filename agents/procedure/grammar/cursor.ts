import { SentenceError, type Lexeme } from "./lexer.ts";
import { suggestionFor } from "../../../state/suggestion.ts";

/** A walk over lexemes with some look-ahead. */
export interface Cursor {
  peek(ahead?: number): Lexeme;
  /** Takes the next lexeme when it is one of these words or this kind. */
  take(...words: string[]): Lexeme | undefined;
  takeKind(kind: Lexeme["kind"]): Lexeme | undefined;
  /** Takes these words when all of them come next. */
  takeAll(words: string): boolean;
  /** Takes these words, parted by spaces, or fails at the first that is missing. */
  expect(words: string): void;
  fail(...expected: string[]): never;
  /** Fails where one of many words was expected: names what they are, and the nearest of them. */
  failAmong(what: string, words: readonly string[]): never;
}

export function createCursor(lexemes: readonly Lexeme[]): Cursor {
  let place = 0;
  const at = (ahead: number): Lexeme => lexemes[Math.min(place + ahead, lexemes.length - 1)] as Lexeme;
  const takeWhere = (fits: boolean): Lexeme | undefined => {
    if (!fits) return undefined;
    place += 1;
    return at(-1);
  };
  const cursor: Cursor = {
    peek: (ahead = 0) => at(ahead),
    take: (...words) => takeWhere(isWord(at(0), ...words)),
    takeKind: (kind) => takeWhere(at(0).kind === kind),
    takeAll(words) {
      const each = words.split(" ");
      if (!each.every((word, ahead) => isWord(at(ahead), word))) return false;
      place += each.length;
      return true;
    },
    expect(words) {
      for (const word of words.split(" ")) if (!cursor.take(word)) cursor.fail(word);
    },
    fail: (...expected) => cursor.failAmong(orList(expected), expected),
    failAmong(what, words) {
      const { text, offset } = at(0);
      throw new SentenceError(offset, `expected ${what}, found ${shown(at(0))}${suggestionFor(text, words)}`);
    },
  };
  return cursor;
}

function shown({ kind, raw }: Lexeme): string {
  if (kind === "end") return "the end of the sentence";
  return kind === "quoted" || kind === "pattern" ? raw : `"${raw}"`;
}

export function isWord(lexeme: Lexeme, ...words: string[]): boolean {
  return lexeme.kind === "word" && words.includes(lexeme.text);
}

function orList(words: readonly string[]): string {
  const named = words.map((word) => (/^[a-z-]+$/i.test(word) || word === "," ? `"${word}"` : word));
  return named.length < 2 ? named.join("") : `${named.slice(0, -1).join(", ")} or ${named.at(-1)}`;
}
