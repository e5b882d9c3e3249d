import { AIMessage, type BaseMessage, type UsageMetadata } from "@langchain/core/messages";
import { z } from "zod";
import { countTokens } from "../../skills/tokens.ts";
import { Json } from "../../state/json.ts";
import { Cost, noCost } from "../../state/task.ts";
import { finishIn } from "./finish.ts";
import { fieldsOf, listOf, plainOf } from "./plain.ts";
import { readToolCalls, type ForeignCall } from "../dialects/tool-calls.ts";
import { withoutThoughts } from "./thoughts.ts";
import { readUsage } from "./usage.ts";

/** What a model answered, as the ledger keeps it: content as LangChain has it, tool calls, why it ended, what it cost. */
export const Reply = z.strictObject({
  content: z.union([z.string(), z.array(z.record(z.string(), Json))]),
  toolCalls: z.array(z.strictObject({ id: z.string(), name: z.string(), args: z.record(z.string(), Json) })),
  invalidToolCalls: z.array(z.strictObject({ id: z.string(), name: z.string(), args: z.string(), error: z.string() })),
  finish: z.string(),
  cost: Cost,
  /** Whether tokens were counted here, as the server reported none or none that can be. */
  isEstimated: z.literal(true).optional(),
});
export type Reply = z.infer<typeof Reply>;

interface Asked {
  /** What the model was told. */
  sends: Json;
  /** US dollars of so many tokens. */
  priceOf(cost: Cost): number;
}

/**
 * The message of a model as its reply. It has been paid for, so nothing in it makes it useless: what is needed is taken, ids of
 * tool calls and counts of tokens that are missing are made, and what no record can hold is left out.
 */
export async function replyOf(message: AIMessage, { sends, priceOf }: Asked): Promise<Reply> {
  const { tool_calls: calls, invalid_tool_calls: broken, response_metadata: metadata } = message;
  const { calls: toolCalls, invalid: invalidToolCalls } = readToolCalls(
    [...listOf(calls).map(fieldsOf), ...listOf(broken).map(brokenCall)],
    sends,
  );
  const content = contentOf(message.content);
  const finish = finishIn(fieldsOf(metadata));
  const reported = usageIn(message);
  const input = reported.input ?? (await countTokens(JSON.stringify(sends)));
  const output = reported.output ?? (await countTokens(writtenIn(content, [toolCalls, invalidToolCalls])));
  const cost = { ...noCost, inputTokens: input, outputTokens: output };
  return {
    content,
    toolCalls,
    invalidToolCalls,
    finish: typeof finish === "string" ? finish : "",
    cost: { ...cost, usd: priceOf(cost) },
    ...((reported.input === undefined || reported.output === undefined) && { isEstimated: true }),
  };
}

function brokenCall(call: unknown): ForeignCall {
  const { error, ...rest } = fieldsOf(call);
  return { ...rest, error: typeof error === "string" && error !== "" ? error : "not valid JSON" };
}

/** Texts and records; a text between blocks is a block of text. */
export function contentOf(content: unknown): Reply["content"] {
  if (typeof content === "string") return content;
  return listOf(content).flatMap((block) => {
    if (typeof block === "string") return [{ type: "text", text: block }];
    if (typeof block !== "object" || block === null || Array.isArray(block)) return [];
    const plain = fieldsOf(plainOf(block)) as Record<string, Json>;
    return plain["type"] === "text" && typeof plain["text"] !== "string" ? [] : [plain];
  });
}

/**
 * The content without thoughts in its texts. Blocks that are thoughts stay, as providers ask for them again; the text of a
 * message has none of them.
 */
export function saidContent(content: Reply["content"]): Reply["content"] {
  if (typeof content === "string") return withoutThoughts(content);
  const isText = ({ type }: Record<string, Json>) => type === "text";
  const whole = textOf(content);
  const said = withoutThoughts(whole);
  if (said === whole) return content;
  const first = content.findIndex(isText);
  return content.flatMap((block, index) => {
    if (!isText(block)) return [block];
    return index === first ? [{ type: "text", text: said }] : [];
  });
}

export function textOf(content: Reply["content"]): string {
  if (typeof content === "string") return content;
  return content.flatMap(({ type, text }) => (type === "text" && typeof text === "string" ? [text] : [])).join("");
}

function writtenIn(content: Reply["content"], calls: unknown[][]): string {
  const said = typeof content === "string" ? content : JSON.stringify(content);
  return calls.every((each) => each.length === 0) ? said : said + JSON.stringify(calls);
}

/** What a message says of its tokens, wherever its client put it. */
export function usageIn({ usage_metadata: usage, response_metadata: metadata }: AIMessage) {
  const { usage: other, tokenUsage } = fieldsOf(metadata);
  return readUsage(usage, other, tokenUsage);
}

/** The reply as a message again: what the model said, without what it thought. */
export function messageOf({ content, toolCalls, invalidToolCalls, finish, cost }: Reply): AIMessage {
  const message = new AIMessage({
    content: saidContent(content) as AIMessage["content"],
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

/** What a message tells a model, to be written as JSON: ids that LangChain draws for messages are left out. */
export function sentBy(message: BaseMessage): object {
  const { content, name } = message;
  const calls = AIMessage.isInstance(message) ? (message.tool_calls ?? []) : [];
  const answers = "tool_call_id" in message ? message.tool_call_id : undefined;
  return {
    role: message.getType(),
    content,
    name,
    calls: calls.length === 0 ? undefined : calls.map(({ id, name: tool, args }) => ({ id, tool, args })),
    answers,
  };
}
