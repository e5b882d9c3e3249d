import { choices, type Act, type Choice } from "./act.ts";
import type { Cursor } from "./cursor.ts";
import { isItem, parseItem, parseItems, parseLabel, parseName, parseQuoted, parseWhole } from "./item-parser.ts";
import { SentenceError } from "./lexer.ts";

const mostDecimals = 12;

/** The acts a sentence may do, by their first word. */
const parsers: Record<string, (cursor: Cursor) => Act> = {
  answer: parseAnswer,
  lean: parseLean,
  take: parseTake,
  use: (cursor) => ({ kind: "use", name: parseName(cursor) }),
  remove: parseRemove,
  replace: parseReplace,
  ignore: (cursor) => ({ kind: "ignore", items: parseItems(cursor) }),
  keep: (cursor) => {
    cursor.expect("only");
    return { kind: "keep", items: parseItems(cursor) };
  },
  "lower-case": (cursor) => {
    cursor.expect("it");
    return { kind: "lower-case" };
  },
  format: parseFormat,
  read: (cursor) => {
    cursor.expect("the number words as digits");
    return { kind: "number-words" };
  },
  split: parseSplit,
  sort: (cursor) => {
    takeObject(cursor);
    cursor.expect("alphabetically");
    return { kind: "sort" };
  },
  join: (cursor) => {
    takeObject(cursor);
    cursor.expect("with");
    return { kind: "join", text: parseQuoted(cursor) };
  },
  count: (cursor) => {
    takeObject(cursor);
    return { kind: "count" };
  },
  add: (cursor) => {
    cursor.expect("up");
    takeObject(cursor);
    return { kind: "add-up" };
  },
  go: parseGo,
  stop: () => ({ kind: "stop" }),
};

export const firstWords: readonly string[] = Object.keys(parsers);

/** Acts parted by "," or "then" or "and". */
export function parseActs(cursor: Cursor): Act[] {
  const acts = [parseAct(cursor)];
  while (takeSeparator(cursor)) acts.push(parseAct(cursor));
  return acts;
}

function takeSeparator(cursor: Cursor): boolean {
  const comma = cursor.takeKind("comma");
  return (cursor.take("then", "and") ?? comma) !== undefined;
}

function parseAct(cursor: Cursor): Act {
  const verb = cursor.take(...firstWords);
  if (verb === undefined) return cursor.failAmong('"answer" or another act', firstWords);
  return (parsers[verb.text] as (cursor: Cursor) => Act)(cursor);
}

function takeObject(cursor: Cursor): void {
  if (!cursor.take("it") && !cursor.takeAll("the list")) cursor.fail("it", "the list");
}

function parseAnswer(cursor: Cursor): Act {
  if (cursor.take("it")) return { kind: "answer-it" };
  if (cursor.take("the")) {
    if (cursor.take("sum")) return { kind: "answer-sum" };
    if (!cursor.take("value", "field")) cursor.fail("sum", "value", "field");
    return { kind: "answer-name", name: parseName(cursor) };
  }
  return { kind: "answer", text: parseLabel(cursor, "an answer in backticks or quotes") };
}

function parseLean(cursor: Cursor): Act {
  cursor.expect("towards");
  const label = parseLabel(cursor, "an answer in backticks or quotes");
  const strength = cursor.take("strongly", "slightly")?.text;
  return { kind: "lean", label, weight: strength === undefined ? 2 : strength === "strongly" ? 3 : 1 };
}

function parseTake(cursor: Cursor): Act {
  if (cursor.take("all")) return { kind: "take", choice: "all", ...parseWhat(cursor) };
  cursor.expect("the");
  if (cursor.take("text")) return parseTakeText(cursor);
  const ranks = choices.filter((each) => each !== "all");
  const choice = cursor.take(...ranks) ?? cursor.fail("text", ...ranks);
  return { kind: "take", choice: choice.text as Choice, ...parseWhat(cursor) };
}

function parseWhat(cursor: Cursor) {
  cursor.take("of");
  const items = isItem(cursor.peek()) ? parseItems(cursor) : [];
  return { items, ...parseNaming(cursor) };
}

function parseTakeText(cursor: Cursor): Act {
  if (cursor.take("between")) {
    const from = parseItem(cursor);
    cursor.expect("and");
    return { kind: "take-between", from, to: parseItem(cursor), ...parseNaming(cursor) };
  }
  const side = cursor.take("after", "before") ?? cursor.fail("after", "before", "between");
  const kind = side.text === "after" ? "take-after" : "take-before";
  return { kind, items: parseItems(cursor), ...parseNaming(cursor) };
}

function parseNaming(cursor: Cursor): { name?: string } {
  return cursor.take("as") ? { name: parseName(cursor) } : {};
}

function parseRemove(cursor: Cursor): Act {
  if (cursor.take("spaces")) return { kind: "remove-spaces" };
  if (cursor.takeAll("outer punctuation")) return { kind: "remove-outer-punctuation" };
  if (cursor.peek().kind === "word") cursor.fail("spaces", "outer punctuation", '"text"', "`name`", "/pattern/");
  return { kind: "remove", items: parseItems(cursor) };
}

function parseReplace(cursor: Cursor): Act {
  const items = parseItems(cursor);
  cursor.expect("with");
  return { kind: "replace", items, text: parseQuoted(cursor) };
}

function parseFormat(cursor: Cursor): Act {
  cursor.take("it");
  cursor.expect("with");
  const { offset } = cursor.peek();
  const decimals = parseWhole(cursor);
  if (decimals > mostDecimals) throw new SentenceError(offset, `${decimals} decimals are more than ${mostDecimals}`);
  if (!cursor.take("decimals", "decimal")) cursor.fail("decimals");
  return { kind: "format", decimals };
}

function parseSplit(cursor: Cursor): Act {
  cursor.expect("it");
  if (cursor.takeAll("into words")) return { kind: "split-words" };
  if (!cursor.take("at")) cursor.fail("at", "into words");
  return { kind: "split", items: parseItems(cursor) };
}

function parseGo(cursor: Cursor): Act {
  cursor.expect("to step");
  const { offset } = cursor.peek();
  const step = parseWhole(cursor);
  if (step === 0) throw new SentenceError(offset, "steps are counted from 1");
  return { kind: "go", step };
}
