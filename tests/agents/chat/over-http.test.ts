import { fileURLToPath } from "node:url";
import { afterEach, expect, test } from "vitest";
import { createChatAgent } from "../../../agents/chat/chat-agent.ts";
import type { TaskAgent } from "../../../agents/agent.ts";
import { createProcedureAgent } from "../../../agents/procedure/procedure-agent.ts";
import { createStatisticalAnalyst } from "../../../analysts/statistical/statistical-analyst.ts";
import { readTasks } from "../../../readers/tasks.ts";
import { evaluate } from "../../../runs/evaluation/evaluate.ts";
import { optimize } from "../../../runs/cycle/optimize.ts";
import { show } from "../../../runs/reading/show.ts";
import { minimalSkill } from "../../../skills/minimal.ts";
import type { SettingsInput } from "../../../state/settings.ts";
import type { Task } from "../../../state/task.ts";
import { createMemoryStore } from "../../../stores/drivers/memory.ts";
import { createExact } from "../../../verifiers/exact.ts";
import { createServedModel } from "../../support/model-server/served-model.ts";
import { startModelServer, type ModelServer } from "../../support/model-server/server.ts";
import { createSkillFollower } from "../../support/model-server/skill-follower.ts";

let server: ModelServer | undefined;
afterEach(() => server?.close());

async function createServedAgent(): Promise<TaskAgent> {
  server = await startModelServer({ brain: createSkillFollower() });
  return createChatAgent({ model: await createServedModel(server.url) });
}

const others = () => ({ analyst: createStatisticalAnalyst(), verifier: createExact() });
const program = [minimalSkill("support", "Routes messages.")];
const examples = fileURLToPath(new URL("../../../examples/support-messages", import.meta.url));

test("a curve that is learned through HTTP, prompts and ledger is that of the agent in this process", async () => {
  const tasks = { ...(await readTasks(examples)), test: [] };
  const settings: SettingsInput = { seed: 3, budgetRollouts: 300, batch: 40, validation: 40 };
  const curveOf = async (agent: TaskAgent) => {
    const store = createMemoryStore();
    const result = await (await optimize({ agent, ...others(), program, tasks, settings, store })).result();
    // The place of rollouts in the ledger goes by the name of the agent, and only a model spends tokens; all else must be equal.
    const timeline = (await show("run", { store })).timeline.map(({ spent, ...record }) => {
      return { ...record, rollouts: null, spent: { ...spent, tokens: 0 } };
    });
    return { skill: result.skill.hash, timeline };
  };
  const inProcess = await curveOf(createProcedureAgent());
  expect(await curveOf(await createServedAgent())).toEqual(inProcess);
  expect(inProcess.timeline.length).toBeGreaterThan(2);
  expect(inProcess.timeline.at(-1)?.headScore).toBeGreaterThan(0.3);
  // Each rollout is one call; the head's validation column is kept and not asked for again.
  expect(server?.bill.answered).toBeGreaterThan(200);
});

/** Tasks whose expected answers and meta nobody could guess. */
function canaries(suite: string, size: number): Task[] {
  return Array.from({ length: size }, (_, index) => {
    const secret = `canary-${suite}-${index}`;
    return { id: `${suite}-${index}`, input: `message ${index} of ${suite}`, expected: secret, meta: { secret } };
  });
}

const everySecret = /canary-/;

test("no request holds what is expected, or meta, of any task that is answered", async () => {
  const agent = await createServedAgent();
  for (const suite of ["train", "validation", "test"] as const) {
    await evaluate({ agent, ...others(), program, tasks: canaries(suite, 8), suite, store: createMemoryStore() });
  }
  const { requests = [] } = server ?? {};
  expect(requests).toHaveLength(24);
  expect(requests.filter((request) => everySecret.test(JSON.stringify(request)))).toEqual([]);
});

test("in a run only answers of train tasks reach the model, as rules of the skill", async () => {
  const agent = await createServedAgent();
  const tasks = {
    train: canaries("train", 12),
    validation: canaries("validation", 8),
    sealed: canaries("sealed", 4),
    test: canaries("test", 4),
  };
  const settings = { generations: 3, batch: 6, acceptance: "always" } as const;
  await (await optimize({ agent, ...others(), program, tasks, settings, store: createMemoryStore() })).result();
  const sent = (server?.requests ?? []).map((request) => JSON.stringify(request));
  expect(sent.length).toBeGreaterThan(12);
  expect(sent.filter((text) => /canary-(validation|sealed|test)/.test(text))).toEqual([]);
  const users = sent.map((text) => text.slice(text.indexOf('\\"role\\":\\"user\\"')));
  expect(users.filter((text) => everySecret.test(text))).toEqual([]);
});
