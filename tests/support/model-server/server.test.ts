import type { ServerResponse } from "node:http";
import type { BaseLanguageModelInput } from "@langchain/core/language_models/base";
import type { AIMessageChunk } from "@langchain/core/messages";
import type { Runnable } from "@langchain/core/runnables";
import { ChatOpenAI } from "@langchain/openai";
import { afterEach, describe, expect, test } from "vitest";
import { z } from "zod";
import type { BrainRequest } from "./brain.ts";
import { startModelServer, type ModelServer, type ModelServerNeeds } from "./server.ts";

let server: ModelServer | undefined;
afterEach(() => server?.close());

async function connect(needs: ModelServerNeeds) {
  server = await startModelServer(needs);
  const configuration = { baseURL: server.url };
  return new ChatOpenAI({ model: "m", apiKey: "k", temperature: 0.5, configuration, maxRetries: 0 });
}

/** One call, at once or put together from its stream. (With `streaming: true` the client would fetch a tokenizer.) */
async function ask(model: Asked, messages: BaseLanguageModelInput, isStreaming: boolean): Promise<AIMessageChunk> {
  if (!isStreaming) return (await model.invoke(messages)) as AIMessageChunk;
  let whole: AIMessageChunk | undefined;
  for await (const chunk of await model.stream(messages)) whole = whole === undefined ? chunk : whole.concat(chunk);
  return whole as AIMessageChunk;
}
type Asked = Runnable<BaseLanguageModelInput, AIMessageChunk>;

const weather = { name: "weather", description: "Tells it.", schema: z.object({ town: z.string() }) };
const call = { id: "call-1", name: "weather", arguments: '{"town":"Bern"}' };

describe("the model server", () => {
  test.each([false, true])(
    "answers chat completions of the real client with text and usage (stream: %s)",
    async (streaming) => {
      const seen: BrainRequest[] = [];
      const brain = (request: BrainRequest) => {
        seen.push(request);
        return { text: "a reply that is longer than one piece of a stream" };
      };
      const model = await connect({ brain });
      const messages: BaseLanguageModelInput = [
        ["system", "Be brief."],
        ["user", "Hello"],
      ];
      const reply = await ask(model, messages, streaming);
      expect(reply.text).toBe("a reply that is longer than one piece of a stream");
      expect(seen).toEqual([
        {
          model: "m",
          temperature: 0.5,
          tools: [],
          messages: [
            { role: "system", text: "Be brief." },
            { role: "user", text: "Hello" },
          ],
        },
      ]);
      const { bill } = server as ModelServer;
      expect(bill).toMatchObject({ calls: 1, answered: 1 });
      expect(reply.usage_metadata).toMatchObject({ input_tokens: bill.inputTokens, output_tokens: bill.outputTokens });
    },
  );

  test.each([false, true])("calls tools and reads what they gave (stream: %s)", async (streaming) => {
    const seen: BrainRequest[] = [];
    const brain = (request: BrainRequest) => {
      seen.push(request);
      return request.messages.at(-1)?.role === "tool" ? { text: "sunny" } : { text: "", calls: [call] };
    };
    const model = (await connect({ brain })).bindTools([weather]);
    const asked = await ask(model, "How is it?", streaming);
    expect(asked.tool_calls).toMatchObject([{ id: "call-1", name: "weather", args: { town: "Bern" } }]);
    const told = await ask(
      model,
      [["user", "How is it?"], asked, { role: "tool", tool_call_id: "call-1", content: "sun" }],
      streaming,
    );
    expect(told.text).toBe("sunny");
    expect(seen[1]?.tools).toMatchObject([{ name: "weather", description: "Tells it." }]);
    expect(seen[1]?.messages.slice(1)).toEqual([
      { role: "assistant", text: "", calls: [call] },
      { role: "tool", text: "sun", answers: "call-1" },
    ]);
  });

  test("hands the brain the schema that a reply must have", async () => {
    let schema: unknown;
    const model = await connect({
      brain(request) {
        schema = request.schema;
        return { text: '{"town":"Bern"}' };
      },
    });
    const typed = model.withStructuredOutput(weather.schema, { method: "jsonSchema" });
    expect(await typed.invoke("Where?")).toEqual({ town: "Bern" });
    expect(schema).toMatchObject({ type: "object", properties: { town: { type: "string" } } });
  });

  test("does what a script decides, call by call, and bills what the brain thought about", async () => {
    const model = await connect({
      brain: () => ({ text: "thought" }),
      decide: (_, index) =>
        [
          { reply: { text: "scripted" } },
          {
            async respond(response: ServerResponse, think: () => Promise<string>) {
              await think();
              response.destroy();
            },
          },
          { respond: (response: ServerResponse) => void response.writeHead(429).end("{}") },
        ][index],
    });
    expect((await model.invoke("a")).text).toBe("scripted");
    await expect(model.invoke("b")).rejects.toThrow();
    await expect(model.invoke("c")).rejects.toThrow("429");
    expect((await model.invoke("d")).text).toBe("thought");
    expect(server?.bill).toMatchObject({ calls: 4, answered: 3 });
    expect(server?.requests.map(({ body }) => body).join()).toContain('"content":"c"');
  });

  test("lists its model, and tells what is not there", async () => {
    const { url } = (server = await startModelServer({ brain: () => ({ text: "" }) }));
    expect(await (await fetch(`${url}/models`)).json()).toMatchObject({ data: [{ id: "simulated" }] });
    const lost = await fetch(`${url}/nowhere`, { method: "POST" });
    expect([lost.status, await lost.text()]).toEqual([404, expect.stringContaining("/v1/nowhere")]);
    const wrong = await fetch(`${url}/chat/completions`, { method: "POST", body: "{" });
    expect(wrong.status).toBe(400);
  });
});
