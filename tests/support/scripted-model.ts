import {
  BaseChatModel,
  type BaseChatModelCallOptions,
  type BindToolsInput,
} from "@langchain/core/language_models/chat_models";
import { AIMessage, type BaseMessage } from "@langchain/core/messages";
import type { ChatResult } from "@langchain/core/outputs";
import { JournaledModel } from "../../models/journaled-model.ts";

/** What a scripted model says to some messages: a text, or calls of tools. May throw. */
export type Script = (messages: BaseMessage[], tools: string[]) => string | Array<{ tool: string; args: object }>;

interface Options extends BaseChatModelCallOptions {
  tools?: Array<{ name: string }>;
}

/** A chat model whose replies are a function of what it is sent. Ten tokens in and five out a call. */
export class ScriptedModel extends BaseChatModel<Options> {
  asked = 0;
  readonly script: Script;

  constructor(script: Script) {
    super({});
    this.script = script;
  }

  override _llmType(): string {
    return "scripted";
  }

  override bindTools(tools: BindToolsInput[]) {
    return this.withConfig({ tools: tools.map((tool) => ({ name: nameOf(tool) })) });
  }

  override async _generate(messages: BaseMessage[], { tools = [], signal }: Options): Promise<ChatResult> {
    signal?.throwIfAborted();
    this.asked += 1;
    const said = this.script(
      messages,
      tools.map(({ name }) => name),
    );
    const calls = typeof said === "string" ? [] : said;
    const message = new AIMessage({
      content: typeof said === "string" ? said : "",
      tool_calls: calls.map(({ tool, args }, index) => ({
        id: `call-${messages.length}-${index}`,
        name: tool,
        args: args as Record<string, unknown>,
        type: "tool_call" as const,
      })),
    });
    const usage = { input_tokens: 10, output_tokens: 5, total_tokens: 15 };
    return { generations: [{ message: Object.assign(message, { usage_metadata: usage }), text: message.text }] };
  }
}

function nameOf(tool: BindToolsInput): string {
  const { name, function: inner } = tool as { name?: string; function?: { name: string } };
  return name ?? inner?.name ?? "";
}

/** The model behind a journal, as a graph in a rollout is given it: a tenth of a dollar a call. */
export function journaled(chat: BaseChatModel): JournaledModel {
  return new JournaledModel({
    chat,
    fingerprint: "scripted@1",
    priceOf: () => 0.1,
    attempt: (call) => call(new AbortController().signal),
  });
}
