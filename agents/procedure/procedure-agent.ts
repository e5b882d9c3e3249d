import { noCost, type Answer, type TraceStep } from "../../state/task.ts";
import type { TaskAgent } from "../agent.ts";
import { createCompiler, firstMatch, noAnswer, type Instruction } from "./interpret.ts";
import { createMessageReader } from "./message.ts";

/**
 * The embedded agent: executes the bullets below `## Rules` of each SKILL.md as one ordered list in which the first rule
 * that holds gives the answer. Deterministic, without a model, a few microseconds an answer. Prose is not executed.
 */
export function createProcedureAgent(): TaskAgent {
  const compile = createCompiler();
  const read = createMessageReader();
  return {
    fingerprint: "procedure@1",
    async answer(question, skills, { signal }) {
      signal.throwIfAborted();
      return answerWith(firstMatch(compile(skills), read(question.input)));
    },
  };
}

function answerWith(rule: Instruction | undefined): Answer {
  if (rule === undefined) return { text: noAnswer, used: [], trace: [{ event: "no-rule" }], cost: noCost };
  return { text: rule.answer, used: [rule.skill], trace: [stepOf(rule)], cost: noCost };
}

function stepOf({ sentence, id, skill }: Instruction): TraceStep {
  return { event: sentence.kind === "when" ? "rule" : "otherwise", rule: id, skill };
}
