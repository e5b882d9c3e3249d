import { afterEach, describe, expect, test } from "vitest";
import { createChatAgent, type ChatAgentOptions } from "../../../agents/chat/chat-agent.ts";
import { createSkillFolder, type SkillFolder } from "../../../skills/folder.ts";
import type { Question } from "../../../state/task.ts";
import { withCalls } from "../../../models/calls.ts";
import { createLedger } from "../../../stores/ledger/ledger.ts";
import { createMemoryStore } from "../../../stores/drivers/memory.ts";
import type { Brain, BrainRequest } from "../../support/model-server/brain.ts";
import { createServedModel } from "../../support/model-server/served-model.ts";
import { startModelServer, type ModelServer } from "../../support/model-server/server.ts";
import { createSkillFollower } from "../../support/model-server/skill-follower.ts";

let server: ModelServer | undefined;
afterEach(() => server?.close());

/** An agent on a server whose brain is watched, and a way to ask it as the executor does. */
async function setUp(brain: Brain, options: Omit<ChatAgentOptions, "model"> & { temperature?: number } = {}) {
  const seen: BrainRequest[] = [];
  server = await startModelServer({
    brain(request) {
      seen.push(request);
      return brain(request);
    },
  });
  const { temperature = 0, ...rest } = options;
  const agent = createChatAgent({ model: await createServedModel(server.url, { temperature }), ...rest });
  const ledger = createLedger({ store: createMemoryStore(), family: "f", run: "r" });
  const ask = async (skills: SkillFolder[], question: Partial<Question> = {}, sample = 0) => {
    const whole: Question = { id: "t", input: "Where is my parcel?", ...question };
    const { signal } = new AbortController();
    const work = { name: () => JSON.stringify({ whole, sample }), ledger, signal };
    return (await withCalls(work, () => agent.answer(whole, skills, { sample, signal }))).value;
  };
  return { agent, ask, seen };
}

function skill(name: string, files: Record<string, string>): SkillFolder {
  const bytes = Object.entries(files).map(([path, text]) => [path, new TextEncoder().encode(text)] as const);
  return createSkillFolder(name, Object.fromEntries(bytes));
}

const rules = (description: string, word: string, label: string) =>
  `---\nname: x\ndescription: ${description}\n---\n\n# Title\n\n## Rules\n\n- When the message mentions "${word}", answer \`${label}\`.\n`;

const parcels = skill("parcels", { "SKILL.md": rules("Where a parcel is.", "parcel", "delivery") });
const bills = skill("bills", { "SKILL.md": rules("Money & <charges>.", "charged", "payment") });

