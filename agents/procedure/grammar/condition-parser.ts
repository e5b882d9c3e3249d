import { isWord, type Cursor } from "./cursor.ts";
import { parseLabel, parseList, parseName, parsePattern, parseWhole } from "./item-parser.ts";
import { SentenceError } from "./lexer.ts";
import { phraseOf } from "../message.ts";
import { features, type Clause, type Condition, type Feature, type Group, type Unsaid } from "./sentence.ts";

const nouns = ["message", "value", "text", "input", "question", "answer", "field"];

type Predicate = Clause extends infer Each ? (Each extends Clause ? Omit<Each, "about"> : never) : never;

export function parseCondition(cursor: Cursor, unsaid: Unsaid): Condition {
  const parseGroup = createGroupParser(cursor, unsaid);
  const all = [parseGroup()];
  while (takeJoiner(cursor, "and", "but")) all.push(parseGroup());
  const unless = takeJoiner(cursor, "unless") ? parseGroup() : [];
  return { all, unless };
}

/** Takes `word` or `, word`. */
function takeJoiner(cursor: Cursor, ...words: string[]): boolean {
  if (cursor.peek().kind === "comma" && isWord(cursor.peek(1), ...words)) cursor.takeKind("comma");
  return cursor.take(...words) !== undefined;
}

/** A clause without a subject, or with "it", speaks of what the clause before it spoke of. */
function createGroupParser(cursor: Cursor, unsaid: Unsaid): () => Group {
  let about: string | undefined;
  const parseClause = (): Clause => {
    if (cursor.take("the")) {
      const subject = parseSubject(cursor);
      about = subject === unsaid ? undefined : subject;
    } else cursor.take("it");
    const predicate = parsePredicate(cursor);
    return about === undefined ? predicate : { ...predicate, about };
  };
  return () => {
    const clauses = [parseClause()];
    while (cursor.take("or")) clauses.push(parseClause());
    return clauses;
  };
}

function parseSubject(cursor: Cursor): string {
  const { text: noun } = cursor.take(...nouns) ?? cursor.fail(...nouns);
  if (["field", "value"].includes(noun) && cursor.peek().kind === "value") return parseName(cursor);
  return noun === "value" ? "it" : noun;
}

function parsePredicate(cursor: Cursor): Predicate {
  if (cursor.take("mentions")) return parseMentions(cursor);
  if (cursor.takeAll("does not match")) return { kind: "matches-none", patterns: parsePatterns(cursor) };
  if (cursor.take("does")) {
    cursor.expect("not");
    if (!cursor.take("mention")) cursor.fail("mention", "match");
    return { kind: "mentions-none", phrases: parseAlternatives(cursor) };
  }
  if (cursor.take("starts", "begins")) return { kind: "starts-with", phrases: parseEnds(cursor) };
  if (cursor.take("ends")) return { kind: "ends-with", phrases: parseEnds(cursor) };
  if (cursor.take("is")) return { kind: cursor.take("not") ? "is-not" : "is", texts: parseTexts(cursor) };
  if (cursor.take("matches")) return { kind: "matches", patterns: parsePatterns(cursor) };
  if (cursor.take("has")) return parseHas(cursor);
  return cursor.fail("mentions", "does", "starts", "ends", "is", "matches", "has");
}

function parseMentions(cursor: Cursor): Predicate {
  if (cursor.takeAll("all of")) return { kind: "mentions-all", phrases: parsePhrases(cursor, ["and"]).items };
  if (cursor.takeAll("at least")) {
    const least = parseWhole(cursor);
    cursor.expect("of");
    return { kind: "mentions-at-least", least, phrases: parsePhrases(cursor, ["or", "and"]).items };
  }
  const { items, joiner } = parsePhrases(cursor, ["or", "and"]);
  return { kind: joiner === "and" ? "mentions-all" : "mentions", phrases: items };
}

function parseEnds(cursor: Cursor): readonly string[] {
  cursor.expect("with");
  return parseAlternatives(cursor);
}

function parseAlternatives(cursor: Cursor): readonly string[] {
  return parsePhrases(cursor, ["or"]).items;
}

function parsePhrases(cursor: Cursor, joiners: readonly string[]) {
  return parseList(cursor, { kinds: ["quoted", "value"], joiners, each: () => parsePhrase(cursor) });
}

function parseTexts(cursor: Cursor): readonly string[] {
  const each = (): string => parseLabel(cursor, "a text in quotes or backticks");
  return parseList(cursor, { kinds: ["quoted", "value"], joiners: ["or"], each }).items;
}

function parsePatterns(cursor: Cursor): readonly string[] {
  return parseList(cursor, { kinds: ["pattern"], joiners: ["or"], each: () => parsePattern(cursor) }).items;
}

function parseHas(cursor: Cursor): Predicate {
  const bound = cursor.take("more", "fewer");
  if (bound) {
    cursor.expect("than");
    const words = parseWhole(cursor);
    if (!cursor.take("words", "word")) cursor.fail("words");
    return { kind: bound.text === "more" ? "more-words" : "fewer-words", words };
  }
  if (cursor.take("no")) return { kind: "has-no", feature: parseFeature(cursor) };
  if (!cursor.take("a", "an")) cursor.fail("a", "no", "more", "fewer");
  return { kind: "has", feature: parseFeature(cursor) };
}

function parseFeature(cursor: Cursor): Feature {
  return features.find((feature) => cursor.takeAll(feature)) ?? cursor.fail(...features);
}

function parsePhrase(cursor: Cursor): string {
  const { offset, raw } = cursor.peek();
  const phrase = phraseOf(parseLabel(cursor, "a phrase in quotes"));
  if (phrase === "") throw new SentenceError(offset, `the phrase ${raw} contains no word to look for`);
  return phrase;
}
