import { FakeListChatModel } from "@langchain/core/utils/testing";
import { AIMessage, HumanMessage } from "@langchain/core/messages";
import { describe, expect, test } from "vitest";
import { JournaledModel } from "../../models/journaled-model.ts";
import { messageOf, replyOf } from "../../models/replies/reply.ts";
import { createModel } from "../../models/open-model.ts";
import type { Cost } from "../../state/task.ts";
import { withCalls } from "../../models/calls.ts";
import { createLedger, type Ledger } from "../../stores/ledger/ledger.ts";
import { createMemoryStore } from "../../stores/drivers/memory.ts";

const signal = new AbortController().signal;

function setUp(responses: string[], store = createMemoryStore()) {
  let attempts = 0;
  const model = new JournaledModel({
    chat: new FakeListChatModel({ responses }),
    fingerprint: "fake@1",
    priceOf: () => 0.25,
    attempt: (call) => {
      attempts += 1;
      return call(signal);
    },
  });
  const ledger = createLedger({ store, family: "f", run: "r" });
  const work = { name: () => "work", ledger, signal };
  return { model, store, work, attempts: () => attempts };
}

describe("a journaled model", () => {
  test("is asked once for the same call of the same work, and answers the same ever after", async () => {
    const { model, store, work } = setUp(["one", "two"]);
    const ask = async () => [(await model.invoke("a")).text, (await model.invoke("a")).text];
    expect(await withCalls(work, ask)).toMatchObject({ value: ["one", "two"], cost: { usd: 0.5 } });
    const later = setUp(["other", "another"], store);
    expect(await withCalls(later.work, () => later.model.invoke("a").then(({ text }) => text))).toMatchObject({
      value: "one",
      cost: { usd: 0.25 },
    });
    expect(later.attempts()).toBe(0);
  });

  test("is asked again for other messages, tools, options or other work", async () => {
    const { model, work, attempts } = setUp(["one", "two", "three", "four"]);
    await withCalls(work, async () => {
      await model.invoke("a");
      await model.invoke("b");
      await model.invoke("a", { stop: ["x"] });
    });
    await withCalls({ ...work, name: () => "other" }, () => model.invoke("a"));
    expect(attempts()).toBe(4);
  });

  test("declares the most a call may cost, where that is known, before it is paid for", async () => {
    const { work } = setUp([]);
    const bounds: unknown[] = [];
    const once: Ledger["once"] = (call, ...rest) => {
      bounds.push(call.terms?.bound);
      return work.ledger.once(call, ...rest);
    };
    const environment = { OPENAI_BASE_URL: "http://127.0.0.1:9/v1" };
    const model = await createModel("m?max-tokens=10&price=1/100&attempts=1", { environment });
    const asking = withCalls({ ...work, role: "agent", ledger: { ...work.ledger, once } }, () => model.invoke("a"));
    await expect(asking).rejects.toThrow("Cannot reach the server");
    const [bound] = bounds as [Cost];
    expect(bound).toMatchObject({ outputTokens: 10 });
    expect(bound.inputTokens).toBeGreaterThan(5);
    expect(bound.usd).toBeCloseTo(bound.inputTokens / 1e6 + 10 * 1e-4);
  });

  test("refuses to be asked where nothing keeps its answers", async () => {
    await expect(setUp(["one"]).model.invoke("a")).rejects.toThrow("outside of a rollout");
  });

  test("tells the same messages apart from others by what they say, not by the ids drawn for them", async () => {
    const { model, work, attempts } = setUp(["one", "two"]);
    await withCalls(work, () => model.invoke([new HumanMessage({ content: "a", id: "1" })]));
    await withCalls(work, () => model.invoke([new HumanMessage({ content: "a", id: "2" })]));
    expect(attempts()).toBe(1);
  });
});

test("a reply gives the message back: content, tool calls, tokens", async () => {
  const message = new AIMessage({
    content: "text",
    tool_calls: [{ id: "1", name: "read", args: { path: "a" }, type: "tool_call" }],
    response_metadata: { finish_reason: "tool_calls" },
  });
  Object.assign(message, { usage_metadata: { input_tokens: 3, output_tokens: 4, total_tokens: 7 } });
  const priceOf = ({ inputTokens, outputTokens }: Cost) => inputTokens + outputTokens;
  const reply = await replyOf(message, { sends: null, priceOf });
  expect(reply.cost).toEqual({ inputTokens: 3, outputTokens: 4, usd: 7 });
  expect(messageOf(reply)).toMatchObject({
    content: "text",
    tool_calls: [{ id: "1", name: "read", args: { path: "a" } }],
    usage_metadata: { total_tokens: 7 },
  });
});
