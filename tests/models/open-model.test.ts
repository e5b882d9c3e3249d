import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { BaseChatModel } from "@langchain/core/language_models/chat_models";
import { HumanMessage } from "@langchain/core/messages";
import { FakeListChatModel } from "@langchain/core/utils/testing";
import { ChatOpenAI } from "@langchain/openai";
import { afterEach, describe, expect, test } from "vitest";
import { z } from "zod";
import { ModelSettings } from "../../models/model-settings.ts";
import { createModel, type ModelOptions } from "../../models/open-model.ts";
import { askFor } from "../../models/replies/structured.ts";
import { withCalls } from "../../models/calls.ts";
import { createLedger } from "../../stores/ledger/ledger.ts";
import { createMemoryStore } from "../../stores/drivers/memory.ts";

type Body = Record<string, unknown>;

/** Made without warnings, for most prices here are unknown. */
const quietly = (given: string | BaseChatModel, options: ModelOptions = {}) =>
  createModel(given, { warn: () => undefined, ...options });

const closing: Array<() => void> = [];
afterEach(() => closing.splice(0).forEach((close) => close()));

const completion = (content: unknown, rest: Body = {}) => ({
  choices: [{ index: 0, finish_reason: "stop", message: { role: "assistant", content, ...rest } }],
  usage: { prompt_tokens: 1000, completion_tokens: 10, total_tokens: 1010 },
});

