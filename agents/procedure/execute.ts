import type { TraceStep } from "../../state/task.ts";
import { createDesk, isHolding, keepText, note, type Desk } from "./desk.ts";
import { noAnswer, type Instruction, type Procedure } from "./interpret.ts";
import { createMessageReader, type Message } from "./message.ts";
import { perform, textOfValue } from "./perform.ts";
import { isPlain, type Statement } from "./grammar/sentence.ts";
import { runSequence } from "./sequence.ts";

type Line = Instruction<Statement>;

export interface Execution {
  readonly text: string;
  /** The rule that gave the answer; undefined where Steps, clues or nothing did. */
  readonly rule: Line | undefined;
  readonly used: readonly string[];
  readonly trace: readonly TraceStep[];
}

export interface ExecutionOptions {
  /** Reads a text for matching; share one `createMessageReader` among executions to read every text once. */
  readonly read?: (text: string) => Message;
  /** Whether a rule of Rules or Extract that holds is passed over. Without it the execution is faithful. */
  readonly isOverlooked?: (rule: Line) => boolean;
}

interface Given {
  readonly text: string;
  readonly rule: Line | undefined;
}

/**
 * Executes a procedure on an input. After Prepare the first of these answers: Steps, Rules, clues, Extract, the Otherwise
 * of Extract, that of Rules, the value Steps left; else the answer is `unknown`. Finish goes over it. Pure.
 */
export function execute(procedure: Procedure, input: string, options: ExecutionOptions = {}): Execution {
  const { read = createMessageReader(20), isOverlooked = () => false } = options;
  const { Prepare, Steps, Finish } = procedure.sections;
  const desk = createDesk({ input, read, isOverlooked });
  if (Prepare.length > 0) {
    runSequence(desk, Prepare, { event: "prepare", onNothing: "keep" });
    keepText(desk);
  }
  const steps = runSequence(desk, Steps, { event: "step", onNothing: "empty" });
  const given = steps.answer === undefined ? choose(desk, procedure) : { text: steps.answer, rule: undefined };
  const left = steps.isDone ? textOfValue(desk.value) : "";
  const text = given?.text ?? (left === "" ? undefined : left);
  if (text === undefined) desk.trace.push({ event: "no-rule" });
  const finished = finish(desk, Finish, text ?? noAnswer);
  return { text: finished, rule: given?.rule, used: [...desk.used].toSorted(), trace: desk.trace };
}

function finish(desk: Desk, lines: readonly Line[], text: string): string {
  if (lines.length === 0) return text;
  desk.value = text;
  desk.names = new Map(desk.names).set("answer", text);
  const { answer } = runSequence(desk, lines, { event: "finish", onNothing: "keep" });
  return answer ?? textOfValue(desk.value);
}

function choose(desk: Desk, { sections }: Procedure): Given | undefined {
  return (
    firstRule(desk, sections.Rules) ??
    firstFound(desk, sections.Extract.filter(isNoOtherwise), "extract") ??
    firstFound(desk, sections.Extract.filter(isOtherwise), "otherwise") ??
    firstFound(desk, sections.Rules.filter(isOtherwise), "otherwise")
  );
}

function isOtherwise({ sentence }: Line): boolean {
  return sentence.kind === "otherwise";
}

function isNoOtherwise(line: Line): boolean {
  return !isOtherwise(line);
}

/** The first rule that holds and gives something; where none does, the label the clues speak for most. */
function firstRule(desk: Desk, lines: readonly Line[]): Given | undefined {
  const totals = new Map<string, number>();
  for (const rule of lines) {
    if (isOtherwise(rule) || !isHolding(desk, rule) || desk.isOverlooked(rule)) continue;
    const { value, answer, leanings, next } = perform(rule.sentence.acts, desk);
    for (const { label, weight } of leanings) {
      totals.set(label, (totals.get(label) ?? 0) + weight);
      note(desk, rule, { event: "clue", label });
    }
    if (next === "stop") break;
    if (answer === undefined && leanings.length > 0) continue;
    const given = give(desk, rule, { event: "rule", text: answer ?? (value === undefined ? "" : textOfValue(value)) });
    if (given !== undefined) return given;
  }
  return heaviest(desk, totals);
}

/** Of two labels with one total the one that was spoken for first. */
function heaviest(desk: Desk, totals: ReadonlyMap<string, number>): Given | undefined {
  const [text] = [...totals].reduce((best, each) => (each[1] > best[1] ? each : best), ["", 0]);
  if (totals.size === 0) return undefined;
  desk.trace.push({ event: "clues", label: text });
  return { text, rule: undefined };
}

/** The first sentence whose condition holds for the value at hand and that finds something. */
function firstFound(desk: Desk, lines: readonly Line[], event: "extract" | "otherwise"): Given | undefined {
  for (const rule of lines) {
    if (!isHolding(desk, rule) || (event === "extract" && desk.isOverlooked(rule))) continue;
    const { value, answer, next } = perform(rule.sentence.acts, desk);
    if (next === "stop") return undefined;
    const given = give(desk, rule, { event, text: answer ?? (value === undefined ? "" : textOfValue(value)) });
    if (given !== undefined) return given;
  }
  return undefined;
}

/**
 * What a rule came to, as an answer; undefined where it found nothing. An empty text is given only by a rule that
 * says so.
 */
function give(desk: Desk, rule: Line, { event, text }: { event: string; text: string }): Given | undefined {
  const isLabel = isPlain(rule.sentence);
  if (text === "" && !isLabel) {
    note(desk, rule, { event: "nothing" });
    return undefined;
  }
  note(desk, rule, isLabel ? { event } : { event, value: text });
  return { text, rule };
}
