import type { BaseChatModel } from "@langchain/core/language_models/chat_models";
import { SettingsError } from "../state/errors.ts";
import type { Json } from "../state/json.ts";
import type { Cost } from "../state/task.ts";
import { keepSecret } from "../stores/secrets.ts";
import { createAttempts } from "./attempts.ts";
import { JournaledModel } from "./journaled-model.ts";
import { acrossProcesses, sharedLimits } from "./limits.ts";
import { parseModelName, parseModelSettings, type ModelSettings, type ModelSettingsInput } from "./model-settings.ts";
import { dollarsOf, priceOf, pricesIn, type Price } from "./prices.ts";
import { serverIn } from "./server.ts";
import { systemTimer, type Timer } from "./timer.ts";

export interface ModelOptions extends ModelSettingsInput {
  /** Names what else can change its replies, in the fingerprint. */
  version?: string;
  /** Where keys, addresses and the file of prices are named. */
  environment?: Readonly<Record<string, string | undefined>>;
  timer?: Timer;
  /** Takes what users must know, such as that a price is unknown; by default a warning of the process. */
  warn?: (text: string) => void;
}

const warnProcess = (text: string): void => process.emitWarning(text);

/**
 * A model that agents, analysts and judges can ask: by name, at an OpenAI-compatible server, or any LangChain chat model. The
 * address of the server is not in the fingerprint, so that a run can move to another one that serves the same model.
 */
export async function createModel(given: string | BaseChatModel, options: ModelOptions = {}): Promise<JournaledModel> {
  const { version, environment = process.env, timer = systemTimer, warn = warnProcess, ...rest } = options;
  const opened =
    typeof given === "string"
      ? await openNamed(given, { rest, version, environment })
      : openChat(given, { rest, version });
  const { chat, model, fingerprint, settings, takesSchema, place } = opened;
  const price = settings.price ?? priceOf(model, pricesIn(environment));
  if (price === null)
    warn(
      `The price of model ${model} is unknown: its calls count as 0 US dollars. Set price=IN/OUT, in US dollars per million tokens, or add the model to the file in SKILLGRAPH_PRICES.`,
    );
  // An object is not known elsewhere; what it is and how it is set up may be.
  const named = typeof place === "string" ? `${place} ${model}` : fingerprint;
  const attempts = createAttempts({
    model,
    address: typeof place === "string" ? place : null,
    attempts: settings.attempts,
    timeLimit: settings.timeLimit * 1000,
    patience: settings.patience * 1000,
    limits: acrossProcesses(sharedLimits(typeof place === "string" ? named : place, settings, timer), {
      name: named,
      limits: settings,
    }),
    timer,
  });
  return new JournaledModel({
    chat,
    model,
    fingerprint,
    takesSchema,
    price,
    priceOf: (cost) => dollarsOf(cost, price),
    ...(price !== null && settings.maxTokens !== undefined && { boundOf: boundBy(price, settings.maxTokens) }),
    attempt: attempts.make,
    counts: attempts.counts,
  });
}

/** A token is at least a byte of what is sent, which takes no fewer bytes as JSON. */
function boundBy(price: Price, outputTokens: number): (sends: Json) => Cost {
  return (sends) => {
    const inputTokens = Buffer.byteLength(JSON.stringify(sends));
    return { inputTokens, outputTokens, usd: dollarsOf({ inputTokens, outputTokens, usd: 0 }, price) };
  };
}

interface Given {
  rest: ModelSettingsInput;
  version: string | undefined;
}

interface Opened {
  chat: BaseChatModel;
  model: string;
  fingerprint: string;
  settings: ModelSettings;
  takesSchema: boolean;
  /** Where it is asked: an address, or the object itself. All that ask the same model there share its limits. */
  place: string | BaseChatModel;
}

async function openNamed(
  name: string,
  { rest, version, environment }: Given & { environment: Record<string, string | undefined> },
): Promise<Opened> {
  const { model, settings } = parseModelName(name, rest);
  const { address, key } = placeIn(environment, settings.server);
  const { OpenAIChat } = await import("./dialects/openai-chat.ts");
  const { temperature, topP, maxTokens, seed, api, takesSchema = true } = settings;
  const { tokenField = address.isOpenAI ? "max_completion_tokens" : "max_tokens" } = settings;
  const chat = new OpenAIChat({ model, address, key, api, temperature, topP, maxTokens, seed, tokenField });
  const fingerprint = fingerprintOf(api, { model, temperature, topP, maxTokens, seed, version });
  return { chat, model, fingerprint, settings, takesSchema, place: address.shown };
}

function placeIn(environment: Readonly<Record<string, string | undefined>>, server: string) {
  const { address, key, addressName, keyName, isDefault } = serverIn(environment, server);
  if (isDefault && key === undefined)
    throw new SettingsError(
      keyName,
      `No API key for the model. Set ${keyName}, or ${addressName} to the address of a local server, in the environment or in .env.`,
    );
  if (address === undefined)
    throw new SettingsError(
      addressName,
      `No address for the server "${server}". Set ${addressName}, and ${keyName} if it requires a key, in the environment or in .env.`,
    );
  keepSecret(keyName, key);
  return { address, key };
}

/** What chat models of LangChain call their settings, as far as these change replies. */
const telling = ["temperature", "topP", "topK", "maxTokens", "maxOutputTokens", "seed", "stop", "frequencyPenalty"];

function openChat(chat: BaseChatModel, { rest, version }: Given): Opened {
  const settings = parseModelSettings(rest);
  const fields = chat as unknown as Record<string, unknown>;
  const own = (["temperature", "topP", "maxTokens", "seed", "server", "api", "tokenField"] as const).find(
    (name) => rest[name] !== undefined,
  );
  if (own !== undefined)
    throw new SettingsError(
      `model.${own}`,
      `The setting "${own}" applies only to models given by name. Set it on the chat model itself.`,
    );
  const kind = chat.getName();
  const model = [fields["model"], fields["modelName"]].find((each) => typeof each === "string") as string | undefined;
  const takesSchema = settings.takesSchema ?? (kind === "ChatOpenAI" && chat.profile.structuredOutput === true);
  const found = Object.fromEntries(telling.map((name) => [name, fields[name]]));
  const fingerprint = fingerprintOf(kind, { model, ...found, version });
  const key = fields["apiKey"];
  if (typeof key === "string") keepSecret(`key of ${kind}`, key);
  return { chat, model: model ?? kind, fingerprint, settings, takesSchema, place: chat };
}

/** In one line what can change a reply; what is not set is left to the server and left out. */
function fingerprintOf(kind: string, settings: Record<string, unknown>): string {
  const { model, ...others } = settings;
  const set = Object.entries(others).filter(([, value]) => value !== undefined);
  return [`${kind}:${String(model ?? "")}`, ...set.map(([name, value]) => `${name}=${JSON.stringify(value)}`)].join(
    " ",
  );
}
