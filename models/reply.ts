import { AIMessage, type BaseMessage, type UsageMetadata } from "@langchain/core/messages";
import { z } from "zod";
import { Json } from "../state/json.ts";
import { Cost, noCost } from "../state/task.ts";

/** What a model answered, as the ledger keeps it: content as LangChain has it, tool calls, why it ended, what it cost. */
export const Reply = z.strictObject({
  content: z.union([z.string(), z.array(z.record(z.string(), Json))]),
  toolCalls: z.array(z.strictObject({ id: z.string(), name: z.string(), args: z.record(z.string(), Json) })),
  invalidToolCalls: z.array(z.strictObject({ id: z.string(), name: z.string(), args: z.string(), error: z.string() })),
  finish: z.string(),
  cost: Cost,
});
export type Reply = z.infer<typeof Reply>;

/** The message of a model as its reply. `priceOf` gives the US dollars of so many tokens. */
export function replyOf(message: AIMessage, priceOf: (cost: Cost) => number): Reply {
  const { input_tokens: inputTokens = 0, output_tokens: outputTokens = 0 } = (message.usage_metadata ??
    {}) as Partial<UsageMetadata>;
  const cost = { ...noCost, inputTokens, outputTokens };
  const { finish_reason: finish } = message.response_metadata as { finish_reason?: unknown };
  return Reply.parse({
    content: message.content,
    toolCalls: (message.tool_calls ?? []).map(({ id = "", name, args }) => ({ id, name, args })),
    invalidToolCalls: (message.invalid_tool_calls ?? []).map(({ id = "", name = "", args = "", error = "" }) => ({
      id,
      name,
      args,
      error,
    })),
    finish: typeof finish === "string" ? finish : "",
    cost: { ...cost, usd: priceOf(cost) },
  });
}

/** The reply as a message again, as the model gave it. */
export function messageOf({ content, toolCalls, invalidToolCalls, finish, cost }: Reply): AIMessage {
  const message = new AIMessage({
    content: content as AIMessage["content"],
    tool_calls: toolCalls.map((call) => ({ ...call, type: "tool_call" as const })),
    invalid_tool_calls: invalidToolCalls.map((call) => ({ ...call, type: "invalid_tool_call" as const })),
    response_metadata: { finish_reason: finish },
  });
  const usage: UsageMetadata = {
    input_tokens: cost.inputTokens,
    output_tokens: cost.outputTokens,
    total_tokens: cost.inputTokens + cost.outputTokens,
  };
  // The type of a message without a structure of its own leaves no room for usage.
  return Object.assign(message, { usage_metadata: usage });
}

/** What a message tells a model, as plain JSON: ids that LangChain draws for messages are left out. */
export function sentBy(message: BaseMessage): Json {
  const { content, name } = message;
  const calls = AIMessage.isInstance(message) ? (message.tool_calls ?? []) : [];
  const answers = "tool_call_id" in message ? message.tool_call_id : undefined;
  return JSON.parse(
    JSON.stringify({
      role: message.getType(),
      content,
      name,
      calls: calls.length === 0 ? undefined : calls.map(({ id, name: tool, args }) => ({ id, tool, args })),
      answers,
    }),
  ) as Json;
}
