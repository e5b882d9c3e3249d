import { mentions, type Message } from "./message.ts";
import type { Clause, Condition, Group } from "./sentence.ts";

export type Test = (message: Message) => boolean;

/** A condition as a function. */
export function compileCondition(condition: Condition): Test {
  const all = condition.all.map(compileGroup);
  if (condition.unless.length === 0) return all.length === 1 ? (all[0] as Test) : every(all);
  const unless = compileGroup(condition.unless);
  return (message) => every(all)(message) && !unless(message);
}

export function compileGroup(group: Group): Test {
  const clauses = group.map(compileClause);
  return clauses.length === 1 ? (clauses[0] as Test) : (message) => clauses.some((clause) => clause(message));
}

function every(tests: readonly Test[]): Test {
  return (message) => tests.every((test) => test(message));
}

export function compileClause(clause: Clause): Test {
  switch (clause.kind) {
    case "mentions":
      return (message) => clause.phrases.some((phrase) => mentions(message, phrase));
    case "mentions-all":
      return (message) => clause.phrases.every((phrase) => mentions(message, phrase));
    case "mentions-none":
      return (message) => !clause.phrases.some((phrase) => mentions(message, phrase));
    case "starts-with":
      return (message) => clause.phrases.some((phrase) => message.line.startsWith(` ${phrase} `));
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
