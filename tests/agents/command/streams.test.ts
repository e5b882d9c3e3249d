import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { readClaudeCodeStream } from "../../../agents/command/claude-code-stream.ts";
import { readCodexStream } from "../../../agents/command/codex-stream.ts";
import { readOpencodeStream } from "../../../agents/command/opencode-stream.ts";
import { skillsReadIn, type ReadStream } from "../../../agents/command/stream.ts";

/** What the agents really said, recorded by `npm run test:agents -- --record`. */
const recorded = (name: string) =>
  readFileSync(new URL(`../../fixtures/streams/${name}.jsonl`, import.meta.url), "utf8");

const agents: Array<{ name: string; read: ReadStream; skillTool: string; isPriced: boolean }> = [
  { name: "claude-code", read: readClaudeCodeStream, skillTool: "Skill", isPriced: true },
  { name: "codex", read: readCodexStream, skillTool: "shell", isPriced: false },
  { name: "opencode", read: readOpencodeStream, skillTool: "skill", isPriced: false },
];

describe.each(agents)("the stream of $name", ({ name, read, skillTool, isPriced }) => {
  test("gives the answer, the skill that was read, what was done, tokens and cost", () => {
    const { text, used, trace, cost, failure } = read(recorded(`${name}-forced`));
    expect({ text, used, failure }).toEqual({ text: expect.stringMatching(/^(water|doors|lights)$/), used: ["house"] });
    expect(trace.map(({ event }) => event)).toEqual(["tool", "message"]);
    expect(trace[0]).toMatchObject({ ok: true, input: expect.stringContaining(".agents/skills/house/SKILL.md") });
    expect(trace[1]).toMatchObject({ text });
    expect(cost).toEqual({
      inputTokens: expect.any(Number),
      outputTokens: expect.any(Number),
      usd: expect.any(Number),
    });
    expect(cost.inputTokens).toBeGreaterThan(1000);
    expect(cost.outputTokens).toBeGreaterThan(0);
    expect(cost.usd > 0).toBe(isPriced);
  });

  test("tells that a skill was triggered", () => {
    const { used, trace } = read(recorded(`${name}-triggered`));
    expect(used).toEqual(["house"]);
    expect(trace[0]).toMatchObject({ event: "tool", tool: skillTool, ok: true });
  });

  test("tells that none was", () => {
    const { text, used, failure } = read(recorded(`${name}-not-triggered`));
    expect({ text, used, failure }).toEqual({ text: "I do not know.", used: [] });
  });

  test("that breaks off is a failure, and lines that are no JSON are left out", () => {
    const lines = recorded(`${name}-forced`).split("\n");
    expect(read(lines.slice(0, 3).join("\n")).failure).toMatchObject({
      message: expect.stringMatching(/^its output stream has no/),
    });
    const noisy = ["Reading prompt from stdin...", "{broken", ...lines].join("\n");
    expect(read(noisy)).toEqual(read(recorded(`${name}-forced`)));
  });
});

test.each([
  {
    name: "claude-code",
    read: readClaudeCodeStream,
    event: { type: "result", subtype: "success", is_error: true, api_error_status: 401, result: "Invalid API key" },
  },
  {
    name: "codex",
    read: readCodexStream,
    event: { type: "turn.failed", error: { message: "unexpected status 401 Unauthorized: Invalid API key" } },
  },
  {
    name: "opencode",
    read: readOpencodeStream,
    event: { type: "error", error: { name: "APIError", data: { message: "Invalid API key", statusCode: 401 } } },
  },
])("$name tells that its provider refused, with the status", ({ read, event }) => {
  const message = expect.stringContaining("Invalid API key") as string;
  expect(read(JSON.stringify(event)).failure).toEqual({ message, status: 401 });
});

describe("a skill", () => {
  test.each([
    ["cat /a/.agents/skills/house/SKILL.md", ["house"]],
    ["cd .claude/skills/house && sed -n 1,80p SKILL.md", ["house"]],
    ["cat a/SKILL.md b/SKILL.md a/SKILL.md", ["a", "b"]],
    ["cat .agents/skills/技能/SKILL.md", ["技能"]],
    ["cat '.agents/skills/My Skill_2/SKILL.md'", ["My Skill_2", "My"]],
    ["cat .agents/skills/My\\ Skill/SKILL.md", ["My Skill", "My"]],
    [`echo ${"x".repeat(200_000)} > SKILL.md`, []],
    ["ls .agents/skills/house", []],
    ["cat SKILL.md", []],
  ])("is read by: %s", (command, names) => expect(skillsReadIn(command)).toEqual(names));

  test("is not used where its read failed", () => {
    const item = { type: "command_execution", command: "cat r0/house/SKILL.md", exit_code: 1, status: "failed" };
    const { used, trace } = readCodexStream(JSON.stringify({ type: "item.completed", item }));
    expect(used).toEqual([]);
    expect(trace).toEqual([{ event: "tool", tool: "shell", input: item.command, ok: false }]);
  });
});
