import { describe, expect, test } from "vitest";
import { createStatisticalAnalyst } from "../../analysts/statistical/statistical-analyst.ts";
import { branch } from "../../runs/cycle/branch.ts";
import { estimateRun } from "../../runs/cycle/estimate.ts";
import { forecastOf } from "../../runs/forecast-rest.ts";
import type { RunForecast } from "../../runs/forecast.ts";
import { optimize } from "../../runs/cycle/optimize.ts";
import { resume } from "../../runs/cycle/resume.ts";
import { show } from "../../runs/reading/show.ts";
import { isClosing, type GenerationRecord } from "../../state/evidence.ts";
import { hillClimb } from "../../graphs/recipes/hill-climb.ts";
import { parseSettings, type SettingsInput } from "../../state/settings.ts";
import { createMemoryStore } from "../../stores/drivers/memory.ts";
import { houseParts, houseProgram, houseSuites } from "../support/world.ts";

const house = { program: houseProgram, tasks: houseSuites };
/** Nothing but the budget ends these runs. */
const open = { target: null, edits: 2, acceptance: "no-worse" };

function expectWithin({ generations, decisions }: RunForecast, all: readonly GenerationRecord[]): void {
  const timeline = all.filter((record) => !isClosing(record));
  const measured = timeline.filter(({ evidence, candidate }) => evidence !== null && candidate !== null);
  expect(timeline.length).toBeGreaterThanOrEqual(generations.least);
  expect(timeline.length).toBeLessThanOrEqual(generations.most);
  expect(measured.length).toBeLessThanOrEqual(decisions.most);
  if (measured.length === timeline.length) expect(measured.length).toBeGreaterThanOrEqual(decisions.least);
}

describe("the forecast holds what really happens", () => {
  test.each<SettingsInput>([
    { budgetRollouts: 150, batch: 10, wave: 6 },
    { budgetRollouts: 150, batch: 10, wave: 24 },
    { budgetRollouts: 200, batch: 15, wave: 4, sampling: "minibatch" },
    { budgetRollouts: 120, batch: 7, wave: 3, validation: 12 },
    { budgetRollouts: 46, batch: 16, wave: 6 },
    { budgetRollouts: 180, batch: 40, wave: 8, acceptance: "strict" },
    { budgetRollouts: 150, batch: 10, acceptance: "optimistic" },
    { budgetRollouts: 260, batch: 10, candidates: 3, acceptance: "optimistic" },
    { generations: 4, batch: 10, acceptance: "optimistic" },
    { budgetRollouts: 130, batch: 12, acceptance: "always" },
    { generations: 4, batch: 10, wave: 6 },
    { generations: 3, budgetRollouts: 500, batch: 10, wave: 6 },
  ])("of a run with %o", async (changes) => {
    const settings = parseSettings({ ...open, ...changes }, hillClimb);
    const estimate = await estimateRun({ ...house, settings });
    const store = createMemoryStore();
    const result = await (await optimize({ ...house, ...houseParts(), settings, store })).result();
    expect(result.rollouts).toBeGreaterThanOrEqual(estimate.rollouts.least);
    expect(result.rollouts).toBeLessThanOrEqual(estimate.rollouts.most);
    expectWithin(estimate, (await show("run", { store })).timeline);
  });

  test("of what is left to a run, after a pause, with a larger budget, and in a branch", async () => {
    const store = createMemoryStore();
    const settings = { ...open, budgetRollouts: 130, batch: 10, wave: 6 };
    const run = await optimize({ ...house, ...houseParts(), settings, store });
    for await (const event of run.events()) if (event.type === "generation-end" && event.generation === 2) run.pause();
    await run.result();
    const rest = await forecastOf("run", { store });
    await (await resume("run", { ...houseParts(), store })).result();
    const { timeline } = await show("run", { store });
    expectWithin(rest, timeline.slice(2));
    expect(await forecastOf("run", { store })).toMatchObject({
      generations: { least: 0, most: 0 },
      text: "nothing left to do (budget)",
      warning: null,
    });

    const more = await forecastOf("run", { store, settings: { budgetRollouts: 260 } });
    await (await resume("run", { ...houseParts(), store, settings: { budgetRollouts: 260 } })).result();
    const longer = (await show("run", { store })).timeline;
    const kept = longer.findIndex((record, index) => JSON.stringify(record) !== JSON.stringify(timeline[index]));
    expectWithin(more, longer.slice(kept));

    await branch("run", { ...houseParts(), at: 2, as: "other", store, settings: { budgetRollouts: 200, wave: 12 } });
    const branched = await forecastOf("other", { store });
    await (await resume("other", { ...houseParts(), store })).result();
    expectWithin(branched, (await show("other", { store })).timeline.slice(2));
  });
});

