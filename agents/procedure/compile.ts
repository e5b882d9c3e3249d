import { createPhraseTest, type Message } from "./message.ts";
import { compilePattern, isFound } from "./patterns/pattern.ts";
import type { Clause, Condition, Group } from "./grammar/sentence.ts";

/** `about` finds a named value; without it the message's own fields are asked. */
export type Test = (message: Message, about?: (name: string) => Message) => boolean;

const compiled = new WeakMap<Condition, Test>();

/** A condition as a function, the same one each time. */
export function compileCondition(condition: Condition): Test {
  const test = compiled.get(condition) ?? testOf(condition);
  compiled.set(condition, test);
  return test;
}

function testOf({ all, unless }: Condition): Test {
  const required = every(all.map(compileGroup));
  if (unless.length === 0) return required;
  const excepted = compileGroup(unless);
  return (message, about) => required(message, about) && !excepted(message, about);
}

/** One clause of the group is enough; an empty group never holds. */
function compileGroup(group: Group): Test {
  return some(group.map(compileClause));
}

export function compileClause(clause: Clause): Test {
  const test = compilePredicate(clause);
  const { about: name } = clause;
  if (name === undefined) return test;
  return (message, about) => test(about === undefined ? message.about(name) : about(name));
}

function compilePredicate(clause: Clause): Test {
  switch (clause.kind) {
    case "mentions":
      return some(clause.phrases.map((phrase) => createPhraseTest(phrase)));
    case "mentions-all":
      return every(clause.phrases.map((phrase) => createPhraseTest(phrase)));
    case "mentions-none":
      return not(some(clause.phrases.map((phrase) => createPhraseTest(phrase))));
    case "mentions-at-least":
      return atLeast(
        clause.least,
        clause.phrases.map((phrase) => createPhraseTest(phrase)),
      );
    case "starts-with":
      return some(clause.phrases.map((phrase) => createPhraseTest(phrase, "start")));
    case "ends-with":
      return some(clause.phrases.map((phrase) => createPhraseTest(phrase, "end")));
    case "is":
      return isOneOf(clause.texts);
    case "is-not":
      return not(isOneOf(clause.texts));
    case "matches":
      return matchesOne(clause.patterns);
    case "matches-none":
      return not(matchesOne(clause.patterns));
    case "has":
      return (message) => message.features[clause.feature];
    case "has-no":
      return (message) => !message.features[clause.feature];
    case "more-words":
      return (message) => message.words > clause.words;
    case "fewer-words":
      return (message) => message.words < clause.words;
  }
}

function isOneOf(texts: readonly string[]): Test {
  const plain = new Set(texts.map((text) => text.trim().toLowerCase()));
  return ({ text }) => plain.has(text.trim().toLowerCase());
}

function matchesOne(patterns: readonly string[]): Test {
  const expressions = patterns.map(compilePattern);
  return ({ text }) => expressions.some((expression) => isFound(expression, text));
}

function atLeast(least: number, tests: readonly Test[]): Test {
  return (message) => tests.filter((test) => test(message)).length >= least;
}

function not(test: Test): Test {
  return (message) => !test(message);
}

function every(tests: readonly Test[]): Test {
  return tests.length === 1 ? (tests[0] as Test) : (message, about) => tests.every((test) => test(message, about));
}

function some(tests: readonly Test[]): Test {
  return tests.length === 1 ? (tests[0] as Test) : (message, about) => tests.some((test) => test(message, about));
}
