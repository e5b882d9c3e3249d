import { expect, test } from "vitest";
import { optimize } from "../../../runs/cycle/optimize.ts";
import { resume } from "../../../runs/cycle/resume.ts";
import { show } from "../../../runs/reading/show.ts";
import { ProviderError } from "../../../state/errors.ts";
import type { RunEvent } from "../../../state/events.ts";
import { createMemoryStore } from "../../../stores/drivers/memory.ts";
import { createPaidParts, createProvider } from "../../support/durability/paid.ts";
import { houseParts, houseProgram, houseSettings, houseSuites } from "../../support/world.ts";

const house = { program: houseProgram, tasks: houseSuites, settings: houseSettings, concurrency: 4 };

const whole = createProvider();
const wholeDigest = (async () => {
  const run = await optimize({ ...house, ...createPaidParts(whole), store: createMemoryStore() });
  return (await run.result()).digest;
})();

test.each([
  ["an agent", "agent", 15, false],
  ["an agent that goes on without its model", "agent", 15, true],
  ["an analyst", "analyst", 4, false],
  ["an analyst that goes on without its model", "analyst", 5, true],
  ["a verifier", "verifier", 20, false],
] as const)("a provider that is not available by %s pauses the run, which asks again", async (_, who, at, catches) => {
  const digest = await wholeDigest;
  const store = createMemoryStore();
  const broken = createProvider((asking, asked) => asking === who && asked >= at);
  const run = await optimize({ ...house, ...createPaidParts(broken, { catches }), store });
  const events: RunEvent[] = [];
  for await (const event of run.events()) events.push(event);
  expect(await run.result()).toMatchObject({ status: "paused", reason: "The key was refused." });
  expect(events.at(-1)).toMatchObject({ type: "run-end", status: "paused", reason: "The key was refused." });
  expect(run.inFlight()).toBe(0);
  expect((await show("run", { store })).result).toMatchObject({ status: "paused", reason: "The key was refused." });
  broken.isDown = () => false;
  const { asked, refused } = broken;
  expect(refused).toBeGreaterThan(0);
  expect(refused).toBeLessThanOrEqual(house.concurrency);
  const result = await (await resume("run", { ...createPaidParts(broken, { catches }), store })).result();
  expect(result).toMatchObject({ status: "finished", digest });
  // Nothing but what was refused is asked again.
  expect(asked).toEqual({ ...whole.asked, [who]: whole.asked[who] + refused });
});

test("an agent that finds by itself that its provider is not available pauses the run too", async () => {
  const { agent, ...parts } = houseParts();
  const failing = {
    ...agent,
    answer: () => Promise.reject(new ProviderError("There is no model of that name.", { status: 404 })),
  };
  const run = await optimize({ ...house, ...parts, agent: failing, store: createMemoryStore() });
  expect(await run.result()).toMatchObject({ status: "paused", reason: "There is no model of that name." });
});
