import type { BrainCall, BrainMessage, BrainReply } from "./brain.ts";
import { listOf, piecesOf, textOfContent, type Letterhead, type WireEvent, type WireFormat } from "./wire-format.ts";

const created = 1_700_000_000;
const roles: Record<string, BrainMessage["role"]> = {
  system: "system",
  developer: "system",
  user: "user",
  assistant: "assistant",
  tool: "tool",
};

/** OpenAI's chat completions. */
export const chatCompletions: WireFormat = {
  read(body) {
    const schema = schemaOf(body["response_format"]);
    return {
      model: String(body["model"]),
      messages: listOf(body["messages"]).map(readMessage),
      tools: listOf(body["tools"]).map((tool) => {
        const { name, description = "", parameters } = tool["function"] as Record<string, unknown>;
        return { name: String(name), description: String(description), parameters };
      }),
      ...(schema === undefined ? {} : { schema }),
      ...(typeof body["temperature"] === "number" ? { temperature: body["temperature"] } : {}),
    };
  },
  whole(reply, head) {
    const message = {
      role: "assistant",
      content: reply.text === "" && reply.calls !== undefined ? null : reply.text,
      ...(reply.calls === undefined ? {} : { tool_calls: reply.calls.map(writeCall) }),
    };
    return {
      ...headOf(head, "chat.completion"),
      choices: [{ index: 0, message, finish_reason: finishOf(reply), logprobs: null }],
      usage: usageOf(head),
    };
  },
  events(reply, head) {
    const chunk = (delta: object, finish: string | null = null): WireEvent => ({
      data: {
        ...headOf(head, "chat.completion.chunk"),
        choices: [{ index: 0, delta, finish_reason: finish, logprobs: null }],
      },
    });
    const isUsageWanted = (head.body["stream_options"] as Record<string, unknown> | undefined)?.["include_usage"];
    return [
      chunk({ role: "assistant", content: "" }),
      ...piecesOf(reply.text).map((content) => chunk({ content })),
      ...(reply.calls ?? []).flatMap((call, index) => [
        chunk({ tool_calls: [{ index, ...writeCall({ ...call, arguments: "" }) }] }),
        ...piecesOf(call.arguments).map((text) => chunk({ tool_calls: [{ index, function: { arguments: text } }] })),
      ]),
      chunk({}, finishOf(reply)),
      ...(isUsageWanted === true
        ? [{ data: { ...headOf(head, "chat.completion.chunk"), choices: [], usage: usageOf(head) } }]
        : []),
      { data: "[DONE]" },
    ];
  },
  error: (message, type) => ({ error: { message, type, param: null, code: null } }),
};

function readMessage({ role, content, tool_calls: calls, tool_call_id: answers }: Record<string, unknown>) {
  const known = roles[String(role)];
  if (known === undefined) throw new Error(`There is no role "${String(role)}".`);
  const message: BrainMessage = { role: known, text: textOfContent(content) };
  if (Array.isArray(calls)) message.calls = listOf(calls).map(readCall);
  if (typeof answers === "string") message.answers = answers;
  return message;
}

function readCall(call: Record<string, unknown>): BrainCall {
  const { name, arguments: text } = call["function"] as Record<string, unknown>;
  return { id: String(call["id"]), name: String(name), arguments: String(text) };
}

function writeCall({ id, name, arguments: text }: BrainCall) {
  return { id, type: "function", function: { name, arguments: text } };
}

function schemaOf(format: unknown): unknown {
  const { type, json_schema: named } = (format ?? {}) as { type?: string; json_schema?: { schema?: unknown } };
  if (type === "json_schema") return named?.schema;
  return type === "json_object" ? { type: "object" } : undefined;
}

function finishOf({ calls }: BrainReply): string {
  return calls === undefined ? "stop" : "tool_calls";
}

function headOf({ id, model }: Letterhead, object: string) {
  return { id: `chatcmpl-${id}`, object, created, model };
}

function usageOf({ usage: { inputTokens, outputTokens } }: Letterhead) {
  return {
    prompt_tokens: inputTokens,
    completion_tokens: outputTokens,
    total_tokens: inputTokens + outputTokens,
  };
}
