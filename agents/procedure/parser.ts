import { lex, SentenceError, type Lexeme } from "./lexer.ts";
import { tokenize } from "./message.ts";
import { suggestionFor } from "./suggestion.ts";
import {
  features,
  type Act,
  type Clause,
  type Condition,
  type Feature,
  type Group,
  type Sentence,
} from "./sentence.ts";

const subjects = ["message", "text", "input", "question"];

/** A walk over lexemes with one or two of look-ahead. */
interface Cursor {
  peek(ahead?: number): Lexeme;
  /** Takes the next lexeme when it is one of these words or this kind. */
  take(...words: string[]): Lexeme | undefined;
  takeKind(kind: Lexeme["kind"]): Lexeme | undefined;
  fail(...expected: string[]): never;
}

/**
 * Reads one sentence of controlled English: `When <condition>, answer <label>.` or `Otherwise, answer <label>.`, where
 * "or" binds tighter than "and". Throws a `SentenceError` with the offset and what was expected there.
 */
export function parseSentence(text: string): Sentence {
  const cursor = createCursor(lex(text));
  const sentence = parseOpening(cursor);
  cursor.takeKind("period");
  if (cursor.peek().kind !== "end") cursor.fail("the end of the sentence");
  return sentence;
}

function createCursor(lexemes: readonly Lexeme[]): Cursor {
  let place = 0;
  const at = (ahead: number): Lexeme => lexemes[Math.min(place + ahead, lexemes.length - 1)] as Lexeme;
  const takeWhere = (fits: boolean): Lexeme | undefined => {
    if (!fits) return undefined;
    place += 1;
    return at(-1);
  };
  return {
    peek: (ahead = 0) => at(ahead),
    take: (...words) => takeWhere(isWord(at(0), ...words)),
    takeKind: (kind) => takeWhere(at(0).kind === kind),
    fail(...expected) {
      const { raw, text, kind, offset } = at(0);
      const found = kind === "end" ? "the end of the sentence" : kind === "quoted" ? raw : `"${raw}"`;
      throw new SentenceError(offset, `expected ${orList(expected)}, found ${found}${suggestionFor(text, expected)}`);
    },
  };
}

function isWord(lexeme: Lexeme, ...words: string[]): boolean {
  return lexeme.kind === "word" && words.includes(lexeme.text);
}

function orList(words: readonly string[]): string {
  const named = words.map((word) => (/^[a-z]+$/i.test(word) || word === "," ? `"${word}"` : word));
  return named.length < 2 ? named.join("") : `${named.slice(0, -1).join(", ")} or ${named.at(-1)}`;
}

function parseOpening(cursor: Cursor): Sentence {
  if (cursor.take("otherwise")) return { kind: "otherwise", acts: parseActs(cursor) };
  if (!cursor.take("when")) cursor.fail("When", "Otherwise");
  return { kind: "when", condition: parseCondition(cursor), acts: parseActs(cursor) };
}

function parseCondition(cursor: Cursor): Condition {
  const all = [parseGroup(cursor)];
  while (takeJoiner(cursor, "and", "but")) all.push(parseGroup(cursor));
  const unless = takeJoiner(cursor, "unless") ? parseGroup(cursor) : [];
  return { all, unless };
}

/** Takes `word` or `, word`. */
function takeJoiner(cursor: Cursor, ...words: string[]): boolean {
  if (cursor.peek().kind === "comma" && isWord(cursor.peek(1), ...words)) cursor.takeKind("comma");
  return cursor.take(...words) !== undefined;
}

function parseGroup(cursor: Cursor): Group {
  const clauses = [parseClause(cursor)];
  while (cursor.take("or")) clauses.push(parseClause(cursor));
  return clauses;
}

