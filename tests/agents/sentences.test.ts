import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { choices, type Act, type Item } from "../../agents/procedure/grammar/act.ts";
import { SentenceError } from "../../agents/procedure/grammar/lexer.ts";
import { tokenize } from "../../agents/procedure/message.ts";
import { parseSentence, parseStatement } from "../../agents/procedure/grammar/parser.ts";
import { printSentence } from "../../agents/procedure/grammar/printer.ts";
import { features, type Clause, type Sentence, type Statement } from "../../agents/procedure/grammar/sentence.ts";

function problemOf(text: string): { offset: number; message: string } {
  try {
    parseSentence(text);
  } catch (error) {
    if (error instanceof SentenceError) return { offset: error.offset, message: error.message };
    throw error;
  }
  throw new Error(`"${text}" parses`);
}

describe("parsing", () => {
  test("reads the full sentence of the design", () => {
    const text =
      'When the message mentions "free" or "winner" and has a number, but does not mention "meeting", answer `spam`.';
    expect(parseSentence(text)).toEqual({
      kind: "when",
      condition: {
        all: [
          [{ kind: "mentions", phrases: ["free", "winner"] }],
          [{ kind: "has", feature: "number" }],
          [{ kind: "mentions-none", phrases: ["meeting"] }],
        ],
        unless: [],
      },
      acts: [{ kind: "answer", text: "spam" }],
    });
    expect(printSentence(parseSentence(text))).toBe(text);
  });

  test("binds or tighter than and, between clauses as inside a list", () => {
    const { condition } = parseSentence(
      'When it mentions "a" or "b" or has a link and has no price or starts with "x", answer `y`.',
    ) as Extract<Sentence, { kind: "when" }>;
    expect(condition.all).toEqual([
      [
        { kind: "mentions", phrases: ["a", "b"] },
        { kind: "has", feature: "link" },
      ],
      [
        { kind: "has-no", feature: "price" },
        { kind: "starts-with", phrases: ["x"] },
      ],
    ]);
  });

  test.each([
    ['When the message mentions all of "a" and "b", answer `x`.', { kind: "mentions-all", phrases: ["a", "b"] }],
    ['When it mentions "a" and "b", answer `x`.', { kind: "mentions-all", phrases: ["a", "b"] }],
    ['When it mentions "a", "b", or "c", answer `x`.', { kind: "mentions", phrases: ["a", "b", "c"] }],
    ['When it mentions "a", "b", answer `x`.', { kind: "mentions", phrases: ["a", "b"] }],
    ['When the message starts with "How do", answer `x`.', { kind: "starts-with", phrases: ["how do"] }],
    ['When the value starts with "a", answer `x`.', { kind: "starts-with", phrases: ["a"], about: "it" }],
    ['When the input starts with "a", answer `x`.', { kind: "starts-with", phrases: ["a"], about: "input" }],
    ['When the field `a b` ends with "a", answer `x`.', { kind: "ends-with", phrases: ["a"], about: "a b" }],
    [
      'When it mentions at least 2 of "a*", `b`, answer `x`.',
      { kind: "mentions-at-least", least: 2, phrases: ["a*", "b"] },
    ],
    ['When it is not "" or `B`, answer `x`.', { kind: "is-not", texts: ["", "B"] }],
    ["When it matches /a\\/b/ or /,/, answer `x`.", { kind: "matches", patterns: ["a/b", ","] }],
    ["When it has a question mark, answer `x`.", { kind: "has", feature: "question mark" }],
    ["When it has more than 12 words, answer `x`.", { kind: "more-words", words: 12 }],
    ["When it has fewer than 3 words, answer `x`.", { kind: "fewer-words", words: 3 }],
    ['when it mentions "don\'t  GO!", answer `x`', { kind: "mentions", phrases: ["don't go !"] }],
    ['When it mentions "say \\"hi\\"", answer `x`.', { kind: "mentions", phrases: ['say " hi "'] }],
  ])("reads %s", (text, clause) => {
    const sentence = parseSentence(text) as Extract<Sentence, { kind: "when" }>;
    expect(sentence.condition.all).toEqual([[clause]]);
  });

  test("reads exceptions with or without a comma, and Otherwise", () => {
    const exception = [{ kind: "mentions", phrases: ["x", "y"] }];
    for (const text of [
      'When it has a link unless it mentions "x" or "y", answer `z`.',
      'When it has a link, unless it mentions "x" or "y", answer `z`.',
    ]) {
      expect(parseSentence(text)).toMatchObject({ condition: { unless: exception } });
    }
    expect(parseSentence('Otherwise, answer "a `b`".')).toEqual({
      kind: "otherwise",
      acts: [{ kind: "answer", text: "a `b`" }],
    });
  });

  test.each([
    ["Be kind.", 0, 'expected "When" or "Otherwise", found "Be"'],
    ['When it mentons "a", answer `x`.', 8, '"mentons" (did you mean "mentions"?)'],
    ["When it mentions refund, answer `x`.", 17, 'expected a phrase in quotes, found "refund"'],
    [
      'When it mentions "a", anwser `x`.',
      22,
      'expected "answer" or another act, found "anwser" (did you mean "answer"?)',
    ],
    ['When it mentions "a" answer `x`.', 21, 'expected ",", found "answer"'],
    [
      'When the mail mentions "a", answer `x`.',
      9,
      'expected "message", "value", "text", "input", "question", "answer" or "field"',
    ],
    ['When it does not mention "a" and "b", answer `x`.', 29, 'expected "or", found "and"'],
    ['When it mentions "a" or "b" and "c", answer `x`.', 28, 'expected "or", found "and"'],
    ['When it mentions "a, answer `x`.', 17, "never closed"],
    ['When it mentions "  ", answer `x`.', 17, "contains no word"],
    ["When it has a numbr, answer `x`.", 14, '(did you mean "number"?)'],
    ["When it has more than few words, answer `x`.", 22, 'expected a whole number, found "few"'],
    ["Otherwise, answer `x`. And smile.", 23, 'expected the end of the sentence, found "And"'],
    ["Otherwise, answer", 17, "found the end of the sentence"],
    ["Otherwise; answer `x`.", 9, 'unexpected ";"'],
    ["When it matches /(a+)+/, answer `x`.", 16, "repeats a group"],
    ["When it matches /a, answer `x`.", 16, "never closed"],
    ["When it is maybe, answer `x`.", 11, 'expected a text in quotes or backticks, found "maybe"'],
    ["Otherwise, tak the first /a/.", 11, '(did you mean "take"?)'],
    ["Otherwise, take the frist /a/.", 20, '(did you mean "first"?)'],
    ["Otherwise, take the text around /a/.", 25, 'expected "after", "before" or "between", found "around"'],
    ["Otherwise, remove the dots.", 18, 'expected "spaces", outer punctuation, "text"'],
    ['Otherwise, remove "".', 18, 'the text "" is empty; expected a text to find'],
    ["Otherwise, format it with 20 decimals.", 26, "more than 12"],
    ["Otherwise, go to step 0.", 22, "counted from 1"],
    ["IMPORTANT: Otherwise, anser `x`.", 22, '(did you mean "answer"?)'],
  ])("says where %s goes wrong and what was expected", (text, offset, message) => {
    const problem = problemOf(text);
    expect(problem.offset).toBe(offset);
    expect(problem.message).toContain(message);
  });
});

