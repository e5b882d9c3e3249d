import { printActs } from "./act-printer.ts";
import { joinWords, printPattern, printText, quote } from "./quoting.ts";
import type { Clause, Condition, Group, Statement } from "./sentence.ts";

/** What a sentence is about when it does not say: `the message` in Rules, `it` elsewhere. */
export type Subject = "the message" | "it";

/** The one way a sentence is written. The parser of the section reads it back to an equal sentence. */
export function printSentence(sentence: Statement, subject: Subject = "the message"): string {
  const acts = printActs(sentence.acts);
  const mark = sentence.important ? "IMPORTANT: " : "";
  if (sentence.kind === "otherwise") return `${mark}Otherwise, ${acts}.`;
  if (sentence.kind === "always") return `${mark}${acts.charAt(0).toUpperCase()}${acts.slice(1)}.`;
  const { condition } = sentence;
  const first = condition.all[0]?.[0]?.about === undefined ? `${subject} ` : "";
  return `${mark}When ${first}${printCondition(condition, subject)}, ${acts}.`;
}

/** A condition, without its first subject where that goes without saying. */
export function printCondition({ all, unless }: Condition, subject: Subject = "the message"): string {
  let about: string | undefined;
  const print = (clause: Clause): string => {
    const isKnown = clause.about === about;
    about = clause.about;
    return isKnown ? printClause(clause) : `${printSubject(about, subject)} ${printClause(clause)}`;
  };
  const groups = all.map((group, index) => `${joinerOf(group, all[index - 1])}${printGroup(group, print)}`);
  if (unless.length === 0) return groups.join("");
  const it = unless[0]?.about === about ? "it " : "";
  return `${groups.join("")} unless ${it}${printGroup(unless, print)}`;
}

const nouns = ["message", "text", "input", "question", "answer", "field"];

function printSubject(about: string | undefined, subject: Subject): string {
  if (about === "it" || (about === undefined && subject === "it")) return "the value";
  if (about === undefined) return subject;
  return nouns.includes(about) ? `the ${about}` : `the field \`${about}\``;
}

function joinerOf(group: Group, before: Group | undefined): string {
  if (before === undefined) return "";
  const turns = isNegative(group) && !isNegative(before);
  return turns ? ", but " : " and ";
}

function isNegative(group: Group): boolean {
  return group.every(({ kind }) => ["mentions-none", "has-no", "is-not", "matches-none"].includes(kind));
}

function printGroup(group: Group, print: (clause: Clause) => string): string {
  return group.map(print).join(" or ");
}

function printClause(clause: Clause): string {
  switch (clause.kind) {
    case "mentions":
      return `mentions ${printPhrases(clause.phrases, "or")}`;
    case "mentions-all":
      return `mentions all of ${printPhrases(clause.phrases, "and")}`;
    case "mentions-none":
      return `does not mention ${printPhrases(clause.phrases, "or")}`;
    case "mentions-at-least":
      return `mentions at least ${clause.least} of ${printPhrases(clause.phrases, "or")}`;
    case "starts-with":
      return `starts with ${printPhrases(clause.phrases, "or")}`;
    case "ends-with":
      return `ends with ${printPhrases(clause.phrases, "or")}`;
    case "is":
      return `is ${joinWords(clause.texts.map(printText), "or")}`;
    case "is-not":
      return `is not ${joinWords(clause.texts.map(printText), "or")}`;
    case "matches":
      return `matches ${joinWords(clause.patterns.map(printPattern), "or")}`;
    case "matches-none":
      return `does not match ${joinWords(clause.patterns.map(printPattern), "or")}`;
    case "has":
      return `has ${/^[aeiou]/.test(clause.feature) ? "an" : "a"} ${clause.feature}`;
    case "has-no":
      return `has no ${clause.feature}`;
    case "more-words":
      return `has more than ${clause.words} words`;
    case "fewer-words":
      return `has fewer than ${clause.words} words`;
  }
}

function printPhrases(phrases: readonly string[], joiner: string): string {
  return joinWords(phrases.map(quote), joiner);
}
