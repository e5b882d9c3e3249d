import { setTimeout as sleep } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import type { TaskAgent } from "../../../agents/agent.ts";
import { createModel } from "../../../models/open-model.ts";
import { optimize } from "../../../runs/cycle/optimize.ts";
import { startWorker } from "../../../runs/workers/worker.ts";
import { noCost } from "../../../state/task.ts";
import { openStore } from "../../../stores/open.ts";
import { hasRedis, startRedis } from "../../support/redis-server.ts";
import { ScriptedModel } from "../../support/scripted-model.ts";
import { houseParts, houseProgram, houseSettings, houseSuites } from "../../support/world.ts";

/** What both models were asked at a time. */
const counts = { now: 0, most: 0, asked: 0 };

class CountedModel extends ScriptedModel {
  override async invoke(...call: Parameters<ScriptedModel["invoke"]>) {
    counts.asked += 1;
    counts.now += 1;
    counts.most = Math.max(counts.most, counts.now);
    await sleep(5);
    counts.now -= 1;
    return super.invoke(...call);
  }
}

/** An agent on a model that no other process knows as an object. */
async function createAgent(): Promise<TaskAgent> {
  const model = await createModel(new CountedModel(() => "lights"), { inFlight: 2, warn: () => undefined });
  return {
    fingerprint: "counted@1",
    async answer({ input }) {
      const { text } = await model.invoke(input);
      return { text, used: [], trace: [], cost: noCost };
    },
  };
}

test.skipIf(!hasRedis)("two workers have no more calls of a model under way than it may have at a time", async () => {
  const server = await startRedis();
  onTestFinished(() => server.stop());
  const store = await openStore(server.url);
  onTestFinished(() => store.close());
  const { analyst, verifier } = houseParts();
  const parts = { analyst, verifier, agent: await createAgent() };
  const pace = { lock: 60_000, look: 10_000 };
  for (const agent of [await createAgent(), await createAgent()]) {
    const worker = await startWorker({ agent, verifier, store: server.url, concurrency: 4, pace });
    onTestFinished(() => worker.close());
  }
  const tasks = { ...houseSuites, test: [], validation: houseSuites.validation.slice(0, 6) };
  const settings = { ...houseSettings, generations: 1 };
  const run = await optimize({ ...parts, program: houseProgram, tasks, settings, store, executor: "queue" });
  expect(await run.result()).toMatchObject({ status: "finished" });
  expect(counts.asked).toBeGreaterThan(10);
  expect(counts.most).toBe(2);
});