const phrase = fc
  .string({ minLength: 1, maxLength: 12, unit: "grapheme" })
  .map((text) => tokenize(text).slice(0, 3).join(" "))
  .filter((text) => text !== "" && tokenize(text).join(" ") === text);
const prefix = fc.constantFrom("refund*", "top up*", "a* b", "don't*");
const phrases = fc.array(fc.oneof({ weight: 4, arbitrary: phrase }, prefix), { minLength: 1, maxLength: 4 });
const anyText = fc.string({ maxLength: 12, unit: "grapheme" });
const someText = anyText.filter((text) => text !== "");
const name = fc.constantFrom("zip", "first line", "Ünit", "it's");
const source = fc
  .array(fc.constantFrom("\\d", "a", "/", "\\\\", "[/,]", "(b|c)", '"', "`", ".", " ", "é?", "\\.", "x{1,3}"), {
    minLength: 1,
    maxLength: 5,
  })
  .map((parts) => parts.join(""));
const item: fc.Arbitrary<Item> = fc.oneof(
  fc.record({ kind: fc.constant("text" as const), text: someText }),
  fc.record({ kind: fc.constant("name" as const), name }),
  fc.record({ kind: fc.constant("pattern" as const), source }),
);
const items = fc.array(item, { minLength: 1, maxLength: 4 });

function only<Kind extends string>(...kinds: Kind[]) {
  return fc.constantFrom(...kinds);
}

function named<Made extends object>(act: fc.Arbitrary<Made>) {
  return fc.tuple(act, fc.option(name)).map(([made, as]) => (as === null ? made : { ...made, name: as }));
}

