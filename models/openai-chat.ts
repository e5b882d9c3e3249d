import { ChatOpenAI, ChatOpenAICompletions, type ChatOpenAIFields } from "@langchain/openai";
import { z } from "zod";
import { FaultyReply } from "./faults.ts";

/** What must be in the body of a completion for it to be one. */
const Completion = z.looseObject({
  choices: z
    .array(
      z.looseObject({
        finish_reason: z.string().nullish(),
        message: z.looseObject({
          content: z.string().nullish(),
          refusal: z.string().nullish(),
          tool_calls: z
            .array(
              z.looseObject({ id: z.string(), function: z.looseObject({ name: z.string(), arguments: z.string() }) }),
            )
            .nullish(),
        }),
      }),
    )
    .min(1),
  usage: z.looseObject({ prompt_tokens: z.number(), completion_tokens: z.number() }).nullish(),
});

/** Bytes that the body of an answer may have: room for the longest reply and what stands around it. */
const largestBody = 4_000_000;

/**
 * The chat model of an OpenAI-compatible server, each call one attempt. Bodies are held to the shape of a completion; a reply
 * that was asked for in a schema is handed on as it was written, where the client would throw it away if it did not fit.
 */
export function createOpenAIChat(fields: ChatOpenAIFields): ChatOpenAI {
  const all = {
    ...fields,
    maxRetries: 0,
    streaming: false,
    configuration: { ...fields.configuration, fetch: fetchBounded },
  };
  return new ChatOpenAI({ ...all, completions: new PlainCompletions(all) });
}

class PlainCompletions extends ChatOpenAICompletions {
  override completionWithRetry: ChatOpenAICompletions["completionWithRetry"] = (async (
    request: object,
    { maxRetries: _maxRetries, ...options }: Record<string, unknown> = {},
  ) => {
    const client = this["_getClientOptions"](options as never);
    return completionIn(await this["client"].chat.completions.create(request as never, client));
  }) as never;
}

function completionIn(body: unknown): unknown {
  // Some gateways answer 200 with the error of the provider behind them.
  const { error } = (typeof body === "object" && body !== null ? body : {}) as { error?: Record<string, unknown> };
  if (typeof error === "object" && error !== null) {
    const status = typeof error["code"] === "number" ? error["code"] : 502;
    throw Object.assign(new Error(String(error["message"] ?? JSON.stringify(error))), { status });
  }
  const parsed = Completion.safeParse(body);
  if (!parsed.success)
    throw new FaultyReply(
      "malformed",
      `The answer of the server is no chat completion: ${z.prettifyError(parsed.error).slice(0, 300)}`,
    );
  const [{ message }] = parsed.data.choices as [(typeof parsed.data.choices)[number]];
  if (typeof message.refusal === "string" && message.refusal !== "")
    throw new FaultyReply("refused", `The model refused: ${message.refusal.slice(0, 300)}`, "fail");
  return body;
}

/** `fetch` whose body is read whole, and no longer than it may be: an answer without end would fill the memory. */
async function fetchBounded(input: string | URL | Request, init?: RequestInit): Promise<Response> {
  const response = await fetch(input, init);
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of response.body ?? []) {
    size += part.length;
    if (size > largestBody) throw new FaultyReply("oversized", `The answer was longer than ${largestBody} bytes.`);
    parts.push(part);
  }
  if (response.ok && size === 0) throw new FaultyReply("empty", "The answer of the server was empty.");
  const { status, statusText, headers } = response;
  return new Response(size === 0 ? null : Buffer.concat(parts), { status, statusText, headers });
}
