import { createPhraseTest, type Message } from "./message.ts";
import type { Clause, Condition, Group } from "./sentence.ts";

export type Test = (message: Message) => boolean;

/** A condition as a function. */
export function compileCondition({ all, unless }: Condition): Test {
  const required = every(all.map(compileGroup));
  if (unless.length === 0) return required;
  const excepted = compileGroup(unless);
  return (message) => required(message) && !excepted(message);
}

/** One clause of the group is enough; an empty group never holds. */
export function compileGroup(group: Group): Test {
  return some(group.map(compileClause));
}

export function compileClause(clause: Clause): Test {
  switch (clause.kind) {
    case "mentions":
      return some(clause.phrases.map(createPhraseTest));
    case "mentions-all":
      return every(clause.phrases.map(createPhraseTest));
    case "mentions-none": {
      const mentioned = some(clause.phrases.map(createPhraseTest));
      return (message) => !mentioned(message);
    }
    case "starts-with":
      return some(
        clause.phrases.map(
          (phrase) =>
            ({ line }: Message) =>
              line.startsWith(` ${phrase} `),
        ),
      );
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

function every(tests: readonly Test[]): Test {
  return tests.length === 1 ? (tests[0] as Test) : (message) => tests.every((test) => test(message));
}

function some(tests: readonly Test[]): Test {
  return tests.length === 1 ? (tests[0] as Test) : (message) => tests.some((test) => test(message));
}
