import { BaseChatModel } from "@langchain/core/language_models/chat_models";
import { AIMessage, HumanMessage, ToolMessage, type BaseMessage } from "@langchain/core/messages";
import fc from "fast-check";
import { afterEach, describe, expect, test } from "vitest";
import { FaultyReply } from "../../models/faults.ts";
import { HttpError } from "../../models/dialects/http-error.ts";
import type { JournaledModel } from "../../models/journaled-model.ts";
import { createModel, type ModelOptions } from "../../models/open-model.ts";
import { messageOf, Reply, replyOf } from "../../models/replies/reply.ts";
import { checkUsable } from "../../models/replies/usable.ts";
import { canonicalJson } from "../../state/json.ts";
import { withCalls } from "../../models/calls.ts";
import { createLedger } from "../../stores/ledger/ledger.ts";
import { createMemoryStore } from "../../stores/drivers/memory.ts";
import { completion, refuse, responseBody, startOddServer, type OddAnswer } from "../support/odd-server.ts";
import { createVirtualTimer } from "../support/virtual-timer.ts";

const closing: Array<() => void> = [];
afterEach(() => closing.splice(0).forEach((close) => close()));

const quiet = { warn: () => undefined, price: { input: 1, output: 1 } };

/** One call of a model in a piece of work of its own: the message, what it cost, and what was told on the way. */
async function call(model: JournaledModel, messages: BaseMessage[] = [new HumanMessage("q")]) {
  const told: string[] = [];
  const ledger = createLedger({ store: createMemoryStore(), family: "f", run: "r" });
  const { signal } = new AbortController();
  const work = { name: () => "work", ledger, signal, tell: (message: string) => told.push(message) };
  const { value, cost } = await withCalls(work, () => model.invoke(messages));
  return { message: value as AIMessage, cost, told };
}

/** A model by name at a server that gives these answers, one after the other, the last for ever. */
async function serve(name: string, answers: OddAnswer[], options: ModelOptions = {}) {
  const server = await startOddServer((_, index) => answers[Math.min(index, answers.length - 1)] as OddAnswer);
  closing.push(server.close);
  const timer = createVirtualTimer();
  const model = await createModel(name, { ...quiet, environment: server.environment, timer, ...options });
  return { server, model, timer, ask: () => timer.run(call(model)) };
}

