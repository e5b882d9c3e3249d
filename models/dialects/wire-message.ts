import { AIMessage } from "@langchain/core/messages";
import { FaultyReply } from "../faults.ts";
import { fieldsOf } from "../replies/plain.ts";
import { firstError } from "../replies/reported-error.ts";
import type { ForeignCall } from "./tool-calls.ts";

/** What a body says, as it says it: nothing of it is judged yet. */
interface Said {
  text: string;
  refusal?: unknown;
  calls: readonly ForeignCall[];
  finish: unknown;
  usage: unknown;
  error: unknown;
}

/** As a message of LangChain, in the places where its own clients put these things. */
export function messageFrom({ text, refusal, calls, finish, usage, error }: Said): AIMessage {
  return new AIMessage({
    content: text,
    // What is missing or odd in them is made good where the reply is kept.
    tool_calls: calls as AIMessage["tool_calls"] & object,
    additional_kwargs: { refusal },
    response_metadata: { finish_reason: finish, usage, error },
  });
}

/** The texts of a content, which is a text, a list of parts, or nothing; parts of other types, such as thoughts, are left out. */
export function partsOf(content: unknown): Pick<Said, "text" | "refusal"> & { error?: unknown } {
  if (content === undefined || content === null) return { text: "" };
  if (typeof content === "string") return { text: content };
  if (typeof content === "number" || typeof content === "boolean") return { text: String(content) };
  if (!Array.isArray(content))
    throw new FaultyReply("malformed", "The content of the reply is neither text nor a list of blocks.");
  let text = "";
  let refusal: unknown;
  let error: unknown;
  for (const part of content as unknown[]) {
    const fields = fieldsOf(part);
    const { type, text: said } = fields;
    if (typeof part === "string") text += part;
    else if (type === "error") error = firstError(error, fields["error"], part);
    else if (type === "refusal") refusal ??= fields["refusal"];
    else if ((type === undefined || type === "text" || type === "output_text") && typeof said === "string") {
      text += said;
      error = firstError(error, fields["error"]);
    }
  }
  return { text, refusal, error };
}
