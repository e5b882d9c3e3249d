import type { TraceStep } from "../../state/task.ts";
import {
  eventsIn,
  fieldsOf,
  messageStep,
  numberOf,
  skillsReadIn,
  textOf,
  toolStep,
  unique,
  type Observation,
} from "./stream.ts";

/**
 * Reads `opencode run --format json`: parts of the conversation as they come, each step with its tokens and cost at its end. The
 * answer is the text of the last step. A skill is used where the tool `skill` or a read of its SKILL.md succeeded.
 */
export function readOpencodeStream(stdout: string): Observation {
  const events = eventsIn(stdout);
  const trace: TraceStep[] = [];
  const used: string[] = [];
  const cost = { inputTokens: 0, outputTokens: 0, usd: 0 };
  let text = "";
  let isEnded = false;
  for (const { type, part: given } of events) {
    const part = fieldsOf(given);
    if (type === "step_start") text = "";
    if (type === "text") {
      text += textOf(part["text"]);
      trace.push(messageStep(textOf(part["text"])));
    }
    if (type === "tool_use") {
      const { input, status } = fieldsOf(part["state"]);
      const isOk = status === "completed";
      trace.push(toolStep(textOf(part["tool"]), input, isOk));
      if (isOk) used.push(...skillsOf(textOf(part["tool"]), fieldsOf(input)));
    }
    if (type === "step_finish") {
      const { input, output, reasoning, cache } = fieldsOf(part["tokens"]);
      const { read, write } = fieldsOf(cache);
      cost.inputTokens += numberOf(input) + numberOf(read) + numberOf(write);
      cost.outputTokens += numberOf(output) + numberOf(reasoning);
      cost.usd += numberOf(part["cost"]);
      isEnded = part["reason"] !== "tool-calls";
    }
  }
  const answer: Observation = { text: text.trim(), used: unique(used), trace, cost };
  const failed = events.findLast(({ type }) => type === "error");
  if (failed === undefined && isEnded) return answer;
  return { ...answer, failure: failureOf(fieldsOf(failed?.["error"])) };
}

function skillsOf(tool: string, { name, filePath, command }: Record<string, unknown>): string[] {
  return tool === "skill" ? [textOf(name)] : skillsReadIn(textOf(filePath) + textOf(command));
}

function failureOf({ name, data }: Record<string, unknown>): NonNullable<Observation["failure"]> {
  const { message, statusCode } = fieldsOf(data);
  const told = [textOf(name), textOf(message)].filter((text) => text !== "").join(": ");
  return {
    message: told === "" ? "its output stream has no final step" : told,
    status: numberOf(statusCode) || undefined,
  };
}
