import { AIMessage } from "@langchain/core/messages";
import { ChatOpenAIResponses, convertMessagesToResponsesInput } from "@langchain/openai";
import { type Dialect, type DialectSettings, unnamed } from "./dialect.ts";
import { FaultyReply } from "../faults.ts";
import { fieldsOf, listOf } from "../replies/plain.ts";
import { firstError } from "../replies/reported-error.ts";
import { messageFrom, partsOf } from "./wire-message.ts";

/** OpenAI's Responses API, which some of its models need and few other servers have. */
export function createResponsesDialect({ model, maxTokens, temperature, topP }: DialectSettings): Dialect {
  const writer = new ChatOpenAIResponses({
    ...unnamed,
    ...(temperature !== undefined && { temperature }),
    ...(topP !== undefined && { topP }),
    ...(maxTokens !== undefined && { maxTokens }),
  });
  return {
    path: "responses",
    request: (messages, options) => ({
      ...writer.invocationParams(options),
      model,
      input: convertMessagesToResponsesInput({ messages, zdrEnabled: false, model: unnamed.model }),
      stream: false,
    }),
    read: readResponse,
  };
}

function readResponse({ output, output_text: shortcut, ...body }: Record<string, unknown>): AIMessage {
  const { usage, error, status, incomplete_details: details } = body;
  if (!Array.isArray(output) && typeof shortcut !== "string" && (error === undefined || error === null))
    throw new FaultyReply("malformed", "The server's response has no output, so it is not one of the Responses API.");
  const items = listOf(output).map(fieldsOf);
  const messages = items.filter(
    ({ type, content }) => type === "message" || (type === undefined && content !== undefined),
  );
  const parts = messages.map(({ content }) => partsOf(content));
  const calls = items.flatMap(({ type, call_id: id, name, arguments: args }) =>
    type === "function_call" ? [{ id, name, args }] : [],
  );
  const said = parts.map(({ text }) => text).join("");
  return messageFrom({
    text: said === "" && typeof shortcut === "string" ? shortcut : said,
    refusal: parts.find(({ refusal }) => refusal !== undefined)?.refusal,
    calls,
    finish: status === "incomplete" ? (fieldsOf(details)["reason"] ?? status) : status,
    usage,
    error: firstError(error, ...parts.map(({ error: inner }) => inner), ...items.map(errorIn)),
  });
}

/** The error of an item that is itself one, or of a message or call of the model. */
function errorIn(item: Record<string, unknown>): unknown {
  const { type, error } = item;
  if (type === "error") return error ?? item;
  return type === undefined || type === "message" || type === "function_call" ? error : undefined;
}
