import { afterEach, expect, test, vi } from "vitest";
import { agentNamed } from "../../cli/parts/parts.ts";
import { evaluate } from "../../runs/evaluation/evaluate.ts";
import { minimalSkill } from "../../skills/minimal.ts";
import { startModelServer } from "../support/model-server/server.ts";
import { createExact } from "../../verifiers/exact.ts";

afterEach(() => vi.unstubAllEnvs());

test("--agent chat:MODEL asks the model at OPENAI_BASE_URL with OPENAI_API_KEY", async () => {
  const server = await startModelServer({ brain: ({ model }) => ({ text: model }) });
  vi.stubEnv("OPENAI_BASE_URL", server.url);
  vi.stubEnv("OPENAI_API_KEY", "key-of-the-test");
  const agent = await agentNamed("chat:qwen2.5:7b?temperature=0.5");
  const tasks = [{ id: "1", input: "Which model?", expected: "qwen2.5:7b" }];
  const program = [minimalSkill("a", "Tells.")];
  const { score } = await evaluate({ agent, verifier: createExact(), program, tasks, suite: "test", store: "memory:" });
  expect(score).toBe(1);
  expect(server.requests[0]?.headers.authorization).toBe("Bearer key-of-the-test");
  expect(server.requests[0]?.body).toContain('"temperature":0.5');
  await server.close();
});

test("--agent chat:MODEL without a key and an address says what to set", async () => {
  vi.stubEnv("OPENAI_BASE_URL", "");
  vi.stubEnv("OPENAI_API_KEY", "");
  await expect(agentNamed("chat:gpt-5-mini")).rejects.toThrow(/OPENAI_API_KEY.*OPENAI_BASE_URL/);
  await expect(agentNamed("chat")).rejects.toThrow("has no model name");
});