/** A server that answers as told, and what it was sent. */
async function serve(answer: (index: number) => unknown, status = 200) {
  const sent: Array<{ headers: IncomingMessage["headers"]; body: Body }> = [];
  const server = createServer(async (request: IncomingMessage, response: ServerResponse) => {
    let text = "";
    for await (const part of request) text += String(part);
    sent.push({ headers: request.headers, body: JSON.parse(text) as Body });
    const given = answer(sent.length - 1);
    response.writeHead(status, { "content-type": "application/json" });
    response.end(typeof given === "string" ? given : JSON.stringify(given));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closing.push(
    () => server.closeAllConnections(),
    () => server.close(),
  );
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
  return { sent, environment: { OPENAI_BASE_URL: url } };
}

/** Does some work with a model, whose calls go through a ledger of their own. */
async function inWork<Value>(work: () => Promise<Value>) {
  const ledger = createLedger({ store: createMemoryStore(), family: "f", run: "r" });
  return withCalls({ name: () => "work", ledger, signal: new AbortController().signal }, work);
}

async function ask(name: string, options: ModelOptions) {
  const model = await quietly(name, options);
  return inWork(async () => (await model.invoke([new HumanMessage("q")])).text);
}

describe("a model by name", () => {
  test("is asked at the address in the environment, without a key where there is none", async () => {
    const { sent, environment } = await serve(() => completion("yes"));
    expect(await ask("gpt-5-mini", { environment })).toMatchObject({
      value: "yes",
      cost: { inputTokens: 1000, outputTokens: 10, usd: (1000 * 0.25 + 10 * 2) / 1e6 },
    });
    expect(sent[0]?.body).toMatchObject({ model: "gpt-5-mini", messages: [{ role: "user", content: "q" }] });
    expect(sent[0]?.body).not.toHaveProperty("temperature");
  });

  test("takes its settings from its name, and its key from the environment", async () => {
    const { sent, environment } = await serve(() => completion("yes"));
    await ask("llama3.1:8b?temperature=0&max-tokens=50&top-p=0.5&seed=7", {
      environment: { ...environment, OPENAI_API_KEY: "sk-1" },
    });
    expect(sent[0]?.body).toMatchObject({ model: "llama3.1:8b", temperature: 0, max_tokens: 50, top_p: 0.5, seed: 7 });
    expect(sent[0]?.headers.authorization).toBe("Bearer sk-1");
  });

  test("is asked at another server by that server's variables, and never with another's key", async () => {
    const { sent, environment } = await serve(() => completion("yes"));
    await ask("m?server=LOCAL", {
      environment: { LOCAL_BASE_URL: environment.OPENAI_BASE_URL, OPENAI_API_KEY: "sk-1" },
    });
    expect(sent[0]?.headers.authorization).toBeUndefined();
    const missing = { OPENAI_API_KEY: "sk-1", OPENAI_BASE_URL: "http://127.0.0.1:9/v1" };
    await expect(quietly("m?server=LOCAL", { environment: missing })).rejects.toThrow("LOCAL_BASE_URL");
  });

  test("is told apart by what changes its replies, and by neither address, limits nor price", async () => {
    const environment = { OPENAI_BASE_URL: "http://127.0.0.1:9/v1" };
    const fingerprint = async (name: string, other = environment) =>
      (await quietly(name, { environment: other })).fingerprint;
    expect(await fingerprint("m?temperature=0")).toBe("chat:m temperature=0");
    const plain = await fingerprint("m");
    expect(await fingerprint("m?time-limit=5&attempts=2&in-flight=3&price=1/2&tokens-per-minute=10")).toBe(plain);
    expect(await fingerprint("m", { OPENAI_BASE_URL: "http://127.0.0.1:10/v1" })).toBe(plain);
    const others = ["n", "m?temperature=1", "m?top-p=0.1", "m?max-tokens=1", "m?seed=1"];
    const all = await Promise.all(["m", ...others].map((name) => fingerprint(name)));
    expect(new Set(all).size).toBe(6);
  });

  test.each([
    ["m?tempreture=1", /"tempreture"[\s\S]*temperature, top-p/],
    ["m?temperature=hot", /"temperature"/],
    ["m?max-tokens=0", /"max-tokens"/],
    ["m?price=1", /"price"[\s\S]*IN\/OUT/],
    ["?temperature=1", /has no model name/],
  ])("refuses %s", async (name, problem) => {
    const environment = { OPENAI_API_KEY: "sk-1" };
    await expect(quietly(name, { environment })).rejects.toThrow(problem);
  });

  test("says what to set where there is neither key nor address", async () => {
    await expect(quietly("m", { environment: {} })).rejects.toThrow(/OPENAI_API_KEY[\s\S]*\.env/);
  });

  test("hands on a reply in a schema as it was written, so that it can be repaired", async () => {
    const replies = ["```json\n{}\n```", '{"label":"a"}'];
    const { sent, environment } = await serve((index) => completion(replies[index]));
    const model = await quietly("m", { environment });
    const schema = z.strictObject({ label: z.string() });
    const { value } = await inWork(() => askFor({ model, messages: [new HumanMessage("q")], schema, name: "label" }));
    expect(value).toEqual({ label: "a" });
    expect(sent).toHaveLength(2);
    expect(sent[0]?.body["response_format"]).toMatchObject({ type: "json_schema" });
    expect(model.counts()).toMatchObject({ calls: 2, attempts: 2, faults: {} });
  });

  test("with an error of a gateway inside of an answer is no reply", async () => {
    const { environment } = await serve(() => ({ error: { code: 401, message: "no key" } }));
    await expect(ask("m", { environment })).rejects.toMatchObject({ name: "ProviderError", status: 401 });
  });

  test("that does not exist pauses the run in one attempt", async () => {
    const { sent, environment } = await serve(() => ({ error: { message: "model 'm' not found" } }), 404);
    const message = expect.stringContaining(`at ${environment.OPENAI_BASE_URL}`) as string;
    await expect(ask("m", { environment })).rejects.toMatchObject({ name: "ProviderError", status: 404, message });
    expect(sent).toHaveLength(1);
  });
});

describe("the price of a model", () => {
  const price = async (name: string, options: ModelOptions = {}) =>
    (await quietly(name, { environment: { OPENAI_API_KEY: "k" }, ...options })).price;

  test("is asked for where it is unknown", async () => {
    const told: string[] = [];
    await price("m", { warn: (text) => told.push(text) });
    await price("gpt-5", { warn: (text) => told.push(text) });
    expect(told).toEqual([expect.stringMatching(/price of model m is unknown[\s\S]*price=IN\/OUT/)]);
  });

  test("is the list price, also of a dated version, and unknown for others", async () => {
    expect(await price("gpt-4o-mini-2024-07-18")).toEqual({ input: 0.15, output: 0.6 });
    expect(await price("constructor")).toBeNull();
  });

  test("may stand in the name, in code or in a file", async () => {
    expect(await price("m?price=1/2.5")).toEqual({ input: 1, output: 2.5 });
    expect(await price("m", { price: { input: 0, output: 0 } })).toEqual({ input: 0, output: 0 });
    const file = join(mkdtempSync(join(tmpdir(), "skillgraph-prices-")), "prices.json");
    writeFileSync(file, '{"m": {"input": 3, "output": 4}}');
    const environment = { OPENAI_API_KEY: "k", SKILLGRAPH_PRICES: file };
    expect(await price("m", { environment })).toEqual({ input: 3, output: 4 });
    writeFileSync(file, '{"m": 3}');
    await expect(price("m", { environment })).rejects.toThrow(file);
  });
});

describe("a chat model of one's own", () => {
  test("is wrapped as it is, and told apart by what it shows of itself and by a version", async () => {
    const chat = new ChatOpenAI({ model: "m", temperature: 0.5, apiKey: "sk-1" });
    const model = await quietly(chat, { version: "2" });
    expect(model.fingerprint).toBe('ChatOpenAI:m temperature=0.5 version="2"');
    const fake = await quietly(new FakeListChatModel({ responses: ["yes"] }));
    expect((await inWork(async () => (await fake.invoke("q")).text)).value).toBe("yes");
    expect(fake.price).toBeNull();
  });

  test("keeps the settings that are its own", async () => {
    const chat = new FakeListChatModel({ responses: ["yes"] });
    await expect(quietly(chat, { temperature: 1 })).rejects.toThrow("chat model itself");
  });
});

test("docs/models.md names every setting of a model", () => {
  const page = readFileSync(new URL("../../docs/models.md", import.meta.url), "utf8");
  for (const name of Object.keys(ModelSettings.shape))
    expect(page).toMatch(new RegExp(`^\\| \\S+ \\| \`${name}\` \\|`, "m"));
});
