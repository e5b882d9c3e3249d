import { ToolMessage, type BaseMessage } from "@langchain/core/messages";
import { tool } from "@langchain/core/tools";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { createToolsAgent, type ToolsAgentOptions } from "../../../agents/tools/tools-agent.ts";
import { createSkillFolder } from "../../../skills/folder.ts";
import type { Question } from "../../../state/task.ts";
import { withCalls } from "../../../models/calls.ts";
import { createLedger } from "../../../stores/ledger/ledger.ts";
import { createMemoryStore } from "../../../stores/drivers/memory.ts";
import { skillOf } from "../../support/nodes.ts";
import { journaled, ScriptedModel, type Script } from "../../support/scripted-model.ts";

const signal = new AbortController().signal;
const bytes = (text: string) => new TextEncoder().encode(text);

function setUp(script: Script, options: Partial<ToolsAgentOptions> = {}) {
  const sent: BaseMessage[][] = [];
  const chat = new ScriptedModel((messages, tools) => {
    sent.push(messages);
    return script(messages, tools);
  });
  const store = createMemoryStore();
  async function ask(question: Question, skills = [skillOf("tea")]) {
    const agent = await createToolsAgent({ model: journaled(chat), ...options });
    const work = { name: () => question.id, ledger: createLedger({ store, family: "f", run: "r" }), signal };
    return (await withCalls(work, () => agent.answer(question, skills, { sample: 0, signal }))).value;
  }
  return { sent, chat, ask };
}

/** Reads these paths, one after the other, and answers with the last text it read. */
const reader =
  (...paths: string[]): Script =>
  (messages) => {
    const read = messages.filter((message) => ToolMessage.isInstance(message));
    const next = paths[read.length];
    return next === undefined ? (read.at(-1)?.text ?? "") : [{ tool: "read_file", args: { path: next } }];
  };

describe("the tool-using agent", () => {
  test("lists skills by name and description, and opens them when its model asks", async () => {
    const { sent, ask } = setUp(reader("skills/guide/SKILL.md"));
    const { text, used, trace, cost } = await ask({ id: "1", input: "Is there tea?" });
    expect(sent[0]?.map((message) => message.getType())).toEqual(["system", "human"]);
    expect(sent[0]?.[0]?.text).toContain("<description>Knows topics.</description>");
    expect(sent[0]?.[0]?.text).not.toContain("- tea");
    expect(text).toContain("- tea");
    expect(used).toEqual(["guide"]);
    const input = '{"path":"skills/guide/SKILL.md"}';
    expect(trace.filter(({ event }) => event === "tool")).toEqual([
      { event: "tool", tool: "read_file", input, output: text },
    ]);
    expect(cost.inputTokens).toBe(20);
  });

  test("does not count a skill as used that was listed and not opened", async () => {
    expect((await setUp(() => "No.").ask({ id: "1", input: "a" })).used).toEqual([]);
  });

  test("reads other files of a skill and the files of the question, and says what there is where a path is wrong", async () => {
    const more = createSkillFolder("more", {
      "SKILL.md": bytes("---\nname: more\ndescription: More.\n---\n\nSee references/list.md.\n"),
      "references/list.md": bytes("the list"),
      "picture.png": Uint8Array.of(0xff, 0xd8),
    });
    const { sent, ask } = setUp(reader("skills/more/references/list.md", "/files/order.txt", "/etc/passwd"));
    const question = { id: "1", input: "Check the order.", files: { "order.txt": "two teas" } };
    const { text, trace } = await ask(question, [more]);
    expect(sent[0]?.[1]?.text).toBe("Check the order.\n\n<available_files>\nfiles/order.txt\n</available_files>");
    expect(trace.flatMap(({ output }) => output ?? [])).toEqual(["the list", "two teas", text]);
    const paths = "skills/more/SKILL.md, skills/more/references/list.md, files/order.txt";
    expect(text).toBe(`There is no text file /etc/passwd. There are: ${paths}.`);
  });

  test("is told a skill whole that is one text", async () => {
    const { sent, ask } = setUp(() => "ok");
    const { used } = await ask({ id: "1", input: "a" }, [
      createSkillFolder("notes", { "AGENTS.md": bytes("Be brief.") }),
    ]);
    expect(sent[0]?.[0]?.text).toBe("Be brief.");
    expect(used).toEqual(["notes"]);
  });

  test("uses tools of one's own", async () => {
    const add = tool(({ a, b }) => String(a + b), {
      name: "add",
      description: "Adds.",
      schema: z.object({ a: z.number(), b: z.number() }),
    });
    const script: Script = (messages, tools) =>
      ToolMessage.isInstance(messages.at(-1))
        ? `${tools.join()} ${messages.at(-1)!.text}`
        : [{ tool: "add", args: { a: 2, b: 3 } }];
    expect((await setUp(script, { tools: [add] }).ask({ id: "1", input: "2 + 3" })).text).toBe("add,read_file 5");
  });

  test("leaves a rollout missing that comes to no answer in so many calls", async () => {
    const { chat, ask } = setUp(() => [{ tool: "read_file", args: { path: "again" } }], { maxCalls: 14 });
    await expect(ask({ id: "1", input: "a" })).rejects.toThrow("no answer within 14 model calls");
    expect(chat.asked).toBe(14);
    await expect(setUp(() => "", { maxCalls: 0 }).ask({ id: "1", input: "a" })).rejects.toThrow(
      "integer of at least 1",
    );
  });

  test("has a fingerprint of its model, its tools and its bounds", async () => {
    const model = journaled(new ScriptedModel(() => ""));
    const named = (name: string) => tool(() => "", { name, description: "Does.", schema: z.object({}) });
    const agents = await Promise.all([
      createToolsAgent({ model }),
      createToolsAgent({ model, maxCalls: 5 }),
      createToolsAgent({ model, version: "2" }),
      createToolsAgent({ model, tools: [named("one")] }),
      createToolsAgent({ model, tools: [named("other")] }),
    ]);
    expect(new Set(agents.map(({ fingerprint }) => fingerprint)).size).toBe(5);
    expect(agents[0]?.fingerprint).toBe((await createToolsAgent({ model })).fingerprint);
    expect(agents[0]?.fingerprint).toContain("scripted@1");
  });
});
