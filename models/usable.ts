import type { AIMessage } from "@langchain/core/messages";
import { cutShort, FaultyReply, filtered } from "./faults.ts";

/** A reply of more characters than this is no answer to anything: the longest that models give today hold half of it. */
const longest = 1_000_000;

/**
 * Throws a FaultyReply for a message that is no reply: refused, empty, far too long, or not Unicode. A reply that was cut at
 * the limit of tokens is one: it is what that limit gives, and its `finish` says so.
 */
export function checkUsable(message: AIMessage): void {
  const { refusal } = message.additional_kwargs;
  if (typeof refusal === "string" && refusal !== "")
    throw new FaultyReply("refused", `The model refused: ${refusal.slice(0, 300)}`, "fail");
  const { finish_reason: finish } = message.response_metadata as { finish_reason?: unknown };
  if (finish === "content_filter") throw new FaultyReply("refused", filtered, "fail");

  const { text, tool_calls: calls = [], invalid_tool_calls: invalid = [] } = message;
  if (text.trim() === "" && calls.length + invalid.length === 0)
    throw finish === "length"
      ? new FaultyReply("empty", cutShort, "fail")
      : new FaultyReply("empty", "The reply was empty.");
  const length = text.length + JSON.stringify([calls, invalid]).length;
  if (length > longest) throw new FaultyReply("oversized", `The reply was ${length} characters long.`);
  if (!text.isWellFormed()) throw new FaultyReply("malformed", "The reply was not Unicode: half of a character in it.");
}
