import type { BrainMessage, BrainReply, BrainRequest } from "./brain.ts";
import { listOf, piecesOf, textOfContent, type Letterhead, type WireFormat } from "./wire-format.ts";

/** The Responses API of OpenAI, as Codex speaks it. */
export const responses: WireFormat = {
  read: readRequest,
  whole: responseOf,
  events: eventsOf,
  error: (message, type) => ({ error: { message, type, param: null, code: null } }),
};

function readRequest({ model, instructions, input, tools, text, temperature }: Record<string, unknown>): BrainRequest {
  const items = typeof input === "string" ? [{ role: "user", content: input }] : listOf(input);
  const schema = (text as { format?: { schema?: unknown } } | undefined)?.format?.schema;
  return {
    model: String(model),
    messages: [
      ...(typeof instructions === "string" ? [{ role: "system" as const, text: instructions }] : []),
      ...items.flatMap(messagesOf),
    ],
    tools: listOf(tools).flatMap(({ type, name, description = "", parameters }) =>
      type === "function" ? [{ name: String(name), description: String(description), parameters }] : [],
    ),
    ...(schema === undefined ? {} : { schema }),
    ...(typeof temperature === "number" ? { temperature } : {}),
  };
}

/** Each part of a message is a message of its own: agents put unlike things into one. */
function messagesOf(item: Record<string, unknown>): BrainMessage[] {
  const { type = "message", role, content, call_id: id, name, arguments: given, output } = item;
  if (type === "message") {
    const parts = typeof content === "string" ? [{ text: content }] : listOf(content);
    const speaker = role === "user" || role === "assistant" ? role : "system";
    return parts.map(({ text }) => ({ role: speaker, text: String(text) }));
  }
  if (type === "function_call") {
    const call = { id: String(id), name: String(name), arguments: String(given) };
    return [{ role: "assistant", text: "", calls: [call] }];
  }
  if (type === "function_call_output") return [{ role: "tool", text: textOfContent(output), answers: String(id) }];
  return [];
}

type OutputItem = ReturnType<typeof itemsOf>[number];

function itemsOf({ text, calls = [] }: BrainReply, id: string) {
  const content = [{ type: "output_text" as const, text, annotations: [] }];
  const message = { type: "message" as const, id: `msg_${id}`, role: "assistant", status: "completed", content };
  return [
    ...(text === "" ? [] : [message]),
    ...calls.map((call) => ({
      type: "function_call" as const,
      id: `fc_${call.id}`,
      call_id: call.id,
      name: call.name,
      arguments: call.arguments,
      status: "completed",
    })),
  ];
}

function responseOf(reply: BrainReply, { id, model, usage }: Letterhead) {
  const { inputTokens, outputTokens } = usage;
  return {
    id: `resp_${id}`,
    object: "response",
    created_at: 0,
    status: "completed",
    model,
    output: itemsOf(reply, id),
    usage: {
      input_tokens: inputTokens,
      input_tokens_details: { cached_tokens: 0 },
      output_tokens: outputTokens,
      output_tokens_details: { reasoning_tokens: 0 },
      total_tokens: inputTokens + outputTokens,
    },
  };
}

function eventsOf(reply: BrainReply, head: Letterhead) {
  const done = responseOf(reply, head);
  const started = { ...done, status: "in_progress", output: [], usage: null };
  return [
    { type: "response.created", response: started },
    ...done.output.flatMap(eventsOfItem),
    { type: "response.completed", response: done },
  ].map((event, index) => ({ event: event.type, data: { ...event, sequence_number: index } }));
}

function eventsOfItem(item: OutputItem, index: number) {
  const place = { item_id: item.id, output_index: index };
  const pieces =
    item.type === "message"
      ? item.content.flatMap(({ text }) =>
          piecesOf(text).map((delta) => ({ type: "response.output_text.delta", ...place, content_index: 0, delta })),
        )
      : [{ type: "response.function_call_arguments.delta", ...place, delta: item.arguments }];
  const empty = item.type === "message" ? { content: [] } : { arguments: "" };
  return [
    { type: "response.output_item.added", output_index: index, item: { ...item, ...empty, status: "in_progress" } },
    ...pieces,
    { type: "response.output_item.done", output_index: index, item },
  ];
}
