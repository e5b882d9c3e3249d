import { HumanMessage } from "@langchain/core/messages";
import { ChatOpenAI } from "@langchain/openai";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createAgentBrain } from "./agent-brain.ts";
import type { Brain, BrainRequest } from "./brain.ts";
import { startModelServer, type ModelServer } from "./server.ts";

const seen: BrainRequest[] = [];
const call = { id: "call_1", name: "look", arguments: '{"at":"the lamp"}' };
/** Looks once, then tells what it saw. */
const brain: Brain = (request) => {
  seen.push(request);
  const looked = request.messages.find(({ role }) => role === "tool");
  return looked === undefined
    ? { text: "", calls: [call] }
    : { text: `It is ${looked.text}, and that is all there is.` };
};

let server: ModelServer;
beforeAll(async () => void (server = await startModelServer({ brain })));
afterAll(() => server.close());

const parameters = { type: "object", properties: { at: { type: "string" } } };

describe("the Responses API", () => {
  const tool = { type: "function" as const, function: { name: "look", description: "Looks.", parameters } };

  test.each([false, true])(
    "answers LangChain's client with a call, then with a text (stream: %s)",
    async (streaming) => {
      const configuration = { baseURL: server.url };
      const chat = new ChatOpenAI({ model: "m", apiKey: "none", configuration, useResponsesApi: true, streaming });
      const first = await chat.bindTools([tool]).invoke("how is the lamp?");
      expect(first.tool_calls).toMatchObject([{ name: "look", args: { at: "the lamp" } }]);
      const answers = { type: "tool" as const, content: "broken", tool_call_id: "call_1" };
      const second = await chat.invoke([new HumanMessage("how is the lamp?"), first, answers]);
      expect(second.text).toBe("It is broken, and that is all there is.");
      expect(second.usage_metadata).toMatchObject({ output_tokens: expect.any(Number) });
      expect(seen.at(-1)?.messages.map(({ role, text }) => `${role} ${text}`)).toEqual([
        "user how is the lamp?",
        "assistant ",
        "tool broken",
      ]);
    },
  );
});

describe("the Messages API", () => {
  const asked = [
    { role: "user", content: [{ type: "text", text: "how is the lamp?" }] },
    { role: "assistant", content: [{ type: "tool_use", id: "call_1", name: "look", input: { at: "the lamp" } }] },
    { role: "user", content: [{ type: "tool_result", tool_use_id: "call_1", content: "broken" }] },
  ];
  const post = async (messages: object[], stream: boolean) => {
    const tools = [{ name: "look", description: "Looks.", input_schema: parameters }];
    const body = JSON.stringify({ model: "m", max_tokens: 9, system: "Be brief.", tools, messages, stream });
    return (await fetch(`${server.url}/messages?beta=true`, { method: "POST", body })).text();
  };

  test("answers with a call, then with a text", async () => {
    expect(JSON.parse(await post(asked.slice(0, 1), false))).toMatchObject({
      content: [{ type: "tool_use", id: "call_1", name: "look", input: { at: "the lamp" } }],
      stop_reason: "tool_use",
    });
    expect(JSON.parse(await post(asked, false))).toMatchObject({
      content: [{ type: "text", text: "It is broken, and that is all there is." }],
      stop_reason: "end_turn",
    });
    expect(seen.at(-1)).toMatchObject({ messages: [{ role: "system", text: "Be brief." }, {}, { calls: [call] }, {}] });
  });

  test("streams events that make up the same", async () => {
    const events = [...(await post(asked, true)).matchAll(/^event: (.*)\ndata: (.*)$/gm)];
    const data = events.map(([, , json]) => JSON.parse(json ?? "") as { type: string; delta?: { text?: string } });
    expect(events.map(([, name]) => name)).toEqual(data.map(({ type }) => type));
    expect(data.map(({ delta }) => delta?.text ?? "").join("")).toBe("It is broken, and that is all there is.");
    expect(data.at(0)?.type).toBe("message_start");
    expect(data.at(-1)?.type).toBe("message_stop");
  });
});

test("the model inside an agent sees a skill only after it has read it", async () => {
  const inside = createAgentBrain();
  const tools = [{ name: "exec_command", description: "Runs.", parameters }];
  const user = { role: "user" as const, text: "Read .agents/skills/house/SKILL.md.\n\nTask:\nthe lamp is broken" };
  const first = await inside({ model: "m", messages: [user], tools });
  expect(first.calls?.[0]?.arguments).toBe('{"cmd":"cat .agents/skills/house/SKILL.md"}');
  const skill =
    '---\nname: house\n---\n\n# House\n\n## Rules\n\n- When the message mentions "lamp", answer `lights`.\n';
  const read = [
    { role: "assistant" as const, text: "", calls: first.calls ?? [] },
    { role: "tool" as const, text: skill, answers: "call_1" },
  ];
  expect(await inside({ model: "m", messages: [user, ...read], tools })).toEqual({ text: "lights" });
});
