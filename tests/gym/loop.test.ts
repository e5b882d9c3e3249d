import { expect, test } from "vitest";
import { createGymAgent } from "../../gym/agent.ts";
import { createGymAnalyst } from "../../gym/analyst.ts";
import { createJudge } from "../../gym/optimum.ts";
import { createTasks } from "../../gym/requests.ts";
import { createGymSkill } from "../../gym/skill.ts";
import { createGymVerifier } from "../../gym/verifier.ts";
import { createWorld } from "../../gym/world.ts";
import { optimize } from "../../runs/cycle/optimize.ts";
import { show } from "../../runs/reading/show.ts";
import type { SettingsInput } from "../../state/settings.ts";
import { createMemoryStore } from "../../stores/drivers/memory.ts";

const world = createWorld(2);

async function learn(settings: SettingsInput = {}) {
  const store = createMemoryStore();
  const run = await optimize({
    agent: createGymAgent(world),
    analyst: createGymAnalyst(world),
    verifier: createGymVerifier(world),
    program: [createGymSkill()],
    tasks: {
      train: createTasks(world, "train", 200),
      validation: createTasks(world, "validation", 40),
      sealed: [],
      test: [],
    },
    settings: { budgetRollouts: 400, batch: 16, edits: 3, wave: 10, ...settings },
    store,
  });
  const refused: string[] = [];
  for await (const event of run.events()) if (event.type === "draft-refused") refused.push(event.message);
  const { digest } = await run.result();
  return { digest, refused, best: (await show("run", { store })).best };
}

test("an ordinary run learns in the gym, twice the same, and every draft fits", async () => {
  const judge = createJudge(world, createTasks(world, "test", 200));
  const [once, again] = [await learn(), await learn()];
  expect(again.digest).toBe(once.digest);
  expect(once.refused).toEqual([]);
  expect(judge(once.best)).toBeGreaterThan(judge([createGymSkill()]) + 0.05);
  expect((await learn({ acceptance: "always" })).refused).toEqual([]);
});
