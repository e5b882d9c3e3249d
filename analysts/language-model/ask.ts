import type { BaseChatModel } from "@langchain/core/language_models/chat_models";
import { HumanMessage, SystemMessage, type BaseMessage } from "@langchain/core/messages";
import type { z } from "zod";
import { tell } from "../../models/calls.ts";
import { isOverflow } from "../../models/faults.ts";
import { askFor } from "../../models/replies/structured.ts";
import { countTokens, longestToken } from "../../skills/tokens.ts";
import { reasonOf } from "../../skills/shorten.ts";
import { CallError, PartError, SettingsError } from "../../state/errors.ts";
import { hashJson } from "../../state/json.ts";
import { fenced, type Quote } from "../../models/replies/fence.ts";
import { ladderFor, type Limits } from "./ladder.ts";
import { loadPrompts, type PromptName, type Prompts } from "./prompt.ts";
import { usualEffort } from "./effort.ts";

/** A chat model that names everything that can change a reply of it. */
type AnalystModel = BaseChatModel & { readonly fingerprint: string };

/** What every part that asks a language model needs. */
export interface ModelNeeds {
  model: AnalystModel;
  /** Texts in place of the prompts of that name, with the same variables. */
  prompts?: Partial<Record<PromptName, string>> | undefined;
  /** Most tokens of a prompt (o200k), without the schema of the reply. Default 24,000, at least 2,000. */
  promptTokens?: number | undefined;
}

interface Question<Value> {
  prompt: PromptName;
  /** What the reply is called in the schema that the model is given. */
  name: string;
  schema: z.ZodType<Value>;
  /** The values of the prompt's variables within the limits. Called several times; data goes through `quote`. */
  fill(limits: Limits, quote: Quote): Record<string, string>;
}

/** A reply, or why there is none: then what was asked about is missing, and nothing may be concluded from it. */
type Reply<Value> = { value: Value } | { missing: string };

export interface Asker {
  /** Names the model, the prompts and the budget. */
  readonly fingerprint: string;
  ask<Value>(question: Question<Value>): Promise<Reply<Value>>;
  /** The messages of a prompt, for a conversation that goes on. */
  messagesFor(question: Pick<Question<unknown>, "prompt" | "fill">): Promise<BaseMessage[]>;
}

const leastTokens = 2_000;

/** Asks a model by prompts: as much as fits the budget, data between marks, the reply in a schema. */
export function createAsker({
  model,
  prompts: replacements,
  promptTokens = usualEffort.promptTokens,
}: ModelNeeds): Asker {
  if (!(promptTokens >= leastTokens)) {
    throw new SettingsError("promptTokens", `promptTokens is ${promptTokens}; it must be at least ${leastTokens}.`);
  }
  const prompts = loadPrompts(replacements);
  const hashes = Object.entries(prompts).map(([name, { hash }]) => [name, hash]);
  return {
    fingerprint: `${model.fingerprint}:${hashJson({ hashes, promptTokens }).slice(0, 8)}`,
    messagesFor: (question) => longestFitting({ prompts, promptTokens, ...question }),
    async ask({ prompt, name, schema, fill }) {
      let missing = "";
      for await (const messages of fitting({ prompts, prompt, promptTokens, fill })) {
        if (missing !== "")
          tell(`the prompt "${prompt}" is too long for the model; it is asked again with a shorter one`);
        try {
          return { value: await askFor({ model, messages, schema, name }) };
        } catch (error) {
          if (!(error instanceof CallError)) throw error;
          missing = reasonOf(error);
          if (!isOverflow(error)) break;
        }
      }
      return { missing };
    },
  };
}

/**
 * The values of calls made side by side, once all of them have come to an end: where one throws, the replies to the others
 * are paid for, and kept by the ledger only if somebody waits for them.
 */
export async function allOf<Value>(calls: ReadonlyArray<Promise<Value>>): Promise<Value[]> {
  await Promise.allSettled(calls);
  return Promise.all(calls);
}

interface Fitting extends Pick<Question<unknown>, "prompt" | "fill"> {
  prompts: Prompts;
  promptTokens: number;
}

/** The first of the prompts that fit. */
async function longestFitting(question: Fitting): Promise<BaseMessage[]> {
  const { value } = await fitting(question).next();
  return value as BaseMessage[];
}

/** The prompt at each level of the ladder that fits, from the first on, as long as it becomes shorter. Throws a PartError where none fits. */
async function* fitting({ prompts, prompt, promptTokens, fill }: Fitting): AsyncGenerator<BaseMessage[], void> {
  let tokens = 0;
  let shortest = Infinity;
  for (const limits of ladderFor(promptTokens)) {
    const { filled, mark } = fenced((quote) => prompts[prompt].render(fill(limits, quote)));
    const system = prompts.system.render({ mark });
    if (filled.length > promptTokens * longestToken || filled.length >= shortest) continue;
    tokens = await countTokens(`${system}\n\n${filled}`);
    if (tokens > promptTokens) continue;
    shortest = filled.length;
    yield [new SystemMessage(system), new HumanMessage(filled)];
  }
  if (shortest < Infinity) return;
  throw new PartError(
    `The prompt "${prompt}" takes ${tokens} tokens at its shortest; at most ${promptTokens} are allowed. Raise ` +
      "promptTokens, or split the skill into fewer or shorter files.",
  );
}
