import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { SentenceError } from "../../agents/procedure/lexer.ts";
import { tokenize } from "../../agents/procedure/message.ts";
import { parseSentence } from "../../agents/procedure/parser.ts";
import { printSentence } from "../../agents/procedure/printer.ts";
import { features, type Clause, type Sentence } from "../../agents/procedure/sentence.ts";

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
    ['When the text mentions all of "a" and "b", answer `x`.', { kind: "mentions-all", phrases: ["a", "b"] }],
    ['When it mentions "a" and "b", answer `x`.', { kind: "mentions-all", phrases: ["a", "b"] }],
    ['When it mentions "a", "b", or "c", answer `x`.', { kind: "mentions", phrases: ["a", "b", "c"] }],
    ['When it mentions "a", "b", answer `x`.', { kind: "mentions", phrases: ["a", "b"] }],
    ['When the input starts with "How do", answer `x`.', { kind: "starts-with", phrases: ["how do"] }],
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
    ['When it mentions "a", anwser `x`.', 22, 'expected "answer", found "anwser" (did you mean "answer"?)'],
    ['When it mentions "a" answer `x`.', 21, 'expected ",", found "answer"'],
    ['When the mail mentions "a", answer `x`.', 9, 'expected "message", "text", "input" or "question"'],
    ['When it does not mention "a" and "b", answer `x`.', 29, 'expected "or", found "and"'],
    ['When it mentions "a" or "b" and "c", answer `x`.', 28, 'expected "or", found "and"'],
    ['When it mentions "a, answer `x`.', 17, "never closed"],
    ['When it mentions "  ", answer `x`.', 17, "holds no word"],
    ["When it has a numbr, answer `x`.", 14, '(did you mean "number"?)'],
    ["When it has more than few words, answer `x`.", 22, 'expected a whole number, found "few"'],
    ["Otherwise, answer `x`. And smile.", 23, 'expected the end of the sentence, found "And"'],
    ["Otherwise, answer", 17, "found the end of the sentence"],
    ["Otherwise; answer `x`.", 9, 'found ";"'],
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
const phrases = fc.array(phrase, { minLength: 1, maxLength: 4 });
const clause: fc.Arbitrary<Clause> = fc.oneof(
  fc.record({ kind: fc.constantFrom("mentions" as const, "mentions-none" as const, "starts-with" as const), phrases }),
  fc.record({ kind: fc.constant("mentions-all" as const), phrases }),
  fc.record({ kind: fc.constantFrom("has" as const, "has-no" as const), feature: fc.constantFrom(...features) }),
  fc.record({ kind: fc.constantFrom("more-words" as const, "fewer-words" as const), words: fc.nat(99) }),
);
const acts = fc.string({ maxLength: 20, unit: "grapheme" }).map((text) => [{ kind: "answer" as const, text }]);
const group = fc.array(clause, { minLength: 1, maxLength: 3 });
const sentence: fc.Arbitrary<Sentence> = fc.oneof(
  fc.record({ kind: fc.constant("otherwise" as const), acts }),
  fc.record({
    kind: fc.constant("when" as const),
    condition: fc.record({
      all: fc.array(group, { minLength: 1, maxLength: 4 }),
      unless: fc.array(clause, { maxLength: 3 }),
    }),
    acts,
  }),
);

test("what is printed parses back to an equal sentence", () => {
  fc.assert(
    fc.property(sentence, (each) => {
      expect(parseSentence(printSentence(each))).toEqual(each);
    }),
    { numRuns: 1000 },
  );
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
        } catch (error) {
          expect(error).toBeInstanceOf(SentenceError);
          expect((error as SentenceError).offset).toBeLessThanOrEqual(text.length);
        }
      },
    ),
    { numRuns: 1000 },
  );
});
