import { firstWords, parseActs } from "./act-parser.ts";
import { parseCondition } from "./condition-parser.ts";
import { createCursor, type Cursor } from "./cursor.ts";
import { lex } from "./lexer.ts";
import type { Sentence, Statement, Unsaid } from "./sentence.ts";

const mark = /^\s*IMPORTANT:/i;

/**
 * Reads one sentence of controlled English as it stands below `## Rules`: `When <condition>, <acts>.` or
 * `Otherwise, <acts>.`, where "or" binds tighter than "and". Throws a `SentenceError` with the offset and what was
 * expected there.
 */
export function parseSentence(text: string): Sentence {
  return parse(text, (cursor) => parseConditional(cursor, "message") ?? cursor.fail("When", "Otherwise"));
}

/** The same for the other sections, where acts may stand without a condition, and "it" is the value at hand. */
export function parseStatement(text: string): Statement {
  return parse(text, (cursor) => parseConditional(cursor, "it") ?? parseAlways(cursor));
}

function parse<Read extends Statement>(text: string, opening: (cursor: Cursor) => Read): Read {
  const marked = mark.exec(text)?.[0] ?? "";
  // Spaces keep every offset where it is in the bullet.
  const cursor = createCursor(lex(" ".repeat(marked.length) + text.slice(marked.length)));
  const statement = opening(cursor);
  cursor.takeKind("period");
  if (cursor.peek().kind !== "end") cursor.fail("the end of the sentence");
  return marked === "" ? statement : { ...statement, important: true };
}

function parseConditional(cursor: Cursor, unsaid: Unsaid): Sentence | undefined {
  if (cursor.take("otherwise")) {
    expectComma(cursor);
    return { kind: "otherwise", acts: parseActs(cursor) };
  }
  if (!cursor.take("when")) return undefined;
  const condition = parseCondition(cursor, unsaid);
  expectComma(cursor);
  return { kind: "when", condition, acts: parseActs(cursor) };
}

function parseAlways(cursor: Cursor): Statement {
  const { kind, text } = cursor.peek();
  if (kind !== "word" || !firstWords.includes(text)) {
    cursor.failAmong('"When", "Otherwise" or an act such as "take"', ["When", "Otherwise", ...firstWords]);
  }
  return { kind: "always", acts: parseActs(cursor) };
}

function expectComma(cursor: Cursor): void {
  if (!cursor.takeKind("comma")) cursor.fail(",");
}
