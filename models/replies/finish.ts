/** How a reply ended. `unknown`: nobody can tell whether it is whole. */
export type Finish = "done" | "cut" | "filtered" | "unknown";

/** What providers and servers name the ends of replies, in lower case with _ between words. */
const ends: Record<Exclude<Finish, "unknown">, string> = {
  done:
    "stop stopped end_turn end endoftext eos eos_token stop_sequence stop_token stop_str complete completed done finish finished success " +
    "tool_call tool_calls tool_use function_call function_calls",
  cut:
    "length max_tokens max_output_tokens max_completion_tokens max_length model_length token_limit " +
    "model_context_window_exceeded",
  filtered:
    "content_filter content_filtered refusal safety sensitive recitation blocklist prohibited_content spii language " +
    "image_safety guardrail_intervened error_toxic",
};

const meanings = new Map(
  Object.entries(ends).flatMap(([end, words]) => words.split(" ").map((word) => [word, end as Finish] as const)),
);

/** What a finish reason means; one that says nothing (missing, null, "") counts as done, as many servers give none. */
export function finishOf(reason: unknown): Finish {
  if (reason === undefined || reason === null || reason === "") return "done";
  if (typeof reason !== "string") return "unknown";
  const plain = meanings.get(reason);
  if (plain !== undefined) return plain;
  // Gemini's compatible server says "content_filter: SAFETY".
  const [first = ""] = reason.trim().split(":");
  const word = first
    .replace(/([a-z])([A-Z])/g, "$1_$2")
    .replace(/[\s-]+/g, "_")
    .toLowerCase()
    .replace(/^(?:finish_)?reason_/, "");
  return meanings.get(word) ?? "unknown";
}

/** The fields in which LangChain's models hand on how a reply ended. */
const fields = ["finish_reason", "finishReason", "stop_reason", "stopReason", "done_reason"] as const;

/** How a reply ended, as its metadata have it, in the provider's own word; the first field that says something. */
export function finishIn(metadata: Record<string, unknown>): unknown {
  for (const name of fields) {
    const each = metadata[name];
    if (each !== undefined && each !== null && each !== "") return each;
  }
  return undefined;
}
