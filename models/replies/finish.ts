/** How a reply ended. `unknown`: nobody can tell whether it is whole. */
export type Finish = "done" | "cut" | "filtered" | "unknown";

/** What providers and servers name the ends of replies, in lower case with _ between words. */
const ends: Record<Exclude<Finish, "unknown">, ReadonlySet<string>> = {
  done: new Set(
    (
      "stop stopped end_turn end endoftext eos eos_token stop_sequence stop_token stop_str complete completed done finish finished success " +
      "tool_call tool_calls tool_use function_call function_calls"
    ).split(" "),
  ),
  cut: new Set(
    (
      "length max_tokens max_output_tokens max_completion_tokens max_length model_length token_limit " +
      "model_context_window_exceeded"
    ).split(" "),
  ),
  filtered: new Set(
    (
      "content_filter content_filtered refusal safety sensitive recitation blocklist prohibited_content spii language " +
      "image_safety guardrail_intervened error_toxic"
    ).split(" "),
  ),
};

/** What a finish reason means; one that says nothing (missing, null, "") counts as done, as many servers give none. */
export function finishOf(reason: unknown): Finish {
  if (reason === undefined || reason === null || reason === "") return "done";
  if (typeof reason !== "string") return "unknown";
  // Gemini's compatible server says "content_filter: SAFETY".
  const [first = ""] = reason.trim().split(":");
  const word = first
    .replace(/([a-z])([A-Z])/g, "$1_$2")
    .replace(/[\s-]+/g, "_")
    .toLowerCase()
    .replace(/^(?:finish_)?reason_/, "");
  const known = Object.entries(ends).find(([, words]) => words.has(word));
  return (known?.[0] as Finish | undefined) ?? "unknown";
}

/** The fields in which LangChain's models hand on how a reply ended. */
const fields = ["finish_reason", "finishReason", "stop_reason", "stopReason", "done_reason"] as const;

/** How a reply ended, as its metadata have it, in the provider's own word; the first field that says something. */
export function finishIn(metadata: Record<string, unknown>): unknown {
  return fields.map((name) => metadata[name]).find((each) => each !== undefined && each !== null && each !== "");
}
