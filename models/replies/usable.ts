import type { AIMessage } from "@langchain/core/messages";
import { withoutSecrets } from "../../stores/secrets.ts";
import { cutShort, FaultyReply, filtered } from "../faults.ts";
import { finishIn, finishOf } from "./finish.ts";
import { fieldsOf, listOf } from "./plain.ts";
import { contentOf, saidContent, textOf } from "./reply.ts";
import { insideError, reportedError } from "./reported-error.ts";

/** A reply of more characters than this is no answer to anything: the longest that models give today hold half of it. */
const longest = 1_000_000;
/** Its blocks may hold pictures and thoughts beside the text. */
const largest = 4_000_000;

/**
 * Throws for a message that is no reply, whichever API and client it came by: one that reports an error, was refused, ended in a
 * way that nobody knows, is empty or holds thoughts alone, far too long, or not Unicode. A reply that was cut at the limit of
 * tokens is one: it is what that limit gives, and its `finish` says so.
 */
export function checkUsable(message: AIMessage): void {
  const metadata = fieldsOf(message.response_metadata);
  const extra = fieldsOf(message.additional_kwargs);
  refuseErrors([metadata["error"], extra["error"], ...errorsIn(message.content)]);
  const { refusal } = extra;
  if (typeof refusal === "string" && refusal !== "")
    throw new FaultyReply("refused", `The model refused: ${withoutSecrets(refusal).slice(0, 300)}`, "fail");

  const reason = finishIn(metadata) ?? responseStatus(metadata);
  const finish = finishOf(reason);
  if (finish === "filtered") throw new FaultyReply("refused", filtered, "fail");
  if (finish === "unknown")
    throw new FaultyReply(
      "unknown",
      `The reply ended with the finish reason ${JSON.stringify(reason)?.slice(0, 100)}, so it may be incomplete.`,
    );

  const content = contentOf(message.content);
  const text = textOf(content);
  const said = textOf(saidContent(content));
  const calls = [...listOf(message.tool_calls), ...listOf(message.invalid_tool_calls)];
  if (said.trim() === "" && calls.length === 0) {
    if (finish === "cut") throw new FaultyReply("empty", cutShort, "fail");
    throw new FaultyReply("empty", text.trim() === "" ? "The reply was empty." : "The reply contains only thoughts.");
  }
  const length = text.length + JSON.stringify(contentOf(calls)).length;
  if (length > longest) throw new FaultyReply("oversized", `The reply was ${length} characters long.`);
  const size = JSON.stringify(content).length;
  if (size > largest) throw new FaultyReply("oversized", `The blocks of the reply were ${size} characters long.`);
  if (!text.isWellFormed())
    throw new FaultyReply("malformed", "The reply is not valid Unicode: it contains half of a surrogate pair.");
}

function refuseErrors(given: readonly unknown[]): void {
  for (const each of given) {
    const reported = reportedError(each);
    if (reported !== undefined) throw insideError(reported);
  }
}

/** Blocks that are errors, or texts with one. A tool that failed at the provider is none: its model went on. */
function errorsIn(content: unknown): unknown[] {
  return listOf(content).flatMap((block) => {
    const { type, error } = fieldsOf(block);
    if (type === "error") return [error ?? block];
    return type === undefined || type === "text" ? [error] : [];
  });
}

/** How a reply of the Responses API ended, where a client hands on no more than its status. */
function responseStatus({ status, object, incomplete_details: details }: Record<string, unknown>): unknown {
  if (object !== "response") return undefined;
  return status === "incomplete" ? (fieldsOf(details)["reason"] ?? status) : status;
}