class Own extends BaseChatModel {
  readonly #message: AIMessage;
  constructor(message: AIMessage) {
    super({});
    this.#message = message;
  }
  override _llmType() {
    return "own";
  }
  override async _generate(_: BaseMessage[]) {
    return { generations: [{ message: this.#message, text: "" }] };
  }
}

const good = { chat: completion(), responses: responseBody() };

describe.each(["chat", "responses"] as const)("a reply by %s", (api) => {
  const body = (top: object, item: object = {}) =>
    api === "chat"
      ? completion({}, item, top)
      : responseBody([{ content: [{ type: "output_text", text: "alpha" }], ...item }], top);

  test.each<[string, object]>([
    ["a text", body({ error: "model is loading" })],
    ["an object", body({ error: { message: "Provider disconnected" } })],
    ["a code as a number", body({ error: { message: "no", code: 503 } })],
    ["a code as text", body({ error: { message: "no", code: "429" } })],
    ["a code in words", body({ error: { code: "rate_limit_exceeded" } })],
    ["an error without words", body({ error: { code: 502 } })],
    ["a list", body({ error: ["overloaded"] })],
    ["an error beside a whole reply, in the choice or item", body({}, { error: { code: 502, message: "cut" } })],
    ["an error and nothing else", { error: { message: "busy" } }],
    ["a detail and nothing else", { detail: "the queue is full" }],
    ["a message and nothing else", { message: "overloaded", code: 503 }],
    ["an error in a part beside an empty one", body({ error: {} }, { error: "cut" })],
    ["errors and nothing else", { errors: [{ message: "overloaded" }] }],
    ["nothing", {}],
  ])("that reports %s is tried again and never an answer", async (_, odd) => {
    const { ask, server } = await serve(`m?api=${api}`, [odd, good[api]]);
    expect((await ask()).message.text).toBe("alpha");
    expect(server.asked).toHaveLength(2);
    const { ask: again } = await serve(`m?api=${api}&attempts=2`, [odd]);
    await expect(again()).rejects.toMatchObject({ name: "CallError" });
  });

  test.each([null, "", {}, false, 0, [], { code: null, message: "" }])(
    "is an answer beside the error %j",
    async (error) => {
      const { ask, server } = await serve(`m?api=${api}`, [body({ error })]);
      expect((await ask()).message.text).toBe("alpha");
      expect(server.asked).toHaveLength(1);
    },
  );

  test("that is of one part with an error is tried again", async () => {
    const parts = [{ type: api === "chat" ? "text" : "output_text", text: "half", error: "cut" }];
    const odd = api === "chat" ? completion({ content: parts }) : responseBody([{ content: parts }]);
    const { ask, server } = await serve(`m?api=${api}`, [odd, good[api]]);
    expect((await ask()).message.text).toBe("alpha");
    expect(server.asked).toHaveLength(2);
  });

  test("that is a code and a message and nothing else is taken by its code", async () => {
    const { ask } = await serve(`m?api=${api}`, [{ code: 401, message: "invalid token" }]);
    await expect(ask()).rejects.toMatchObject({ name: "ProviderError", status: 401 });
  });

  test.each([401, "invalid_api_key", "insufficient_quota"])("that reports %s pauses the run", async (code) => {
    const { ask } = await serve(`m?api=${api}`, [{ error: { message: "no", code } }]);
    await expect(ask()).rejects.toMatchObject({ name: "ProviderError" });
  });

  test.each(
    api === "chat"
      ? ["error", "abort", "insufficient_system_resource", "network_error", "whatever", 7, { a: 1 }, true]
      : ["failed", "cancelled", "queued", "in_progress", "whatever", 7],
  )("that ended with %j is tried again", async (end) => {
    const odd = api === "chat" ? body({}, { finish_reason: end }) : body({ status: end });
    const { ask, server } = await serve(`m?api=${api}`, [odd, good[api]]);
    expect((await ask()).message.text).toBe("alpha");
    expect(server.asked).toHaveLength(2);
  });

  test("that was refused, or held back by a filter, is missing at once", async () => {
    const refused =
      api === "chat"
        ? completion({ content: null, refusal: "no" })
        : responseBody([{ content: [{ type: "refusal", refusal: "no" }] }]);
    const held =
      api === "chat"
        ? completion({}, { finish_reason: "content_filter" })
        : responseBody(undefined, { status: "incomplete", incomplete_details: { reason: "content_filter" } });
    for (const odd of [refused, held]) {
      const { ask, server } = await serve(`m?api=${api}`, [odd]);
      await expect(ask()).rejects.toMatchObject({ name: "CallError" });
      expect(server.asked).toHaveLength(1);
    }
  });

  test("that was cut is what the limit gives, unless it is empty", async () => {
    const cut = (text: string) =>
      api === "chat"
        ? completion({ content: text }, { finish_reason: "length" })
        : responseBody([{ content: [{ type: "output_text", text }] }], {
            status: "incomplete",
            incomplete_details: { reason: "max_output_tokens" },
          });
    expect((await (await serve(`m?api=${api}`, [cut("alp")])).ask()).message.text).toBe("alp");
    await expect((await serve(`m?api=${api}`, [cut("")])).ask()).rejects.toThrow("raise max-tokens");
  });

  test("of over a million characters, of broken Unicode, empty, or over 4 MB is tried again", async () => {
    for (const text of ["x".repeat(1_000_001), "a\ud800", " ", "x".repeat(5_000_000)]) {
      const odd =
        api === "chat" ? completion({ content: text }) : responseBody([{ content: [{ type: "output_text", text }] }]);
      const { ask, server } = await serve(`m?api=${api}`, [odd, good[api]]);
      expect((await ask()).message.text).toBe("alpha");
      expect(server.asked).toHaveLength(2);
    }
  });

  const counted = api === "chat" ? ["prompt_tokens", "completion_tokens"] : ["input_tokens", "output_tokens"];
  test.each<[string, unknown, "told" | "exact"]>([
    ["missing", undefined, "told"],
    ["null", null, "told"],
    ["empty", {}, "told"],
    ["a text", "12", "told"],
    ["a total alone", { total_tokens: 12 }, "told"],
    ["negative", { [counted[0] as string]: -10, [counted[1] as string]: -2 }, "told"],
    ["zero", { [counted[0] as string]: 0, [counted[1] as string]: 0 }, "told"],
    ["endless", { [counted[0] as string]: 1e300, [counted[1] as string]: "Infinity" }, "told"],
    ["partly null", { [counted[0] as string]: 10, [counted[1] as string]: null }, "told"],
    ["one count and the total", { [counted[0] as string]: 10, total_tokens: 12 }, "exact"],
    ["text of digits", { [counted[0] as string]: "10", [counted[1] as string]: "2" }, "exact"],
    ["fractions", { [counted[0] as string]: 9.5, [counted[1] as string]: 1.2 }, "exact"],
    [
      "details of null",
      { [counted[0] as string]: 10, [counted[1] as string]: 2, prompt_tokens_details: null },
      "exact",
    ],
  ])("with usage that is %s is kept, and what is unknown is estimated and said", async (_, usage, expected) => {
    const { model, server } = await serve(`m?api=${api}`, [body({ usage })]);
    const { message, cost, told } = await call(model);
    expect(message.text).toBe("alpha");
    expect(server.asked).toHaveLength(1);
    expect(told.length).toBe(expected === "told" ? 1 : 0);
    if (expected === "exact") expect(cost).toMatchObject({ inputTokens: 10, outputTokens: 2 });
    expect(cost.inputTokens > 0 && cost.outputTokens > 0 && cost.usd > 0 && cost.usd < 1e-3).toBe(true);
  });

  const toolCall = (id: unknown, args: unknown) =>
    api === "chat"
      ? { id, type: "function", function: { name: "read", arguments: args } }
      : { type: "function_call", call_id: id, name: "read", arguments: args };
  const calling = (...calls: object[]) =>
    api === "chat"
      ? completion({ content: null, tool_calls: calls }, { finish_reason: "tool_calls" })
      : responseBody(calls);

  test.each<[string, unknown, unknown]>([
    ["text", '{"path":"a"}', { path: "a" }],
    ["an object", { path: "a" }, { path: "a" }],
    ["text of a text", JSON.stringify('{"path":"a"}'), { path: "a" }],
    ["empty text", "", {}],
    ["missing", undefined, {}],
    ["null", null, {}],
    ["text that says null", "null", {}],
  ])("takes the arguments of a tool that are %s", async (_, args, expected) => {
    const { ask, server } = await serve(`m?api=${api}`, [calling(toolCall("c1", args))]);
    expect((await ask()).message.tool_calls).toMatchObject([{ id: "c1", name: "read", args: expected }]);
    expect(server.asked).toHaveLength(1);
  });

  test.each([["{broken"], ["[1]"], ["7"]])(
    "keeps a call with the arguments %j for the agent to answer",
    async (args) => {
      const { ask } = await serve(`m?api=${api}`, [calling(toolCall("c1", args))]);
      expect((await ask()).message.invalid_tool_calls).toMatchObject([{ id: "c1", name: "read", args }]);
    },
  );

  test.each<[string, unknown[]]>([
    ["without ids", [undefined, undefined]],
    ["with empty ids", ["", ""]],
    ["with one id twice", ["c1", "c1"]],
    ["with ids that are numbers", [1, 2]],
    ["with null", [null, "c1"]],
  ])("makes ids for calls %s, the same each time, and sends them back", async (_, ids) => {
    const ask = async () => {
      const answers = [calling(...ids.map((id) => toolCall(id, "{}"))), good[api]];
      const { model, timer, server } = await serve(`m?api=${api}`, answers);
      const { message } = await timer.run(call(model));
      const made = message.tool_calls?.map(({ id = "" }) => id) ?? [];
      const results = made.map((id) => new ToolMessage({ content: "read", tool_call_id: id }));
      await timer.run(call(model, [new HumanMessage("q"), message, ...results]));
      return { made, sent: server.asked[1]?.body };
    };
    const { made, sent } = await ask();
    expect(new Set(made).size).toBe(2);
    expect(made.every((id) => typeof id === "string" && id !== "")).toBe(true);
    expect((await ask()).made).toEqual(made);
    const callsOf = ({ tool_calls: calls = [] }: { tool_calls?: Array<{ id: string }> }) => calls.map(({ id }) => id);
    type Item = { type?: string; call_id?: string; tool_call_id?: string; tool_calls?: Array<{ id: string }> };
    const items = (api === "chat" ? sent?.["messages"] : sent?.["input"]) as Item[];
    const called = api === "chat" ? items.flatMap(callsOf) : idsIn(items, "function_call");
    const answered =
      api === "chat" ? items.flatMap((item) => item.tool_call_id ?? []) : idsIn(items, "function_call_output");
    expect([called, answered]).toEqual([made, made]);
  });
});

const idsIn = (items: ReadonlyArray<{ type?: string; call_id?: string }>, kind: string) =>
  items.flatMap(({ type, call_id: id }) => (type === kind ? [id] : []));

test("a content may be a list of parts, of which the texts are the answer", async () => {
  const parts = [
    { type: "thinking", thinking: [{ text: "hm" }] },
    { type: "text", text: "al" },
    null,
    { type: "x" },
    { type: "text", text: "pha" },
  ];
  expect((await (await serve("m", [completion({ content: parts })])).ask()).message.text).toBe("alpha");
});

test("a message of an older kind has one call of a function", async () => {
  const old = completion({ content: null, function_call: { name: "read", arguments: "{}" } });
  expect((await (await serve("m", [old])).ask()).message.tool_calls).toMatchObject([{ name: "read", args: {} }]);
});

test("an answer that is a page, a stream or a list is no reply, and says so in one line", async () => {
  for (const text of [
    "<!doctype html><title>Sign in</title>",
    'data: {"choices":[]}\n\ndata: [DONE]\n\n',
    "[]",
    "7",
    "null",
  ]) {
    const { ask } = await serve("m?attempts=1", [(answer) => void answer.writeHead(200).end(text)]);
    const error = (await ask().catch((each: Error) => each)) as Error;
    expect(error.message).toMatch(
      /^The call to model m failed after 1 attempt\. Last error: The server's response is not/,
    );
    expect(error.message).not.toContain("\n");
  }
});

describe("how a model is asked", () => {
  test.each([
    ["gpt-5-mini", "chat/completions", "max_tokens"],
    ["openai/gpt-5-mini", "chat/completions", "max_tokens"],
    ["o4-mini", "chat/completions", "max_tokens"],
    ["my-codex-7b", "chat/completions", "max_tokens"],
    ["gpt-5.4-pro", "chat/completions", "max_tokens"],
    ["m?token-field=max_completion_tokens", "chat/completions", "max_completion_tokens"],
    ["gpt-4o?api=responses", "responses", "max_output_tokens"],
  ])("is as declared for %s, and never guessed from its name", async (name, path, field) => {
    const { server, model, timer } = await serve(
      name.includes("?") ? `${name}&max-tokens=50` : `${name}?max-tokens=50`,
      [name.includes("responses") ? responseBody() : completion()],
    );
    await timer.run(call(model).then(() => undefined));
    const [{ url, body }] = server.asked as [(typeof server.asked)[number]];
    expect(url).toBe(`/v1/${path}`);
    expect(body).toMatchObject({ model: name.split("?")[0], [field]: 50 });
    expect(Object.keys(body).filter((each) => /max.*tokens/.test(each))).toEqual([field]);
    expect(JSON.stringify(body)).not.toContain("developer");
  });

  test("at OpenAI's own address is with the field that it takes", async () => {
    const model = await createModel("m?max-tokens=5", { ...quiet, environment: { OPENAI_API_KEY: "k" } });
    expect(model.fingerprint).toBe("chat:m maxTokens=5");
    const other = await createModel("m?max-tokens=5&api=responses", { ...quiet, environment: { OPENAI_API_KEY: "k" } });
    expect(other.fingerprint).toBe("responses:m maxTokens=5");
  });

  test.each([
    [
      "a token field, with the field to use",
      {
        message:
          "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
        param: "max_tokens",
      },
      "token-field=max_completion_tokens",
    ],
    [
      "a token field, without naming it apart",
      { message: "Unrecognized request argument supplied: max_completion_tokens" },
      "token-field=max_tokens",
    ],
    [
      "a token field, as FastAPI says it",
      { message: "max_completion_tokens: Extra inputs are not permitted" },
      "token-field=max_tokens",
    ],
    [
      "a temperature",
      { message: "'temperature' does not support 0 with this model.", param: "temperature" },
      "Remove temperature from",
    ],
    ["a seed", { message: "Unknown parameter: 'seed'." }, "Remove seed from"],
    [
      "the API",
      { message: "This model is only supported in v1/responses and not in v1/chat/completions: unsupported." },
      "api=responses",
    ],
  ])("pauses the run where a server refuses %s", async (_, error, remedy) => {
    const { ask, server } = await serve("m?max-tokens=5", [refuse(400, error)]);
    await expect(ask()).rejects.toMatchObject({ name: "ProviderError", message: expect.stringContaining(remedy) });
    expect(server.asked).toHaveLength(1);
  });

  test("is missing, not paused, where one request is too long", async () => {
    const error = {
      message: "max_tokens is too large: 5. This model's maximum context length is 4.",
      param: "max_tokens",
    };
    await expect((await serve("m", [refuse(400, error)])).ask()).rejects.toMatchObject({ name: "CallError" });
  });

  test("refuses settings that do not go together, and those of a chat model of one's own", async () => {
    const { environment } = (await serve("m", [completion()])).server;
    for (const name of [
      "m?api=responses&token-field=max_tokens",
      "m?api=responses&seed=1",
      "m?api=completions",
      "m?token-field=x",
    ])
      await expect(createModel(name, { ...quiet, environment })).rejects.toMatchObject({ name: "SettingsError" });
    await expect(createModel(new Own(new AIMessage("a")), { ...quiet, api: "chat" })).rejects.toThrow(
      "chat model itself",
    );
  });
});

describe("a redirect", () => {
  test.each([301, 302, 303, 307, 308])(
    "with %d is not followed, pauses the run and names both addresses",
    async (status) => {
      const other = await startOddServer(() => completion());
      closing.push(other.close);
      const location = `${other.origin}/v2/chat/completions?token=canary`;
      const { ask, server } = await serve("m", [(answer) => void answer.writeHead(status, { location }).end()]);
      const error = (await ask().catch((each: Error) => each)) as Error;
      expect(error).toMatchObject({ name: "ProviderError" });
      expect(error.message).toContain(
        `${server.origin}/v1/chat/completions redirects to ${other.origin}/v2/chat/completions`,
      );
      expect(error.message).not.toContain("canary");
      expect([server.asked.length, other.asked.length]).toEqual([1, 0]);
    },
  );

  test("within the server, or to nowhere, is none to follow either", async () => {
    for (const headers of [{ location: "/login" }, {}, { location: "http://[" }]) {
      const { ask } = await serve("m", [(answer) => void answer.writeHead(302, headers).end("<html>")]);
      await expect(ask()).rejects.toMatchObject({ name: "ProviderError" });
    }
  });
});

describe("a reply of a chat model of one's own", () => {
  const ask = async (message: AIMessage) => {
    const timer = createVirtualTimer();
    const counted = Object.assign(message, { usage_metadata: { input_tokens: 1, output_tokens: 1, total_tokens: 2 } });
    const model = await createModel(new Own(counted), { ...quiet, timer, attempts: 2 });
    return timer.run(call(model));
  };

  test.each([
    ["finish_reason", "error"],
    ["finishReason", "OTHER"],
    ["stop_reason", "pause_turn"],
    ["stopReason", "malformed_model_output"],
    ["done_reason", "load"],
  ])("that ended with %s %s is missing", async (field, end) => {
    const message = new AIMessage({ content: "half", response_metadata: { [field]: end } });
    await expect(ask(message)).rejects.toThrow(/after 2 attempts.*so it may be incomplete/);
  });

  test.each([
    ["finish_reason", "stop"],
    ["finishReason", "STOP"],
    ["stop_reason", "end_turn"],
    ["stop_reason", "tool_use"],
    ["stopReason", "max_tokens"],
    ["finish_reason", "MAX_TOKENS"],
    ["finish_reason", "FINISH_REASON_STOP"],
    ["done_reason", "stop"],
    ["finish_reason", null],
    ["finish_reason", ""],
    ["other", "error"],
  ])("that ended with %s %s is an answer", async (field, end) => {
    const message = new AIMessage({ content: "whole", response_metadata: { [field]: end } });
    expect((await ask(message)).message.text).toBe("whole");
  });

  test.each<[string, Partial<AIMessage>]>([
    ["in its metadata", { response_metadata: { error: "broken" } }],
    ["beside its content", { additional_kwargs: { error: { message: "broken" } } }],
    [
      "in a block",
      {
        content: [
          { type: "text", text: "half" },
          { type: "error", error: { message: "broken" } },
        ],
      },
    ],
    ["in a block of text", { content: [{ type: "text", text: "half", error: "broken" }] }],
  ])("with an error %s is missing", async (_, fields) => {
    await expect(ask(Object.assign(new AIMessage("half"), fields))).rejects.toThrow(/after 2 attempts.*broken/);
  });

  test("keeps its text, whatever stands in its blocks, calls and counts", async () => {
    const circle: Record<string, unknown> = {};
    circle["self"] = circle;
    const odd = fc.oneof(
      fc.anything({ withBigInt: true, withDate: true, withTypedArray: true, withMap: true, withNullPrototype: true }),
      fc.constantFrom(undefined, Number.NaN, Infinity, -1, () => 1, Symbol("x"), circle, -0),
    );
    const record = fc.dictionary(fc.string(), odd);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.oneof(odd, record)), fc.array(record), record, async (blocks, calls, usage) => {
        const message = new AIMessage("x");
        const safe = blocks.filter((block) => (block as { type?: unknown } | null)?.type !== "error");
        Object.assign(message, {
          content: [...safe, { type: "text", text: "alpha", citations: undefined }],
          tool_calls: calls,
          usage_metadata: usage,
        });
        const reply = await replyOf(message, { sends: "q", priceOf: () => 0 });
        expect(Reply.parse(reply)).toEqual(reply);
        expect(JSON.parse(canonicalJson(reply))).toEqual(reply);
        expect(messageOf(reply).text.endsWith("alpha")).toBe(true);
        const ids = [...reply.toolCalls, ...reply.invalidToolCalls].map(({ id }) => id);
        expect(new Set(ids).size).toBe(calls.length);
        expect(await replyOf(message, { sends: "q", priceOf: () => 0 })).toEqual(reply);
      }),
      { numRuns: 200 },
    );
  });

  test("is judged without falling over, whatever it holds", () => {
    fc.assert(
      fc.property(fc.anything(), fc.anything(), fc.anything(), (content, metadata, extra) => {
        const message = Object.assign(new AIMessage("x"), {
          content,
          response_metadata: metadata,
          additional_kwargs: extra,
        });
        try {
          checkUsable(message);
        } catch (error) {
          expect(error instanceof FaultyReply || error instanceof HttpError).toBe(true);
        }
      }),
      { numRuns: 300 },
    );
  });
});
