import {
  BaseChatModel,
  type BaseChatModelCallOptions,
  type BindToolsInput,
} from "@langchain/core/language_models/chat_models";
import type { AIMessage, BaseMessage } from "@langchain/core/messages";
import type { ChatResult } from "@langchain/core/outputs";
import { convertToOpenAITool } from "@langchain/core/utils/function_calling";
import { createChatDialect } from "./chat-dialect.ts";
import type { DialectSettings, Dialect } from "./dialect.ts";
import { withoutSecrets } from "../../stores/secrets.ts";
import { FaultyReply } from "../faults.ts";
import { ask } from "./http.ts";
import { HttpError } from "./http-error.ts";
import { contentOf, textOf } from "../replies/reply.ts";
import { firstError, reportedError } from "../replies/reported-error.ts";
import { createResponsesDialect } from "./responses-dialect.ts";
import type { ServerAddress } from "../server.ts";

interface CallOptions extends BaseChatModelCallOptions {
  tools?: BindToolsInput[];
}

export interface OpenAIChatNeeds extends DialectSettings {
  api: "chat" | "responses";
  address: ServerAddress;
  key: string | undefined;
}

/** A chat model of an OpenAI-compatible server. Each call is one attempt; what its replies are worth is judged elsewhere. */
export class OpenAIChat extends BaseChatModel<CallOptions> {
  readonly model: string;
  readonly #needs: OpenAIChatNeeds;
  readonly #dialect: Dialect;

  constructor(needs: OpenAIChatNeeds) {
    super({});
    this.disableStreaming = true;
    this.model = needs.model;
    this.#needs = needs;
    this.#dialect = needs.api === "chat" ? createChatDialect(needs) : createResponsesDialect(needs);
  }

  override _llmType(): string {
    return "openai";
  }

  override getLsParams(options: this["ParsedCallOptions"]) {
    return { ...super.getLsParams(options), ls_provider: "openai", ls_model_name: this.model };
  }

  override bindTools(tools: BindToolsInput[], options: Partial<CallOptions> = {}) {
    return this.withConfig({ ...options, tools: tools.map((tool) => convertToOpenAITool(tool as never)) });
  }

  override async _generate(messages: BaseMessage[], options: this["ParsedCallOptions"]): Promise<ChatResult> {
    const { signal = new AbortController().signal, ...others } = options;
    const message = await this.#send(this.#dialect.request(messages, others), signal);
    return { generations: [{ message, text: textOf(contentOf(message.content)) }] };
  }

  async #send(body: object, signal: AbortSignal): Promise<AIMessage> {
    const { address, key, api } = this.#needs;
    const url = address.urlOf(this.#dialect.path);
    const { status, headers, text } = await ask({ url, headers: address.headersFor(key), body, signal });
    const given = parsed(text);
    if (status < 200 || status > 299) throw errorOf(status, { given, text, headers, api });
    if (text.trim() === "") throw new FaultyReply("empty", "The server's response was empty.");
    if (given === undefined)
      throw new FaultyReply(
        "malformed",
        `The server's response is not a JSON object: ${withoutSecrets(text).slice(0, 200).replace(/\s+/g, " ")}`,
      );
    return this.#dialect.read(withError(given));
  }
}

/** A body that holds neither a reply nor an `error` may still say what went wrong. */
function withError(body: Record<string, unknown>): Record<string, unknown> {
  const { error, errors, detail, message, msg, choices, output, code, type, status } = body;
  if (Array.isArray(choices) || Array.isArray(output)) return body;
  const said = firstError(error, message, msg, detail, errors);
  return said === undefined || said === error ? body : { ...body, error: { message: said, code, type, status } };
}

function parsed(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    // Gemini's compatible server puts its errors into a list.
    const first: unknown = Array.isArray(value) ? value[0] : value;
    return typeof first === "object" && first !== null ? (first as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

interface Answer {
  given: Record<string, unknown> | undefined;
  text: string;
  headers(): Headers;
  api: "chat" | "responses";
}

function errorOf(status: number, { given, text, headers, api }: Answer): HttpError {
  const { error = given } = given ?? {};
  const reported = reportedError(error) ?? {
    message: text.trim() === "" ? "no message" : withoutSecrets(text).slice(0, 1000),
  };
  const isElsewhere = api === "responses" && (status === 404 || status === 405);
  const message = isElsewhere
    ? `${reported.message} (api=responses: does the server have that API?)`
    : reported.message;
  return new HttpError(status, { ...reported, message }, headers());
}
