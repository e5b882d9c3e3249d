import {
  BaseChatModel,
  type BaseChatModelCallOptions,
  type BindToolsInput,
} from "@langchain/core/language_models/chat_models";
import { AIMessage, type BaseMessage } from "@langchain/core/messages";
import type { ChatResult } from "@langchain/core/outputs";
import { convertToOpenAITool } from "@langchain/core/utils/function_calling";
import { JournaledModel } from "../../../models/journaled-model.ts";
import type { Brain, BrainMessage, BrainRequest } from "./brain.ts";

const roles: Record<string, BrainMessage["role"]> = { system: "system", ai: "assistant", tool: "tool" };

/** A chat model over a brain, without a server between: every request is made of text, as on the wire. */
export class BrainModel extends BaseChatModel<Options> {
  readonly fingerprint = "brain@1";
  readonly requests: BrainRequest[] = [];
  readonly #brain: Brain;

  constructor(brain: Brain) {
    super({});
    this.#brain = brain;
  }

  override _llmType(): string {
    return "brain";
  }

  override bindTools(tools: BindToolsInput[], options: Partial<Options> = {}) {
    return this.withConfig({ ...options, tools: tools.map((tool) => convertToOpenAITool(tool as never)) });
  }

  override async _generate(messages: BaseMessage[], { tools = [] }: Options): Promise<ChatResult> {
    const request: BrainRequest = {
      model: "brain",
      messages: messages.map(messageOf),
      tools: tools.map(({ function: { name, description = "", parameters } }) => ({ name, description, parameters })),
    };
    this.requests.push(request);
    const { text, calls = [] } = await this.#brain(request);
    const usage = { input_tokens: 10, output_tokens: 5, total_tokens: 15 };
    const message = new AIMessage({
      content: text,
      tool_calls: calls.map(({ id, name, arguments: given }) => ({
        id,
        name,
        args: JSON.parse(given) as Record<string, unknown>,
        type: "tool_call" as const,
      })),
    });
    return { generations: [{ message: Object.assign(message, { usage_metadata: usage }), text }] };
  }
}

interface Options extends BaseChatModelCallOptions {
  tools?: Array<{ function: { name: string; description?: string; parameters: unknown } }>;
}

function messageOf(message: BaseMessage): BrainMessage {
  const { tool_calls: made = [] } = message as AIMessage;
  const calls = made.map(({ id = "", name, args }) => ({ id, name, arguments: JSON.stringify(args) }));
  const role = roles[message.getType()] ?? "user";
  return { role, text: message.text, ...(calls.length === 0 ? {} : { calls }) };
}

/** The model as the loop uses it: its calls go through the ledger. */
export function journaled(chat: BrainModel): JournaledModel {
  const { signal } = new AbortController();
  return new JournaledModel({
    chat,
    fingerprint: chat.fingerprint,
    priceOf: () => 0,
    attempt: (call) => call(signal),
  });
}
