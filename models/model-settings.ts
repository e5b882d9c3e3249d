import { z } from "zod";
import { SettingsError } from "../state/errors.ts";
import { Price } from "./prices.ts";

const positive = z.number().positive();
const count = z.int().positive();

/** How a model is asked. The first four and the API change its replies and are in its fingerprint. */
export const ModelSettings = z.strictObject({
  temperature: z.number().min(0).max(2).optional(),
  topP: positive.max(1).optional(),
  /** Tokens that a reply may have. */
  maxTokens: count.optional(),
  seed: z.int().optional(),
  /** Which of OpenAI's APIs it is asked by. */
  api: z.enum(["chat", "responses"]).default("chat"),
  /** What the chat API of the server calls the limit of tokens; by default as OpenAI does there, and as most do elsewhere. */
  tokenField: z.enum(["max_tokens", "max_completion_tokens"]).optional(),
  /** Whether the model takes a JSON schema as the format of its reply; if not, the schema stands in what it is asked. */
  takesSchema: z.boolean().optional(),
  /** Seconds that one attempt may take. */
  timeLimit: positive.default(300),
  /** Attempts a call has. */
  attempts: count.default(6),
  /** Seconds that a call waits for rate limits, all in all. */
  patience: positive.default(600),
  /** Calls under way at a time. */
  inFlight: count.default(Infinity),
  requestsPerMinute: positive.default(Infinity),
  tokensPerMinute: positive.default(Infinity),
  /** US dollars a million tokens. */
  price: Price.optional(),
  /** Names the environment variables of the server: SERVER_BASE_URL and SERVER_API_KEY. */
  server: z
    .string()
    .regex(/^[A-Z][A-Z0-9_]*$/, "upper-case letters, digits and _")
    .default("OPENAI"),
});
export type ModelSettings = z.infer<typeof ModelSettings>;
export type ModelSettingsInput = z.input<typeof ModelSettings>;

export interface ModelName {
  model: string;
  settings: ModelSettings;
}

/** A model as it is named on a command line, such as `gpt-5-mini?max-tokens=500&seed=1`, with what code adds to it. */
export function parseModelName(text: string, given: ModelSettingsInput = {}): ModelName {
  const [model = "", query = ""] = text.split(/\?(.*)/s);
  if (model === "") throw new SettingsError("model", `"${text}" has no model name. Give one, such as gpt-5-mini.`);
  const named = Object.fromEntries([...new URLSearchParams(query)].map(([key, value]) => settingOf(key, value)));
  const settings = parseModelSettings({ ...named, ...given });
  if (settings.api === "responses") {
    const without = (["seed", "tokenField"] as const).find((name) => settings[name] !== undefined);
    if (without !== undefined)
      throw new SettingsError(
        `model.${kebab(without)}`,
        `The Responses API does not support "${kebab(without)}". Remove it, or use api=chat.`,
      );
  }
  return { model, settings };
}

export function parseModelSettings(given: unknown): ModelSettings {
  const parsed = ModelSettings.safeParse(given);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const name = kebab(String(issue?.path[0] ?? (issue?.code === "unrecognized_keys" ? issue.keys[0] : "")));
  const known = Object.keys(ModelSettings.shape).map(kebab).join(", ");
  throw new SettingsError(
    `model.${name}`,
    `Invalid model setting "${name}": ${issue?.message}. Settings: ${known}; a price is written IN/OUT, in US dollars per million tokens.`,
  );
}

const kebab = (name: string) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
const camel = (name: string) => name.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());

/** A setting as it stands in a name: a number, true, false, a text, or a price such as 0.25/2. */
function settingOf(key: string, text: string): [string, unknown] {
  const name = camel(key);
  if (name === "price") {
    const [input, output] = text.split("/").map(numberOf);
    return [name, { input, output }];
  }
  if (text === "true" || text === "false") return [name, text === "true"];
  return [name, numberOf(text)];
}

const numberOf = (text: string) => (text.trim() === "" || Number.isNaN(Number(text)) ? text : Number(text));