test("the forecast of a run whose validation sample has grown counts the tasks that it uses now", async () => {
  const store = createMemoryStore();
  const settings = { ...open, target: 0.5, validation: 4, batch: 10, wave: 24, generations: 3 };
  await (await optimize({ ...house, ...houseParts(), settings, store })).result();
  const grown = (await show("run", { store })).timeline.at(-1)!.headTasks;
  expect(grown).toBeGreaterThan(4);
  const longer = { generations: null, target: 1, budgetRollouts: 400 };
  const rest = await forecastOf("run", { store, settings: longer });
  await (await resume("run", { ...houseParts(), store, settings: longer })).result();
  expectWithin(rest, (await show("run", { store })).timeline.slice(3));
});

describe("the forecast in words", () => {
  const tell = async (changes: SettingsInput, limits = {}) => {
    const settings = parseSettings({ acceptance: "no-worse", ...changes }, hillClimb);
    return estimateRun({ ...house, settings, limits: { usd: null, minutes: null, ...limits } });
  };

  test("says what for, and warns where it is one decision or none, with what to do", async () => {
    expect(await tell({ budgetRollouts: 500, batch: 10, wave: 6 })).toMatchObject({
      text: "14 to 47 generations, 14 to 29 decisions for 500 rollouts",
      warning: null,
    });
    expect(await tell({ budgetRollouts: 60, batch: 10, wave: 6 })).toMatchObject({
      warning:
        "possibly only one decision about a candidate for 60 rollouts. Raise budgetRollouts (--budget-rollouts), or lower validation (24) or batch (10).",
    });
    expect((await tell({ budgetRollouts: 40, batch: 10, wave: 6 })).warning).toMatch(
      /^at most one decision about a candidate for 40 rollouts\./,
    );
    expect((await tell({ budgetRollouts: 56, batch: 10, wave: 6 })).warning).toMatch(
      /^possibly no decision about a candidate for 56 rollouts\./,
    );
    expect((await tell({ generations: 1 })).warning).toBeNull();
    expect((await tell({ generations: 5 })).text).toBe("5 generations, up to 5 decisions");
  });

  test("says of which budget it cannot be told what it buys", async () => {
    const { text, unknown } = await tell({ generations: 5 }, { usd: 2, minutes: 30 });
    expect(text).toBe("5 generations, up to 5 decisions, if $2.00 and 30 minutes suffice");
    expect(unknown).toEqual(["usd", "minutes"]);
  });

  test("reckons with what a rollout took so far, in tokens, US dollars and minutes", async () => {
    const store = createMemoryStore();
    const { agent: embedded } = houseParts();
    const agent = {
      fingerprint: "paid@1",
      async answer(...call: Parameters<typeof embedded.answer>) {
        return { ...(await embedded.answer(...call)), cost: { inputTokens: 90, outputTokens: 10, usd: 0.01 } };
      },
    };
    const parts = { agent, analyst: createStatisticalAnalyst(), verifier: houseParts().verifier };
    const settings = { ...open, generations: 2, batch: 10, wave: 6 };
    const { rollouts, tokens, spent } = await (await optimize({ ...house, ...parts, settings, store })).result();
    expect([tokens / rollouts, spent.usd]).toEqual([100, expect.closeTo(rollouts / 100 + 0.24, 6)]);
    const rest = { generations: 100, batch: 34 };
    const tokensLeft = await forecastOf("run", { store, settings: { ...rest, budgetTokens: tokens + 5_000 } });
    expect(tokensLeft).toMatchObject({ bound: "budgetTokens", unknown: [] });
    expect(tokensLeft.text).toMatch(/^about 2 to 3 more generations, 1 to 2 decisions for [\d,]+ tokens in all$/);
    const dollars = await forecastOf("run", { store, settings: rest, limits: { usd: spent.usd + 3, minutes: 600 } });
    expect(dollars).toMatchObject({ bound: "usd", unknown: [] });
  });
});
