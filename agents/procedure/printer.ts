import type { Clause, Condition, Group, Sentence } from "./sentence.ts";

/** The one way a sentence is written. `parseSentence` reads it back to an equal sentence. */
export function printSentence(sentence: Sentence): string {
  const acts = sentence.acts.map((act) => `answer ${printLabel(act.text)}`).join(", then ");
  if (sentence.kind === "otherwise") return `Otherwise, ${acts}.`;
  return `When the message ${printCondition(sentence.condition)}, ${acts}.`;
}

/** A condition without its subject. */
export function printCondition(condition: Condition): string {
  const groups = condition.all.map((group, index) => `${joinerOf(group, index, condition)}${printGroup(group)}`);
  const unless = condition.unless.length === 0 ? "" : ` unless it ${printGroup(condition.unless)}`;
  return groups.join("") + unless;
}

function joinerOf(group: Group, index: number, condition: Condition): string {
  if (index === 0) return "";
  const turns = isNegative(group) && !isNegative(condition.all[index - 1] as Group);
  return turns ? ", but " : " and ";
}

function isNegative(group: Group): boolean {
  return group.every((clause) => clause.kind === "mentions-none" || clause.kind === "has-no");
}

function printGroup(group: Group): string {
  return group.map(printClause).join(" or ");
}

function printClause(clause: Clause): string {
  switch (clause.kind) {
    case "mentions":
      return `mentions ${printList(clause.phrases, "or")}`;
    case "mentions-all":
      return `mentions all of ${printList(clause.phrases, "and")}`;
    case "mentions-none":
      return `does not mention ${printList(clause.phrases, "or")}`;
    case "starts-with":
      return `starts with ${printList(clause.phrases, "or")}`;
    case "has":
      return `has a ${clause.feature}`;
    case "has-no":
      return `has no ${clause.feature}`;
    case "more-words":
      return `has more than ${clause.words} words`;
    case "fewer-words":
      return `has fewer than ${clause.words} words`;
  }
}

function printList(phrases: readonly string[], joiner: string): string {
  const quoted = phrases.map(quote);
  return quoted.length < 2 ? quoted.join("") : `${quoted.slice(0, -1).join(", ")} ${joiner} ${quoted.at(-1)}`;
}

function printLabel(text: string): string {
  return text === "" || /[`\n\r\t]/.test(text) ? quote(text) : `\`${text}\``;
}

const escapes: Record<string, string> = { '"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t" };

function quote(text: string): string {
  return `"${text.replace(/["\\\n\r\t]/g, (character) => escapes[character] as string)}"`;
}
