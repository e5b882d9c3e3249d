import { afterEach, expect, test, vi } from "vitest";
import { createProcedureAgent } from "../../../agents/procedure/procedure-agent.ts";
import { agentNamed } from "../../../cli/parts/parts.ts";
import type { TaskAgent } from "../../../agents/agent.ts";
import { optimize } from "../../../runs/cycle/optimize.ts";
import { show } from "../../../runs/reading/show.ts";
import { createMemoryStore } from "../../../stores/drivers/memory.ts";
import { startModelServer, type ModelServer } from "../../support/model-server/server.ts";
import { createSkillFollower } from "../../support/model-server/skill-follower.ts";
import { houseParts, houseProgram, houseSettings, houseSuites } from "../../support/world.ts";

let server: ModelServer | undefined;
afterEach(async () => {
  vi.unstubAllEnvs();
  await server?.close();
});

async function curveOf(agent: TaskAgent) {
  const store = createMemoryStore();
  const options = { ...houseParts(agent), program: houseProgram, tasks: houseSuites, settings: houseSettings, store };
  const run = async () => (await optimize(options)).result();
  const result = await run();
  const timeline = (await show("run", { store })).timeline.map(({ headScore, verdict }) => [headScore, verdict.reason]);
  return {
    skill: result.skill.hash,
    timeline,
    score: result.score,
    again: async () => (await run()).digest === result.digest,
  };
}

test("--agent tools:MODEL opens its skill over HTTP, learns what the agent in this process learns, and pays once", async () => {
  server = await startModelServer({ brain: createSkillFollower() });
  vi.stubEnv("OPENAI_BASE_URL", server.url);
  const { again, ...served } = await curveOf(await agentNamed("tools:simulated"));
  const { again: _, ...embedded } = await curveOf(createProcedureAgent());
  expect(served).toEqual(embedded);
  expect(served.score.test.best).toBeGreaterThan(served.score.test.start ?? 1);
  // A rollout is two calls: one to open the skill, one to answer.
  expect(server.bill.answered % 2).toBe(0);
  const { answered } = server.bill;
  expect(await again()).toBe(true);
  expect(server.bill.answered).toBe(answered);
  const texts = server.requests.map(({ body }) => body);
  expect(texts.filter((body) => body.includes("read_file")).length).toBe(texts.length);
});
