import type { TraceStep } from "../../state/task.ts";
import {
  eventsIn,
  fieldsOf,
  listOf,
  messageStep,
  numberOf,
  skillsReadIn,
  textOf,
  toolStep,
  unique,
  type Observation,
} from "./stream.ts";

/**
 * Reads `--output-format stream-json` of Claude Code: messages of the model with tool uses, messages with their results, and one
 * `result` at the end. A skill is used where the tool Skill or a read of its SKILL.md succeeded.
 */
export function readClaudeCodeStream(stdout: string): Observation {
  const events = eventsIn(stdout);
  const failed = new Set(
    blocksOf(events, "user").flatMap((block) => (block["is_error"] === true ? [textOf(block["tool_use_id"])] : [])),
  );
  const trace: TraceStep[] = [];
  const used: string[] = [];
  for (const block of blocksOf(events, "assistant")) {
    if (block["type"] === "text") trace.push(messageStep(textOf(block["text"])));
    if (block["type"] !== "tool_use") continue;
    const isOk = !failed.has(textOf(block["id"]));
    trace.push(toolStep(textOf(block["name"]), block["input"], isOk));
    if (isOk) used.push(...skillsOf(block));
  }
  return { used: unique(used), trace, ...endOf(events.findLast(({ type }) => type === "result")) };
}

function blocksOf(events: ReturnType<typeof eventsIn>, type: string) {
  return events
    .filter((event) => event["type"] === type)
    .flatMap(({ message }) => listOf(fieldsOf(message)["content"]));
}

function skillsOf({ name, input }: Record<string, unknown>): string[] {
  const { skill, file_path: path, command } = fieldsOf(input);
  if (name === "Skill") return [textOf(skill)];
  return skillsReadIn(textOf(path) + textOf(command));
}

function endOf(result: Record<string, unknown> | undefined): Pick<Observation, "text" | "cost" | "failure"> {
  const usage = fieldsOf(result?.["usage"]);
  const inputTokens = ["input_tokens", "cache_creation_input_tokens", "cache_read_input_tokens"]
    .map((key) => numberOf(usage[key]))
    .reduce((sum, tokens) => sum + tokens, 0);
  const cost = {
    inputTokens,
    outputTokens: numberOf(usage["output_tokens"]),
    usd: numberOf(result?.["total_cost_usd"]),
  };
  const text = textOf(result?.["result"]).trim();
  if (result === undefined) return { text, cost, failure: { message: "its output stream has no result" } };
  if (result["is_error"] !== true && result["subtype"] === "success") return { text, cost };
  const message = text === "" ? textOf(result["subtype"]) : text;
  return { text, cost, failure: { message, status: numberOf(result["api_error_status"]) || undefined } };
}
