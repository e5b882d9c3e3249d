import { ChatOpenAI } from "@langchain/openai";
import { JournaledModel } from "../../../models/journaled-model.ts";

/** A journaled model at a test server: no retries, a dollar a token. */
export function createServedModel(url: string, { temperature = 0 } = {}): JournaledModel {
  return new JournaledModel({
    chat: new ChatOpenAI({
      model: "simulated",
      temperature,
      apiKey: "none",
      configuration: { baseURL: url },
      maxRetries: 0,
    }),
    fingerprint: `simulated temperature=${temperature}`,
    priceOf: ({ inputTokens, outputTokens }) => inputTokens + outputTokens,
    attempt: (call, signal) => call(signal),
  });
}
