import { isHolding, note, type Desk } from "./desk.ts";
import type { Instruction } from "./interpret.ts";
import { perform } from "./perform.ts";
import type { Statement } from "./grammar/sentence.ts";

type Line = Instruction<Statement>;

/** Jumps a procedure may make between its steps: a loop that does not end is left. */
const mostJumps = 100;

export interface Course {
  readonly event: "prepare" | "step" | "finish";
  /** What a sentence that finds nothing leaves: the value before it, or the empty text. */
  readonly onNothing: "keep" | "empty";
}

export interface Outcome {
  readonly answer: string | undefined;
  /** Whether any sentence did something. */
  readonly isDone: boolean;
}

/**
 * Prepare, Steps and Finish: sentence after sentence on the value at hand, to the first answer. An Otherwise is
 * performed where none of the When directly above it held.
 */
export function runSequence(desk: Desk, lines: readonly Line[], { event, onNothing }: Course): Outcome {
  let isDone = false;
  let isChosen = false;
  let jumps = 0;
  for (let place = 0; place < lines.length; place += 1) {
    const rule = lines[place] as Line;
    const { kind } = rule.sentence;
    const isNext: boolean = kind === "otherwise" ? !isChosen : isHolding(desk, rule);
    isChosen = kind === "when" && (isChosen || isNext);
    if (!isNext) continue;
    isDone = true;
    const { value, names, answer, next } = perform(rule.sentence.acts, desk);
    note(desk, rule, value === undefined ? { event: "nothing" } : { event, value });
    desk.names = names;
    if (value !== undefined) desk.value = value;
    else if (onNothing === "empty") desk.value = "";
    if (answer !== undefined) return { answer, isDone };
    if (next === "stop" || jumps >= mostJumps) break;
    if (next === undefined) continue;
    jumps += 1;
    isChosen = false;
    place = placeOfStep(lines, rule, next) - 1;
  }
  return { answer: undefined, isDone };
}

/** The first sentence of the same skill from step N on; the end where there is none. */
function placeOfStep(lines: readonly Line[], { skill }: Line, step: number): number {
  const place = lines.findIndex((line) => line.skill === skill && line.bullet.number >= step);
  return place === -1 ? lines.length : place;
}