describe("the chat agent", () => {
  test("sends the body of a skill of one file as the system prompt, the input as the user's, and nothing else", async () => {
    const { ask, seen } = await setUp(() => ({ text: " delivery\n" }));
    expect(await ask([parcels])).toEqual({
      text: "delivery",
      used: ["parcels"],
      trace: [{ event: "model", text: " delivery\n" }],
      cost: { inputTokens: server?.bill.inputTokens, outputTokens: server?.bill.outputTokens, usd: expect.any(Number) },
    });
    const body = '# Title\n\n## Rules\n\n- When the message mentions "parcel", answer `delivery`.';
    expect(seen).toEqual([
      {
        model: "simulated",
        temperature: 0,
        tools: [],
        messages: [
          { role: "system", text: body },
          { role: "user", text: "Where is my parcel?" },
        ],
      },
    ]);
  });

  test("sends a program that is one text as it is", async () => {
    const { ask, seen } = await setUp(createSkillFollower());
    const text = "---\nnot: frontmatter\n---\nBe brief.\n\n";
    await ask([skill("prompt", { "prompt.txt": text })]);
    expect(seen[0]?.messages[0]).toEqual({ role: "system", text });
  });

  test("lists several skills, and lets the model read those it needs", async () => {
    const { ask, seen } = await setUp(createSkillFollower());
    const answer = await ask([bills, parcels]);
    expect(answer).toMatchObject({ text: "delivery", used: ["parcels"] });
    expect(answer.trace).toEqual([
      { event: "model", text: "", calls: [{ tool: "read_file", input: { path: "skills/parcels/SKILL.md" } }] },
      { event: "read", path: "skills/parcels/SKILL.md", isFound: true },
      { event: "model", text: "delivery" },
    ]);
    expect(answer.cost.inputTokens).toBe(server?.bill.inputTokens);
    const [system] = seen[0]?.messages ?? [];
    expect(system?.text).toContain("<description>Money &amp; &lt;charges&gt;.</description>");
    expect(system?.text).toContain("<location>skills/bills/SKILL.md</location>");
    expect(system?.text).not.toContain("## Rules");
    expect(seen[0]?.tools.map(({ name }) => name)).toEqual(["read_file"]);
    expect(seen).toHaveLength(2);
  });

  test("lets the model read the files that a skill links", async () => {
    const { ask } = await setUp(createSkillFollower());
    const guide = skill("guide", {
      "SKILL.md": "---\nname: guide\ndescription: Mail.\n---\n\nSee [the rules](references/rules.md).\n",
      "references/rules.md": '## Rules\n\n- When the message mentions "parcel", answer `linked`.\n',
    });
    const { text, used, trace } = await ask([guide]);
    expect({ text, used }).toEqual({ text: "linked", used: ["guide"] });
    expect(trace.flatMap(({ event, path }) => (event === "read" ? [path] : []))).toEqual([
      "skills/guide/SKILL.md",
      "skills/guide/references/rules.md",
    ]);
  });

  test("offers the question's files to be read", async () => {
    const { ask, seen } = await setUp(({ messages }) =>
      messages.at(-1)?.role === "tool"
        ? { text: messages.at(-1)?.text ?? "" }
        : { text: "", calls: [{ id: "1", name: "read_file", arguments: '{"path":"files/a.txt"}' }] },
    );
    const { text, used } = await ask([parcels], { files: { "a.txt": "content of a" } });
    expect({ text, used }).toEqual({ text: "content of a", used: ["parcels"] });
    expect(seen[0]?.messages[1]?.text).toBe(
      "Where is my parcel?\n\n<available_files>\nfiles/a.txt\n</available_files>",
    );
  });

  test("tells the model of a file that is not there, a tool that is not, and arguments that are no JSON", async () => {
    const calls = [
      { id: "1", name: "read_file", arguments: '{"path":"../secret"}' },
      { id: "2", name: "shell", arguments: '{"path":"ls"}' },
      { id: "3", name: "read_file", arguments: '{"path":' },
    ];
    const { ask, seen } = await setUp(({ messages }) => (messages.length > 2 ? { text: "done" } : { text: "", calls }));
    const { text, used, trace } = await ask([bills, parcels]);
    expect({ text, used }).toEqual({ text: "done", used: [] });
    expect(trace.slice(1, 3)).toMatchObject([{ isFound: false }, { isFound: false }]);
    expect(seen[1]?.messages.slice(3)).toEqual([
      { role: "tool", answers: "1", text: expect.stringContaining("../secret is not there. Files: skills/bills/") },
      { role: "tool", answers: "2", text: 'There is no tool "shell"; there is read_file.' },
      { role: "user", text: expect.stringContaining('{"path":') },
    ]);
  });

  test("ends the reading with the last step, where no tool is available", async () => {
    const call = { id: "1", name: "read_file", arguments: '{"path":"skills/bills/SKILL.md"}' };
    const { ask } = await setUp(() => ({ text: "so far", calls: [call] }), { steps: 3 });
    expect(await ask([bills, parcels])).toMatchObject({ text: "so far", used: ["bills"] });
    const choices = server?.requests.map(({ body }) => (JSON.parse(body) as { tool_choice?: string }).tool_choice);
    expect(choices).toEqual([undefined, undefined, "none"]);
  });

  test("takes what follows a mark as the answer, where it is asked to", async () => {
    const replies = ["2 + 2 #### is\n#### 4\n", "no mark"];
    const { ask } = await setUp(() => ({ text: replies.shift() ?? "" }), { answerAfter: "####" });
    expect([(await ask([parcels])).text, (await ask([parcels], { id: "other" })).text]).toEqual(["4", ""]);
  });

  test("is another agent at another temperature, number of steps or mark, and asks again for another sample", async () => {
    const { agent, ask } = await setUp(createSkillFollower());
    await ask([parcels]);
    await ask([parcels]);
    expect(server?.bill.calls).toBe(1);
    await ask([parcels], {}, 1);
    expect(server?.bill.calls).toBe(2);
    const cold = await createServedModel("http://localhost");
    const warm = await createServedModel("http://localhost", { temperature: 1 });
    const others = [
      createChatAgent({ model: warm }),
      createChatAgent({ model: cold, steps: 3 }),
      createChatAgent({ model: cold, answerAfter: "####" }),
    ];
    expect(new Set([agent, ...others].map(({ fingerprint }) => fingerprint)).size).toBe(4);
  });
});
