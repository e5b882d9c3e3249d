import type { TraceStep } from "../../state/task.ts";
import type { Value } from "./grammar/act.ts";
import { readFields, type Fields } from "./fields.ts";
import type { Instruction } from "./interpret.ts";
import type { Names } from "./items.ts";
import { namesOfText, type Message } from "./message.ts";
import { textOfValue } from "./perform.ts";
import type { Statement, Unsaid } from "./grammar/sentence.ts";

/** Where a procedure works on one input: the value at hand, the named values, and what was done. */
export interface Desk {
  readonly input: string;
  readonly fields: Fields;
  readonly read: (text: string) => Message;
  readonly isOverlooked: (rule: Instruction<Statement>) => boolean;
  value: Value;
  /** What "the text" is: the text of the input as it was prepared. */
  text: Value;
  names: Names;
  readonly trace: TraceStep[];
  /** Skills of which a rule was followed. */
  readonly used: Set<string>;
}

/** After so many steps of a trace only the rule that answers and what Finish makes of it are put down. */
const longestTrace = 60;
const longestValue = 80;

export function createDesk({ input, read, isOverlooked }: Pick<Desk, "input" | "read" | "isOverlooked">): Desk {
  const fields = readFields(input);
  const { text: value, fields: names } = fields;
  return { input, fields, read, isOverlooked, value, text: value, names, trace: [], used: new Set() };
}

/**
 * What a condition is about: the message, the value at hand, a named value or field, the input as it was given, its
 * text; else nothing.
 */
function about(desk: Desk, name: string): Message {
  if (name === "message") return messageOf(desk);
  if (name === "it") return desk.read(textOfValue(desk.value));
  const value = desk.names.get(name);
  if (value !== undefined) return desk.read(textOfValue(value));
  if (name === "input") return desk.read(desk.input);
  return desk.read(namesOfText.includes(name) ? textOfValue(desk.text) : "");
}

/** Makes the value at hand the text from now on, also of the field that held it. */
export function keepText(desk: Desk): void {
  desk.text = desk.value;
  const { textName, text } = desk.fields;
  if (textName !== undefined && desk.text !== text) desk.names = new Map(desk.names).set(textName, desk.text);
}

/** Whether the condition of a sentence holds now; one without a condition holds always. */
export function isHolding(desk: Desk, rule: Instruction<Statement>): boolean {
  if (rule.sentence.kind !== "when") return true;
  const unsaid: Unsaid = rule.bullet.section === "Rules" ? "message" : "it";
  return rule.holds(about(desk, unsaid), (name) => about(desk, name));
}

/** The whole input with its text as it was prepared. */
function messageOf({ input, fields, text: prepared, read }: Desk): Message {
  const text = textOfValue(prepared);
  if (text === fields.text) return read(input);
  return read(input.slice(0, fields.textStart) + text + input.slice(fields.textStart + fields.text.length));
}

export interface Note {
  event: string;
  value?: Value;
  label?: string;
}

/** Puts down what a rule did, its value shortened. */
export function note(desk: Desk, rule: Instruction<Statement>, { event, value, label }: Note): void {
  desk.used.add(rule.skill);
  if (desk.trace.length >= longestTrace && ["prepare", "step", "clue", "nothing"].includes(event)) return;
  const step: TraceStep = { event, rule: rule.id, skill: rule.skill };
  if (value !== undefined) step["value"] = shortened(value);
  if (label !== undefined) step["label"] = label;
  desk.trace.push(step);
}

function shortened(value: Value): string {
  const text = typeof value === "object" ? value.join(" | ") : String(value);
  return text.length > longestValue ? `${text.slice(0, longestValue - 3)}...` : text;
}
