import { printActs } from "../../agents/procedure/grammar/act-printer.ts";
import { readRules, readSkill } from "../../agents/procedure/rules.ts";
import { answerOf, isPlain, type Condition, type Statement } from "../../agents/procedure/grammar/sentence.ts";
import { isTextEdit, type Edit, type TextEdit } from "../../state/program.ts";
import { canonicalJson } from "../../state/json.ts";
import { partsOf } from "./condition-parts.ts";
import type { Choice } from "./contest.ts";
import { marksOfActs, marksOfExtraction } from "./extraction/marks.ts";
import { always } from "./listing.ts";

export function marksOfAddition(answer: string, condition: Condition): string[] {
  return partsOf(condition).map((part) => `add ${answer}: ${part}`);
}

export function marksOfChange(id: string, before: Condition, after: Condition): string[] {
  const [old, young] = [partsOf(before), partsOf(after)];
  const added = young.filter((part) => !old.includes(part)).map((part) => `change ${id}: ${part}`);
  const dropped = old.filter((part) => !young.includes(part)).map((part) => `drop ${id}: ${part}`);
  return [...added, ...dropped];
}

export function markOfRemoval(id: string): string {
  return `remove ${id}`;
}

export function markOfImportance(id: string): string {
  return `important ${id}`;
}

export function markOfAnswer(id: string, answer: string): string {
  return `answer ${id}: ${answer}`;
}

export function markOfDefault(answer: string): string {
  return `otherwise ${answer}`;
}

/**
 * Bans what rejected edits did, change by change: a phrase that was added to a rule, a rule that was removed. A rejected
 * draft therefore never comes back in part or in another order, and the next one leads with something else. Every
 * acceptance empties the list, and with it the ban.
 */
export function createBan(rejected: readonly Edit[]): (choice: Choice) => boolean {
  const texts = rejected.flatMap(textsOf);
  const banned = new Set(texts.flatMap((edit) => [...marksOfEdit(edit), ...marksOfActs(edit)]));
  return ({ marks }) => marks.every((mark) => banned.has(mark));
}

/** A new file says what it says as if it were added to another; other operations say nothing. */
function textsOf(edit: Edit): TextEdit[] {
  if (isTextEdit(edit)) return [edit];
  return edit.op === "create-file" ? [{ ...edit, op: "append", anchor: "" }] : [];
}

function marksOfEdit({ op, anchor, text }: TextEdit): string[] {
  const kept = op === "insert-after" || op === "insert-before";
  const before = sentencesIn(anchor);
  const after = new Map([...(kept ? before : []), ...sentencesIn(op === "delete" ? "" : text)]);
  const removed = [...before.keys()].filter((id) => !after.has(id)).map(markOfRemoval);
  return [...removed, ...[...after].flatMap(([id, sentence]) => marksOfSentence(id, before.get(id), sentence))];
}

/** The bullets of an edit: plain rules, and what else can be read as a bullet of Extract. */
function sentencesIn(text: string): Map<string, Statement> {
  const plain = readRules(`## Rules\n${text}`).rules;
  const others = readSkill(`## Extract\n${text}`).rules.filter(({ sentence }) => !isPlain(sentence));
  return new Map([...plain, ...others].map(({ id, sentence }) => [id, sentence]));
}

function marksOfSentence(id: string, before: Statement | undefined, after: Statement): string[] {
  if (!isPlain(after)) return marksOfStatement(id, before, after);
  if (after.kind === "otherwise") {
    return before !== undefined && answerOf(before) === answerOf(after) ? [] : [markOfDefault(answerOf(after))];
  }
  if (before === undefined || before.kind === "otherwise") {
    const condition = conditionOf(after);
    return [...marksOfAddition(answerOf(after), condition), ...marksOfExtraction(condition, after.acts)];
  }
  const answer = answerOf(before) === answerOf(after) ? [] : [markOfAnswer(id, answerOf(after))];
  return [
    ...answer,
    ...marksOfEmphasis(id, before, after),
    ...marksOfChange(id, conditionOf(before), conditionOf(after)),
  ];
}

function marksOfStatement(id: string, before: Statement | undefined, after: Statement): string[] {
  const isNew = before === undefined || printActs(before.acts) !== printActs(after.acts);
  if (isNew) return marksOfExtraction(conditionOf(after), after.acts);
  return [...marksOfEmphasis(id, before, after), ...marksOfChange(id, conditionOf(before), conditionOf(after))];
}

function marksOfEmphasis(id: string, before: Statement, after: Statement): string[] {
  return after.important === true && before.important !== true ? [markOfImportance(id)] : [];
}

function conditionOf(sentence: Statement): Condition {
  return sentence.kind === "when" ? sentence.condition : always;
}

/** Whether an edit is one of the rejected ones, to the letter. */
export function createRepeatTest(rejected: readonly Edit[]): (edit: Edit) => boolean {
  const known = new Set(rejected.map((edit) => canonicalJson(edit)));
  return (edit) => known.has(canonicalJson(edit));
}
