import { AIMessage } from "@langchain/core/messages";
import { ChatOpenAICompletions, convertMessagesToCompletionsMessageParams } from "@langchain/openai";
import { type Dialect, type DialectSettings, unnamed } from "./dialect.ts";
import { FaultyReply } from "../faults.ts";
import { fieldsOf, listOf } from "../replies/plain.ts";
import { firstError } from "../replies/reported-error.ts";
import type { ForeignCall } from "./tool-calls.ts";
import { messageFrom, partsOf } from "./wire-message.ts";

/** The chat completions that most servers have. */
export function createChatDialect({ model, tokenField, maxTokens, seed, temperature, topP }: DialectSettings): Dialect {
  const writer = new ChatOpenAICompletions({
    ...unnamed,
    ...(temperature !== undefined && { temperature }),
    ...(topP !== undefined && { topP }),
  });
  return {
    path: "chat/completions",
    request: (messages, options) => ({
      ...writer.invocationParams(options),
      ...(maxTokens !== undefined && { [tokenField]: maxTokens }),
      ...(seed !== undefined && { seed }),
      model,
      messages: convertMessagesToCompletionsMessageParams({ messages }),
      stream: false,
    }),
    read: readCompletion,
  };
}

function readCompletion({ choices, usage, error: outer }: Record<string, unknown>): AIMessage {
  const choice = fieldsOf(listOf(choices)[0]);
  const { message: said, error: inner, finish_reason: finish } = choice;
  const message = fieldsOf(said);
  const parts = partsOf(message["content"]);
  const error = firstError(outer, inner, message["error"], parts.error);
  if (typeof said !== "object" && error === undefined)
    throw new FaultyReply(
      "malformed",
      "The server's response is not a chat completion: choices[0].message is missing.",
    );
  const refusal = message["refusal"] ?? parts.refusal;
  return messageFrom({ text: parts.text, refusal, calls: callsIn(message), finish, usage, error });
}

/** The calls of tools; servers of an older kind give a single one. */
function callsIn({ tool_calls: calls, function_call: single }: Record<string, unknown>): ForeignCall[] {
  const given = listOf(calls).map((call) => {
    const { id, function: called } = fieldsOf(call);
    const { name, arguments: args } = fieldsOf(called);
    return { id, name, args };
  });
  if (given.length > 0 || typeof single !== "object" || single === null) return given;
  const { name, arguments: args } = fieldsOf(single);
  return [{ name, args }];
}
