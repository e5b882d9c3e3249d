import type { BrainMessage, BrainReply, BrainRequest } from "./brain.ts";
import { listOf, piecesOf, textOfContent, type Letterhead, type WireFormat } from "./wire-format.ts";

/** The Messages API of Anthropic, as Claude Code speaks it. */
export const messages: WireFormat = {
  read: readRequest,
  whole: messageOf,
  events: eventsOf,
  error: (message, type) => ({ type: "error", error: { type, message } }),
};

function readRequest({ model, system, messages: given, tools, temperature }: Record<string, unknown>): BrainRequest {
  return {
    model: String(model),
    messages: [
      ...blocksOf(system).flatMap((block) => messagesOf("system", block)),
      ...listOf(given).flatMap(({ role, content }) =>
        blocksOf(content).flatMap((block) => messagesOf(role as BrainMessage["role"], block)),
      ),
    ],
    tools: listOf(tools).map(({ name, description = "", input_schema: parameters }) => ({
      name: String(name),
      description: String(description),
      parameters,
    })),
    ...(typeof temperature === "number" ? { temperature } : {}),
  };
}

function blocksOf(content: unknown): Array<Record<string, unknown>> {
  return typeof content === "string" ? [{ type: "text", text: content }] : listOf(content);
}

/** Each block is a message of its own: agents put unlike things into one. */
function messagesOf(role: BrainMessage["role"], block: Record<string, unknown>): BrainMessage[] {
  const { type, text, id, name, input, tool_use_id: answers, content } = block;
  if (type === "text") return [{ role, text: String(text) }];
  if (type === "tool_use") {
    const call = { id: String(id), name: String(name), arguments: JSON.stringify(input) };
    return [{ role: "assistant", text: "", calls: [call] }];
  }
  if (type === "tool_result") return [{ role: "tool", text: textOfContent(content), answers: String(answers) }];
  return [];
}

function messageOf({ text, calls = [] }: BrainReply, { id, model, usage }: Letterhead) {
  return {
    id: `msg_${id}`,
    type: "message",
    role: "assistant",
    model,
    content: [
      ...(text === "" ? [] : [{ type: "text" as const, text }]),
      ...calls.map((call) => ({
        type: "tool_use" as const,
        id: call.id,
        name: call.name,
        input: JSON.parse(call.arguments) as unknown,
      })),
    ],
    stop_reason: calls.length > 0 ? "tool_use" : "end_turn",
    stop_sequence: null,
    usage: { input_tokens: usage.inputTokens, output_tokens: usage.outputTokens },
  };
}

function eventsOf(reply: BrainReply, head: Letterhead) {
  const { content, stop_reason, stop_sequence, usage, ...rest } = messageOf(reply, head);
  const started = {
    ...rest,
    content: [],
    stop_reason: null,
    stop_sequence: null,
    usage: { ...usage, output_tokens: 0 },
  };
  return [
    { type: "message_start", message: started },
    ...content.flatMap((block, index) => [
      {
        type: "content_block_start",
        index,
        content_block: block.type === "text" ? { ...block, text: "" } : { ...block, input: {} },
      },
      ...deltasOf(block).map((delta) => ({ type: "content_block_delta", index, delta })),
      { type: "content_block_stop", index },
    ]),
    { type: "message_delta", delta: { stop_reason, stop_sequence }, usage: { output_tokens: usage.output_tokens } },
    { type: "message_stop" },
  ].map((event) => ({ event: event.type, data: event }));
}

function deltasOf(block: ReturnType<typeof messageOf>["content"][number]) {
  return block.type === "text"
    ? piecesOf(block.text).map((text) => ({ type: "text_delta", text }))
    : [{ type: "input_json_delta", partial_json: JSON.stringify(block.input) }];
}
