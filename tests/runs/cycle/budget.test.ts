import { expect, test } from "vitest";
import { optimize } from "../../../runs/cycle/optimize.ts";
import { resume } from "../../../runs/cycle/resume.ts";
import { show } from "../../../runs/reading/show.ts";
import { createMemoryStore } from "../../../stores/drivers/memory.ts";
import { buryOwner } from "../../support/durability/crashes.ts";
import { createMortalStore } from "../../support/durability/mortal-store.ts";
import { callCost, createPaidParts, createProvider } from "../../support/durability/paid.ts";
import { houseParts, houseProgram, houseSettings, houseSuites } from "../../support/world.ts";

const house = { program: houseProgram, tasks: houseSuites, settings: houseSettings, run: "house", concurrency: 4 };
const price = { cost: callCost, bound: { ...callCost, usd: 0.02 } };

const whole = (async () => {
  const provider = createProvider();
  const run = await optimize({ ...house, ...createPaidParts(provider, { price }), store: createMemoryStore() });
  return { result: await run.result(), asked: provider.asked };
})();

test("what was spent is told by role, and is what was asked", async () => {
  const { result, asked } = await whole;
  for (const role of ["agent", "analyst", "verifier"] as const) {
    const { calls, inputTokens, outputTokens, usd } = result.spent.roles[role];
    expect([calls, inputTokens, outputTokens]).toEqual([asked[role], 10 * asked[role], 5 * asked[role]]);
    expect(usd).toBeCloseTo(0.01 * asked[role]);
  }
});

test("a budget in US dollars is never exceeded where the most a call may cost is declared; the run pauses, keeps its limit, and ends the same", async () => {
  const { result: end, asked } = await whole;
  const store = createMemoryStore();
  const provider = createProvider();
  const parts = createPaidParts(provider, { price });
  const paused = await (await optimize({ ...house, ...parts, store, limits: { usd: 0.5 } })).result();
  expect(paused.status).toBe("paused");
  expect(paused.reason).toMatch(/^budget of \$0\.50: \$0\.49 spent, the next call may cost \$0\.02/);
  expect(paused.spent.usd).toBeCloseTo(0.49);
  expect((await (await resume("house", { ...parts, store })).result()).reason).toBe(paused.reason);
  const result = await (await resume("house", { ...parts, store, limits: { usd: 100 } })).result();
  expect(result).toMatchObject({ status: "finished", digest: end.digest });
  expect(provider.asked).toEqual(asked);
});

test("without a declared bound a budget is exceeded by at most concurrency x one call, and that is said", async () => {
  const store = createMemoryStore();
  const run = await optimize({ ...house, ...createPaidParts(createProvider()), store, limits: { usd: 0.5 } });
  const { status, spent } = await run.result();
  expect(status).toBe("paused");
  expect(spent.usd).toBeGreaterThan(0.5 - 1e-9);
  expect(spent.usd).toBeLessThan(0.5 + 4 * 0.01 + 1e-9);
  expect(store.warnings.all().join()).toContain("up to 4 x one call");
});

test("reservations that a crash left unsettled count as spent, and what was stored is told exactly", async () => {
  const store = createMemoryStore();
  const provider = createProvider();
  const parts = createPaidParts(provider, { price });
  const mortal = createMortalStore(store, { atCommit: 60, when: "after" });
  const died = await optimize({ ...house, ...parts, store: mortal, limits: { usd: 100 } });
  await expect(died.result()).rejects.toThrow("The store died");
  await buryOwner(store);
  const before = (await show("house", { store })).result.spent;
  const limits = { usd: before.usd + 0.03 };
  const { reason } = await (await resume("house", { ...parts, store, limits })).result();
  // Less is left than the one cent that was not yet spent: the calls in flight at the crash may have been paid.
  expect(reason).toMatch(/^budget of/);
  const end = await (await resume("house", { ...parts, store, limits: { usd: null } })).result();
  const { result, asked } = await whole;
  expect(end.digest).toBe(result.digest);
  const stored = end.spent.roles.agent.calls + end.spent.roles.analyst.calls + end.spent.roles.verifier.calls;
  expect(stored).toBe(asked.agent + asked.analyst + asked.verifier);
});

test("minutes at work pause the run, and are kept with it", async () => {
  const store = createMemoryStore();
  const run = await optimize({ ...house, ...houseParts(), store, limits: { minutes: 1e-6 } });
  const paused = await run.result();
  expect(paused).toMatchObject({ status: "paused", reason: expect.stringContaining("budget of 0.000001 minutes") });
  expect((await (await resume("house", { ...houseParts(), store })).result()).reason).toBe(paused.reason);
  const rest = await resume("house", { ...houseParts(), store, limits: { minutes: null } });
  expect((await rest.result()).status).toBe("finished");
});

test("a budget of tokens stops the run, by at most what is asked for at once; killed and resumed it ends the same", async () => {
  const settings = { ...houseSettings, generations: 10, budgetTokens: 2400 };
  const parts = createPaidParts(createProvider());
  const run = await optimize({ ...house, ...parts, settings, store: createMemoryStore() });
  const end = await run.result();
  expect(end).toMatchObject({ status: "finished", reason: "budget" });
  expect(end.tokens).toBeGreaterThanOrEqual(2400);
  // A batch of 10, or the 24 validation tasks of the start, at 2 calls of 15 tokens each, and a study.
  expect(end.tokens).toBeLessThan(2400 + 24 * 30 + 45);
  const store = createMemoryStore();
  const mortal = createMortalStore(store, { atCommit: 90, when: "before" });
  const died = await optimize({ ...house, ...parts, settings, store: mortal });
  await expect(died.result()).rejects.toThrow("The store died");
  await buryOwner(store);
  expect(await (await resume("house", { ...parts, store })).result()).toMatchObject({
    digest: end.digest,
    tokens: end.tokens,
  });
});

test.each([{ usd: 0 }, { minutes: -1 }, { usd: Number.NaN }])("a limit of %o is refused", async (limits) => {
  const run = optimize({ ...house, ...houseParts(), store: createMemoryStore(), limits });
  await expect(run).rejects.toThrow("A limit must be a number above 0");
});
