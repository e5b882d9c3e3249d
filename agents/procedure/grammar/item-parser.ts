import type { Item } from "./act.ts";
import { isWord, type Cursor } from "./cursor.ts";
import { SentenceError, type Lexeme } from "./lexer.ts";
import { compilePattern, PatternError } from "../patterns/pattern.ts";

type Kind = Lexeme["kind"];

export interface List<Each> {
  readonly items: readonly Each[];
  readonly joiner: string | undefined;
}

/**
 * Things of some kinds, parted by commas and one of the joiners. A comma or joiner before anything else is left alone:
 * it belongs to what follows.
 */
export function parseList<Each>(
  cursor: Cursor,
  { kinds, joiners, each }: { kinds: readonly Kind[]; joiners: readonly string[]; each: () => Each },
): List<Each> {
  const items = [each()];
  let joiner: string | undefined;
  for (;;) {
    const comma = cursor.peek().kind === "comma" ? 1 : 0;
    const word = cursor.peek(comma);
    const joined = isWord(word, "and", "or") ? 1 : 0;
    if (comma + joined === 0 || !kinds.includes(cursor.peek(comma + joined).kind)) return { items, joiner };
    cursor.takeKind("comma");
    if (joined === 1) {
      if (!joiners.includes(word.text) || (joiner ?? word.text) !== word.text)
        cursor.fail(...(joiner === undefined ? joiners : [joiner]));
      joiner = cursor.take("and", "or")?.text;
    }
    items.push(each());
  }
}

const itemKinds: readonly Kind[] = ["quoted", "value", "pattern"];

/** The items of an act. */
export function parseItems(cursor: Cursor): readonly Item[] {
  const each = (): Item => parseItem(cursor);
  return parseList(cursor, { kinds: itemKinds, joiners: ["or", "and"], each }).items;
}

export function isItem(lexeme: Lexeme): boolean {
  return itemKinds.includes(lexeme.kind);
}

export function parseItem(cursor: Cursor): Item {
  const { offset, kind } = cursor.peek();
  if (kind === "pattern") return { kind, source: parsePattern(cursor) };
  const name = cursor.takeKind("value");
  if (name !== undefined) return { kind: "name", name: name.text };
  const { text } = cursor.takeKind("quoted") ?? cursor.fail('"text"', "`name`", "/pattern/");
  if (text === "") throw new SentenceError(offset, 'the text "" is empty; expected a text to find');
  return { kind: "text", text };
}

/** The source of a pattern that may run. */
export function parsePattern(cursor: Cursor): string {
  const { offset } = cursor.peek();
  const { text } = cursor.takeKind("pattern") ?? cursor.fail("a /pattern/");
  try {
    compilePattern(text);
  } catch (error) {
    if (error instanceof PatternError) throw new SentenceError(offset, error.message);
    throw error;
  }
  return text;
}

export function parseName(cursor: Cursor): string {
  return (cursor.takeKind("value") ?? cursor.fail("a name in backticks")).text;
}

/** What is written in quotes, which may be nothing. */
export function parseQuoted(cursor: Cursor): string {
  return (cursor.takeKind("quoted") ?? cursor.fail("a text in quotes")).text;
}

/** A text in quotes or backticks that stands for itself. */
export function parseLabel(cursor: Cursor, expected: string): string {
  return (cursor.takeKind("value") ?? cursor.takeKind("quoted") ?? cursor.fail(expected)).text;
}

/** A whole number of at most six digits. */
export function parseWhole(cursor: Cursor): number {
  const { offset } = cursor.peek();
  const whole = cursor.takeKind("whole") ?? cursor.fail("a whole number");
  if (whole.text.length > 6) throw new SentenceError(offset, `${whole.text} is too large`);
  return Number(whole.text);
}
