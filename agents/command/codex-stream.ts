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
 * Reads `codex exec --json`: items (messages, commands, changes of files) and the end of each turn with its usage. A skill is
 * used where a command that names its SKILL.md succeeded. Codex does not say what it cost in US dollars.
 */
export function readCodexStream(stdout: string): Observation {
  const events = eventsIn(stdout);
  const items = events.filter(({ type }) => type === "item.completed").map(({ item }) => fieldsOf(item));
  const usages = events.filter(({ type }) => type === "turn.completed").map(({ usage }) => fieldsOf(usage));
  const sum = (key: string) => usages.reduce((total, usage) => total + numberOf(usage[key]), 0);
  const read = items.filter(isDone).flatMap(({ command }) => skillsReadIn(textOf(command)));
  const last = items.findLast(({ type }) => type === "agent_message");
  const answer: Observation = {
    text: textOf(last?.["text"]).trim(),
    used: unique(read),
    trace: items.flatMap(stepsOf),
    cost: { inputTokens: sum("input_tokens"), outputTokens: sum("output_tokens"), usd: 0 },
  };
  if (usages.length > 0 && last !== undefined) return answer;
  return { ...answer, failure: failureIn(events) };
}

function isDone({ type, exit_code: code }: Record<string, unknown>): boolean {
  return type === "command_execution" && code === 0;
}

function stepsOf(item: Record<string, unknown>): TraceStep[] {
  const { type, text, command, changes, tool, arguments: given, status } = item;
  if (type === "agent_message") return [messageStep(textOf(text))];
  if (type === "command_execution") return [toolStep("shell", command, isDone(item))];
  if (type === "file_change") return [toolStep("edit", changes, status === "completed")];
  if (type === "mcp_tool_call") return [toolStep(textOf(tool), given, status === "completed")];
  return [];
}

/** "unexpected status 401 Unauthorized: ..." is how Codex tells what its provider said. */
function failureIn(events: ReturnType<typeof eventsIn>): NonNullable<Observation["failure"]> {
  const failed = events.findLast(({ type }) => type === "turn.failed" || type === "error");
  const message = textOf(fieldsOf(failed?.["error"])["message"]) || textOf(failed?.["message"]);
  const status = /\bstatus (\d{3})\b/.exec(message)?.[1];
  return {
    message: message === "" ? "its output stream has no completed turn with a message" : message,
    status: status === undefined ? undefined : Number(status),
  };
}
