import { CallbackManager, type CallbackManagerForLLMRun } from "@langchain/core/callbacks/manager";
import {
  BaseChatModel,
  type BaseChatModelCallOptions,
  type BindToolsInput,
} from "@langchain/core/language_models/chat_models";
import type { ModelProfile } from "@langchain/core/language_models/profile";
import type { Serialized } from "@langchain/core/load/serializable";
import type { AIMessage, BaseMessage } from "@langchain/core/messages";
import type { ChatResult } from "@langchain/core/outputs";
import { convertToOpenAITool } from "@langchain/core/utils/function_calling";
import { PartError } from "../state/errors.ts";
import type { Json } from "../state/json.ts";
import type { Cost } from "../state/task.ts";
import { currentCalls, tell } from "./calls.ts";
import type { CallCounts } from "./attempts.ts";
import { providerOptions } from "./call-options.ts";
import type { Price } from "./prices.ts";
import { contentOf, messageOf, Reply, replyOf, sentBy, textOf, usageIn } from "./replies/reply.ts";
import { createSchemaFormat, type SchemaFormat } from "./schema-format.ts";

interface CallOptions extends BaseChatModelCallOptions {
  tools?: BindToolsInput[];
}

export interface JournalNeeds {
  /** The model that is asked. */
  chat: BaseChatModel;
  /** What messages call it; by default its fingerprint. */
  model?: string;
  /** Names everything that can change a reply: model, temperature, other options. */
  fingerprint: string;
  /** US dollars of so many tokens. */
  priceOf(cost: Cost): number;
  /** One call with all its attempts: limits, time limit, retries. `sends` is what it sends to the model. */
  attempt(call: (signal: AbortSignal) => Promise<AIMessage>, signal: AbortSignal, sends: Json): Promise<AIMessage>;
  /** Whether the model takes a JSON schema as the format of its reply; by default as the model's profile says. */
  takesSchema?: boolean;
  /** US dollars a million tokens; null where nobody knows, and then no budget in US dollars can hold. */
  price?: Price | null;
  /** The maximum cost of a call that sends this, where it is known; for budgets in US dollars. */
  boundOf?(sends: Json): Cost;
  /** What was asked so far and what went wrong, where somebody counts. */
  counts?(): CallCounts;
}

const llmType = "skillgraph-journaled";

/** Whether a model, as LangChain names it to callbacks, is a journaled one. */
export function isJournaled({ id }: Serialized): boolean {
  return id.includes(llmType);
}

/**
 * A LangChain chat model whose calls go through the ledger of the work around it, so that a reply is paid for once. It is
 * what agents, analysts and judges call, and what a graph of one's own is given in place of its model.
 */
export class JournaledModel extends BaseChatModel<CallOptions> {
  readonly fingerprint: string;
  readonly #needs: JournalNeeds;
  /** What the price table says; null where the price is not known, so that its calls count as 0 US dollars. */
  readonly price: Price | null;
  override disableStreaming = true;
  readonly #format: SchemaFormat;
  #hasWarned = false;

  constructor(needs: JournalNeeds) {
    super({});
    this.#needs = needs;
    this.fingerprint = needs.fingerprint;
    this.price = needs.price ?? null;
    this.#format = createSchemaFormat(this.#name);
  }

  get #name(): string {
    return this.#needs.model ?? this.fingerprint;
  }

  /** Calls, attempts, waits and faults of this process so far. */
  counts(): CallCounts {
    return this.#needs.counts?.() ?? { calls: 0, attempts: 0, waited: 0, faults: {} };
  }

  /** Why schemas of replies stand in words by now, although the model was said to take them; else undefined. */
  schemaRefusal(): string | undefined {
    return this.#format.refusal();
  }

  override _llmType(): string {
    return llmType;
  }

  override get profile(): ModelProfile {
    const { chat, takesSchema } = this.#needs;
    return takesSchema === undefined ? chat.profile : { ...chat.profile, structuredOutput: takesSchema };
  }

  override bindTools(tools: BindToolsInput[], options: Partial<CallOptions> = {}) {
    return this.withConfig({ ...options, tools: tools.map((tool) => convertToOpenAITool(tool as never)) });
  }

  override async _generate(
    messages: BaseMessage[],
    given: this["ParsedCallOptions"],
    manager?: CallbackManagerForLLMRun,
  ): Promise<ChatResult> {
    const { chat, fingerprint, priceOf, attempt, boundOf } = this.#needs;
    const { tools = [], ...rest } = given;
    const options = providerOptions(rest);
    const bound = tools.length === 0 ? chat : bindTo(this.#needs, tools);
    const sends = JSON.parse(JSON.stringify({ messages: messages.map(sentBy), tools, options })) as Json;
    const most = boundOf?.(sends);
    const answered: AIMessage[] = [];
    const reply = await currentCalls().once({
      kind: "model",
      fingerprint,
      sends,
      schema: Reply,
      costOf: ({ cost, isEstimated = false }) => ({ ...cost, isEstimated }),
      bound: most,
      // Replies that could not be used were paid for too; the last one is the call's own.
      wasted: () => answered.slice(0, -1).reduce((sum, each) => sum + spentOn(each, { priceOf, most }), 0),
      ...(this.#needs.price === null && { unpriced: this.#name }),
      pay: async (work) => {
        const send = (asked: BaseMessage[], others: object) =>
          attempt(
            async (signal) => {
              const each = { ...others, signal, callbacks: below(manager) } as object;
              const message = (await bound.invoke(asked, each)) as AIMessage;
              answered.push(message);
              return message;
            },
            work,
            sends,
          );
        const paid = await replyOf(await this.#format.ask(messages, options, send), { sends, priceOf });
        if (paid.isEstimated === true) this.#warnOfUsage();
        return paid;
      },
    });
    const message = messageOf(reply);
    return { generations: [{ message, text: textOf(contentOf(message.content)) }] };
  }

  #warnOfUsage(): void {
    if (this.#hasWarned) return;
    this.#hasWarned = true;
    tell(`Model ${this.#name} reports no token usage, or an impossible one. Tokens are estimated locally instead.`);
  }
}

/** US dollars of a reply that could not be used; as much as a call may cost where it does not say. */
function spentOn(
  message: AIMessage,
  { priceOf, most }: { priceOf(cost: Cost): number; most: Cost | undefined },
): number {
  const { input, output } = usageIn(message);
  if (input === undefined && output === undefined) return most?.usd ?? 0;
  return priceOf({ inputTokens: input ?? 0, outputTokens: output ?? 0, usd: 0 });
}

function bindTo({ chat, fingerprint }: JournalNeeds, tools: BindToolsInput[]) {
  if (chat.bindTools !== undefined) return chat.bindTools(tools);
  throw new PartError(`Model ${fingerprint} does not support tools. Use one that does, or an agent without tools.`);
}

/** Those who listen see each attempt inside of the journaled call, and none where the ledger answers. */
function below(manager: CallbackManagerForLLMRun | undefined): CallbackManager | undefined {
  if (manager === undefined) return undefined;
  const child = new CallbackManager(manager.runId);
  child.setHandlers(manager.handlers);
  return child;
}
