import { HumanMessage, type AIMessage, type BaseMessage } from "@langchain/core/messages";
import { CallError, ProviderError } from "../state/errors.ts";
import { tell } from "./calls.ts";
import { finishIn, finishOf } from "./replies/finish.ts";
import { jsonIn } from "./replies/json-in.ts";
import { fieldsOf, listOf } from "./replies/plain.ts";
import { contentOf, textOf } from "./replies/reply.ts";

type Options = Record<string, unknown>;
type Send = (messages: BaseMessage[], options: Options) => Promise<AIMessage>;

/** How a model is asked for replies in a JSON schema. */
export interface SchemaFormat {
  /** One call: as it is, or with its schema in words where the server does not take one. */
  ask(messages: BaseMessage[], options: Options, send: Send): Promise<AIMessage>;
  /** Why schemas stand in words by now; undefined as long as they do not. */
  refusal(): string | undefined;
}

/**
 * Learns from the first call with a JSON schema as its format whether the server takes one; others wait for it. A server that
 * refuses the request, or replies with something else, is asked again with the schema in words, and from then on asked so
 * at once. That is told once. What the ledger knows a call by stays the same.
 */
export function createSchemaFormat(model: string): SchemaFormat {
  let isTaken = false;
  let hasTold = false;
  let refusal: string | undefined;
  let first: Promise<unknown> | undefined;

  async function tryBoth(messages: BaseMessage[], options: Options, send: Send): Promise<AIMessage> {
    const tried = await underFormat(messages, options, send);
    if ("message" in tried && (isTaken || hasForm(tried.message, schemaIn(options)))) {
      isTaken ||= refusal === undefined;
      return tried.message;
    }
    const problem = "problem" in tried ? tried.problem : "its reply does not match the schema";
    const message = await inWords(messages, options, send);
    if (!isTaken) refusal ??= problem;
    if (!hasTold) tell(fallbackText(model, problem, isTaken));
    hasTold = true;
    return message;
  }

  return {
    refusal: () => refusal,
    async ask(messages, options, send) {
      if (schemaIn(options) === undefined) return send(messages, options);
      if (first === undefined) {
        const trial = tryBoth(messages, options, send);
        first = trial.catch(() => undefined);
        return trial;
      }
      await first;
      return refusal === undefined ? tryBoth(messages, options, send) : inWords(messages, options, send);
    },
  };
}

function fallbackText(model: string, problem: string, isTaken: boolean): string {
  const what = `The server of model ${model} does not support ${isTaken ? "all JSON schemas" : "JSON schemas"} as response format (${problem})`;
  if (isTaken) return `${what}. If it rejects one, the call is repeated with the schema in the prompt.`;
  return `${what}. From now on schemas are put into the prompt; set takes-schema=false in the model's settings to do so from the start.`;
}

async function underFormat(
  messages: BaseMessage[],
  options: Options,
  send: Send,
): Promise<{ message: AIMessage } | { problem: string }> {
  try {
    return { message: await send(messages, options) };
  } catch (error) {
    if (!isRefusal(error)) throw error;
    return { problem: error.message.replace(/\.$/, "") };
  }
}

function schemaIn({ response_format: format }: Options): unknown {
  const { type, json_schema: named } = fieldsOf(format);
  return type === "json_schema" ? fieldsOf(named)["schema"] : undefined;
}

function inWords(messages: BaseMessage[], options: Options, send: Send): Promise<AIMessage> {
  const { response_format: _, ...others } = options;
  return send(withSchema(messages, schemaIn(options)), others);
}

/** The schema put in words at the end of what is asked. Some chat templates refuse two messages of a user in a row. */
export function withSchema(messages: readonly BaseMessage[], schema: unknown): BaseMessage[] {
  const words = `Reply with one JSON value that fits this JSON schema, and with nothing else:\n${JSON.stringify(schema)}`;
  const last = messages.at(-1);
  if (last === undefined || !HumanMessage.isInstance(last) || typeof last.content !== "string")
    return [...messages, new HumanMessage(words)];
  if (last.content.endsWith(words)) return [...messages];
  return [...messages.slice(0, -1), new HumanMessage(`${last.content}\n\n${words}`)];
}

/** What servers answer a request with whose fields they do not know or cannot serve. Nothing was paid for. */
const refusals = new Set([400, 404, 405, 415, 422, 500, 501]);

function isRefusal(error: unknown): error is CallError | ProviderError {
  return (error instanceof CallError || error instanceof ProviderError) && refusals.has(error.status ?? 0);
}

/** Whether a reply has the fields of the schema. One that was cut may have had them, and one that calls tools need not. */
function hasForm(message: AIMessage, schema: unknown): boolean {
  if (finishOf(finishIn(fieldsOf(message.response_metadata))) === "cut" || listOf(message.tool_calls).length > 0)
    return true;
  const required = listOf(fieldsOf(schema)["required"]).map(String);
  const isFitting = (value: unknown) => required.every((name) => Object.hasOwn(fieldsOf(value), name));
  return jsonIn(textOf(contentOf(message.content))).some(
    (value) => typeof value === "object" && value !== null && !Array.isArray(value) && isFitting(value),
  );
}
