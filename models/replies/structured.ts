import type { BaseChatModel } from "@langchain/core/language_models/chat_models";
import { AIMessage, HumanMessage, type BaseMessage } from "@langchain/core/messages";
import { z } from "zod";
import { CallError } from "../../state/errors.ts";
import { withSchema } from "../schema-format.ts";
import { finishIn, finishOf } from "./finish.ts";
import { jsonIn } from "./json-in.ts";

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
 * validator says and the schema in words; if the next one does not fit either, that is a CallError. Nothing is coerced but by
 * the schema itself.
 */
export async function askFor<Value>({ model, messages, schema, name }: Ask<Value>): Promise<Value> {
  const json = z.toJSONSchema(schema, { io: "input" });
  const isEnforced = model.profile.structuredOutput === true;
  const format = { type: "json_schema", json_schema: { name, schema: json, strict: isStrict(json) } };
  const options = isEnforced ? { response_format: format } : {};
  const asked = isEnforced ? [...messages] : withSchema(messages, json);

  const first = await model.invoke(asked, options as object);
  const found = read(first, schema);
  if ("value" in found) return found.value;
  const repair = [...asked, new AIMessage(first.text), new HumanMessage(repairOf(found.problem))];
  const again = await model.invoke(isEnforced ? withSchema(repair, json) : repair, options as object);
  const repaired = read(again, schema);
  if ("value" in repaired) return repaired.value;
  throw new CallError(
    `The model was asked for ${name} as JSON twice, the second time with the error, but its reply does not match the schema: ${repaired.problem}`,
  );
}

const repairOf = (problem: string) =>
  `This reply cannot be used: ${problem}\nReply again, with the whole JSON value and nothing else.`;

type Read<Value> = { value: Value } | { problem: string };

/** The likeliest value in a reply that fits; else what is wrong with the likeliest one. */
function read<Value>({ text, response_metadata: metadata }: BaseMessage, schema: z.ZodType<Value>): Read<Value> {
  const tried = jsonIn(text).map((given) => schema.safeParse(given));
  const fitting = tried.find(({ success }) => success);
  if (fitting?.data !== undefined) return { value: fitting.data };
  if (finishOf(finishIn(metadata)) === "cut")
    return { problem: "it was cut off at the limit of tokens; be shorter (or raise max-tokens)" };
  const [error] = tried.flatMap((each) => each.error ?? []);
  return {
    problem:
      error === undefined ? "it is not JSON, and holds no JSON object or list that is whole" : z.prettifyError(error),
  };
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
