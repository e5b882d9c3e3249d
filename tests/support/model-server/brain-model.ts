import { BaseChatModel } from "@langchain/core/language_models/chat_models";
import { AIMessage, type BaseMessage } from "@langchain/core/messages";
import type { ChatResult } from "@langchain/core/outputs";
import { JournaledModel } from "../../../models/journaled-model.ts";
import type { Brain, BrainMessage, BrainRequest } from "./brain.ts";

const roles: Record<string, BrainMessage["role"]> = { system: "system", ai: "assistant", tool: "tool" };

/** A chat model over a brain, without a server between: every request is made of text, as on the wire. */
export class BrainModel extends BaseChatModel {
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

  override async _generate(messages: BaseMessage[]): Promise<ChatResult> {
    const sent = messages.map((message) => ({ role: roles[message.getType()] ?? "user", text: message.text }) as const);
    const request: BrainRequest = { model: "brain", messages: sent, tools: [] };
    this.requests.push(request);
    const { text } = await this.#brain(request);
    const usage = { input_tokens: 10, output_tokens: 5, total_tokens: 15 };
    return { generations: [{ message: Object.assign(new AIMessage(text), { usage_metadata: usage }), text }] };
  }
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