function parseClause(cursor: Cursor): Clause {
  if (cursor.take("the")) {
    if (!cursor.take(...subjects)) cursor.fail(...subjects);
  } else cursor.take("it");
  if (cursor.take("mentions")) return parseMentions(cursor);
  if (cursor.take("does")) return parseDoesNotMention(cursor);
  if (cursor.take("starts")) {
    expectWord(cursor, "with");
    return { kind: "starts-with", phrases: parseAlternatives(cursor) };
  }
  if (cursor.take("has")) return parseHas(cursor);
  return cursor.fail("mentions", "does", "starts", "has");
}

function parseMentions(cursor: Cursor): Clause {
  if (cursor.take("all")) {
    expectWord(cursor, "of");
    return { kind: "mentions-all", phrases: parseList(cursor, ["and"]).phrases };
  }
  const list = parseList(cursor, ["or", "and"]);
  return { kind: list.joiner === "and" ? "mentions-all" : "mentions", phrases: list.phrases };
}

function parseDoesNotMention(cursor: Cursor): Clause {
  expectWord(cursor, "not");
  expectWord(cursor, "mention");
  return { kind: "mentions-none", phrases: parseAlternatives(cursor) };
}

function parseAlternatives(cursor: Cursor): string[] {
  return parseList(cursor, ["or"]).phrases;
}

function parseHas(cursor: Cursor): Clause {
  const bound = cursor.take("more", "fewer");
  if (bound) {
    expectWord(cursor, "than");
    const words = cursor.takeKind("whole") ?? cursor.fail("a whole number");
    if (!cursor.take("words", "word")) cursor.fail("words");
    return { kind: bound.text === "more" ? "more-words" : "fewer-words", words: Number(words.text) };
  }
  if (cursor.take("no")) return { kind: "has-no", feature: parseFeature(cursor) };
  if (!cursor.take("a", "an")) cursor.fail("a", "no", "more", "fewer");
  return { kind: "has", feature: parseFeature(cursor) };
}

function parseFeature(cursor: Cursor): Feature {
  for (const feature of features) {
    const words = feature.split(" ");
    if (!words.every((word, ahead) => isWord(cursor.peek(ahead), word))) continue;
    for (const word of words) cursor.take(word);
    return feature;
  }
  return cursor.fail(...features);
}

/** Phrases in quotes, parted by commas and one kind of joiner. A comma or joiner before anything else is left alone. */
function parseList(cursor: Cursor, joiners: readonly string[]): { phrases: string[]; joiner: string | undefined } {
  const phrases = [parsePhrase(cursor)];
  let joiner: string | undefined;
  for (;;) {
    const comma = cursor.peek().kind === "comma" ? 1 : 0;
    const word = cursor.peek(comma);
    const joined = isWord(word, "and", "or") ? 1 : 0;
    if (comma + joined === 0 || cursor.peek(comma + joined).kind !== "quoted") return { phrases, joiner };
    cursor.takeKind("comma");
    if (joined === 1) {
      if (!joiners.includes(word.text) || (joiner ?? word.text) !== word.text) cursor.fail(joiner ?? joiners.join(" "));
      joiner = cursor.take("and", "or")?.text;
    }
    phrases.push(parsePhrase(cursor));
  }
}

function parsePhrase(cursor: Cursor): string {
  const { offset } = cursor.peek();
  const lexeme = cursor.takeKind("quoted") ?? cursor.fail("a phrase in quotes");
  const phrase = tokenize(lexeme.text).join(" ");
  if (phrase === "") throw new SentenceError(offset, `the phrase ${lexeme.raw} holds no word to look for`);
  return phrase;
}

function parseActs(cursor: Cursor): Act[] {
  if (!cursor.takeKind("comma")) cursor.fail(",");
  expectWord(cursor, "answer");
  const label =
    cursor.takeKind("value") ?? cursor.takeKind("quoted") ?? cursor.fail("an answer in backticks or quotes");
  return [{ kind: "answer", text: label.text }];
}

function expectWord(cursor: Cursor, word: string): void {
  if (!cursor.take(word)) cursor.fail(word);
}
