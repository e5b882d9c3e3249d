import type { BaseChatModel } from "@langchain/core/language_models/chat_models";
import { AIMessage, HumanMessage, type BaseMessage } from "@langchain/core/messages";
import { z } from "zod";
import { CallError } from "../../state/errors.ts";

interface Ask<Value> {
  model: BaseChatModel;
  messages: readonly BaseMessage[];
  /** What the reply must be. Fields that may be absent are best `nullable`: a schema all of whose fields are required can be enforced by the server. */
  schema: z.ZodType<Value>;
  /** Names the reply, such as "failures": letters, digits, - and _. */
  name: string;
}

/**
 * Asks a model for a reply in a schema. Where the model takes a JSON schema (its profile says `structuredOutput`), the server
 * is given it; else it stands in the last message. A reply that does not fit is shown to the model once, with what the
 * validator says; if the next one does not fit either, that is a CallError. Nothing is coerced but by the schema itself.
 */
export async function askFor<Value>({ model, messages, schema, name }: Ask<Value>): Promise<Value> {
  const json = z.toJSONSchema(schema, { io: "input" });
  const isEnforced = model.profile.structuredOutput === true;
  const format = { type: "json_schema", json_schema: { name, schema: json, strict: isStrict(json) } };
  const options = isEnforced ? { response_format: format } : {};
  const asked = isEnforced ? [...messages] : inWords(messages, json);

  const first = await model.invoke(asked, options as object);
  const found = read(first.text, schema);
  if ("value" in found) return found.value;
  const again = await model.invoke(
    [...asked, new AIMessage(first.text), new HumanMessage(repairOf(found.problem))],
    options as object,
  );
  const repaired = read(again.text, schema);
  if ("value" in repaired) return repaired.value;
  throw new CallError(
    `The model was asked for ${name} as JSON twice, the second time with the error, but its reply does not match the schema: ${repaired.problem}`,
  );
}

/** The schema put in words at the end of what is asked. Some chat templates refuse two messages of a user in a row. */
function inWords(messages: readonly BaseMessage[], json: unknown): BaseMessage[] {
  const words = `Reply with one JSON value that fits this JSON schema, and with nothing else:\n${JSON.stringify(json)}`;
  const last = messages.at(-1);
  if (last === undefined || !HumanMessage.isInstance(last) || typeof last.content !== "string")
    return [...messages, new HumanMessage(words)];
  return [...messages.slice(0, -1), new HumanMessage(`${last.content}\n\n${words}`)];
}

const repairOf = (problem: string) =>
  `This reply cannot be used: ${problem}\nReply again, with the whole JSON value and nothing else.`;

type Read<Value> = { value: Value } | { problem: string };

function read<Value>(text: string, schema: z.ZodType<Value>): Read<Value> {
  let given: unknown;
  try {
    given = JSON.parse(jsonIn(text));
  } catch (error) {
    return { problem: `it is not JSON: ${(error as Error).message}` };
  }
  const parsed = schema.safeParse(given);
  return parsed.success ? { value: parsed.data } : { problem: z.prettifyError(parsed.error) };
}

/** The text without thoughts that some local models put before it, and what is in its fence where it has exactly one. */
function jsonIn(text: string): string {
  const said = text.replace(/^\s*<think>[\s\S]*?<\/think>/, "");
  // Line breaks inside a JSON text are escaped, so a fence inside of one never starts a line.
  const fences = [...said.matchAll(/^[ \t]*```(?:json)?[ \t]*\r?\n([\s\S]*?)\n[ \t]*```[ \t]*$/gim)];
  return fences.length === 1 ? (fences[0]?.[1] as string) : said;
}

/** Whether a server can hold a model to the schema to the letter: every object closed, every field required. */
function isStrict(schema: unknown): boolean {
  if (Array.isArray(schema)) return schema.every(isStrict);
  if (typeof schema !== "object" || schema === null) return true;
  const { type, properties, required, additionalProperties } = schema as Record<string, unknown>;
  const names = Object.keys((properties as object | undefined) ?? {});
  const isOpen = additionalProperties !== false || names.length !== ((required as string[] | undefined) ?? []).length;
  return !(type === "object" && isOpen) && Object.values(schema).every(isStrict);
}
