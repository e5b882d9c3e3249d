import type { AIMessage, BaseMessage } from "@langchain/core/messages";

/** How a model is asked. It is declared, and never guessed from the name of the model. */
export interface DialectSettings {
  model: string;
  temperature?: number | undefined;
  topP?: number | undefined;
  maxTokens?: number | undefined;
  seed?: number | undefined;
  /** What the limit of tokens is called in a request of the chat API. */
  tokenField: "max_tokens" | "max_completion_tokens";
}

/** One of OpenAI's APIs: the path it is asked at, a request, and what a body says. */
export interface Dialect {
  path: string;
  request(messages: BaseMessage[], options: object): object;
  /** Takes what is there and leaves judging it to `checkUsable`; throws a FaultyReply for a body that is of another kind. */
  read(body: Record<string, unknown>): AIMessage;
}

/**
 * LangChain's classes write the requests, but guess by the name of the model what a server takes: so they are given this one,
 * of which they know nothing.
 */
export const unnamed = { model: "model", apiKey: "none", streaming: false } as const;