const act: fc.Arbitrary<Act> = fc.oneof(
  fc.record({ kind: only("answer"), text: anyText }),
  fc.record({ kind: only("answer-it", "answer-sum") }),
  fc.record({ kind: only("answer-name", "use"), name }),
  fc.record({ kind: only("lean"), label: anyText, weight: fc.constantFrom(1 as const, 2 as const, 3 as const) }),
  named(
    fc.record({ kind: only("take"), choice: fc.constantFrom(...choices), items: fc.oneof(items, fc.constant([])) }),
  ),
  named(fc.record({ kind: only("take-after", "take-before"), items })),
  named(fc.record({ kind: only("take-between"), from: item, to: item })),
  fc.record({ kind: only("remove", "ignore", "keep", "split"), items }),
  fc.record({ kind: only("replace"), items, text: anyText }),
  fc.record({ kind: only("remove-spaces", "remove-outer-punctuation", "lower-case", "number-words", "split-words") }),
  fc.record({ kind: only("sort", "count", "add-up", "stop") }),
  fc.record({ kind: only("format"), decimals: fc.nat(12) }),
  fc.record({ kind: only("join"), text: anyText }),
  fc.record({ kind: only("go"), step: fc.integer({ min: 1, max: 99 }) }),
);
const clauseWithout: fc.Arbitrary<Clause> = fc.oneof(
  fc.record({ kind: only("mentions", "mentions-none", "mentions-all", "starts-with", "ends-with"), phrases }),
  fc.record({ kind: only("mentions-at-least"), least: fc.nat(9), phrases }),
  fc.record({ kind: only("is", "is-not"), texts: fc.array(anyText, { minLength: 1, maxLength: 3 }) }),
  fc.record({ kind: only("matches", "matches-none"), patterns: fc.array(source, { minLength: 1, maxLength: 3 }) }),
  fc.record({ kind: only("has", "has-no"), feature: fc.constantFrom(...features) }),
  fc.record({ kind: only("more-words", "fewer-words"), words: fc.nat(99) }),
);
const otherSubject = fc.constantFrom("text", "input", "question", "answer", "field", "zip", "first line");

/** `other` is what has to be named in the section: the value at hand in Rules, the message elsewhere. */
function sentencesOf(other: "it" | "message"): fc.Arbitrary<Sentence> {
  const subject = fc.oneof(fc.constant(undefined), fc.constant(other), otherSubject);
  const clause = fc
    .tuple(clauseWithout, subject)
    .map(([each, about]) => (about === undefined ? each : { ...each, about }));
  const condition = fc.record({
    all: fc.array(fc.array(clause, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 4 }),
    unless: fc.array(clause, { maxLength: 3 }),
  });
  const acts = fc.array(act, { minLength: 1, maxLength: 4 });
  const sentence = fc.oneof(
    fc.record({ kind: only("otherwise"), acts }),
    fc.record({ kind: only("when"), condition, acts }),
  );
  return fc
    .tuple(sentence, fc.boolean())
    .map(([each, important]) => (important ? { ...each, important: true as const } : each));
}

describe("what is printed parses back to an equal sentence", () => {
  test("in Rules", () => {
    fc.assert(
      fc.property(sentencesOf("it"), (each) => {
        const printed = printSentence(each);
        expect(parseSentence(printed)).toEqual(each);
        expect(printSentence(parseSentence(printed))).toBe(printed);
      }),
      { numRuns: 2000 },
    );
  });

  test("in the other sections", () => {
    const acts = fc.array(act, { minLength: 1, maxLength: 4 });
    const statement: fc.Arbitrary<Statement> = fc.oneof(
      sentencesOf("message"),
      fc.record({ kind: only("always"), acts }),
    );
    fc.assert(
      fc.property(statement, (each) => {
        expect(parseStatement(printSentence(each, "it"))).toEqual(each);
      }),
      { numRuns: 2000 },
    );
  });
});

test("any text either parses or is refused with a place inside it", () => {
  const words = fc.constantFrom(
    "When",
    "it",
    "mentions",
    '"a"',
    "or",
    "and",
    ",",
    "has",
    "a",
    "number",
    "answer",
    "`x`",
    "/a+/",
    "take",
    "the",
    "first",
    "text",
    "after",
    "is",
    "field",
    ".",
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.array(words).map((each) => each.join(" ")),
      ),
      (text) => {
        try {
          parseSentence(text);
          parseStatement(text);
        } catch (error) {
          expect(error).toBeInstanceOf(SentenceError);
          expect((error as SentenceError).offset).toBeLessThanOrEqual(text.length);
        }
      },
    ),
    { numRuns: 1000 },
  );
});
