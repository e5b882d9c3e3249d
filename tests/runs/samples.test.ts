import { describe, expect, test } from "vitest";
import { createProcedureAgent } from "../../agents/procedure/procedure-agent.ts";
import { byTask } from "../../policies/samples.ts";
import { renderReport } from "../../runs/report/page.ts";
import { readReport } from "../../runs/report/report.ts";
import { readRollouts, type RolloutLine } from "../../runs/reading/rollouts.ts";
import { optimize } from "../../runs/cycle/optimize.ts";
import { show } from "../../runs/reading/show.ts";
import type { SettingsInput } from "../../state/settings.ts";
import { createMemoryStore } from "../../stores/drivers/memory.ts";
import { houseParts, houseProgram, houseSettings, houseSuites } from "../support/world.ts";

/** An agent that overlooks a rule now and then, so that samples of a task differ. */
const slipping = () => houseParts(createProcedureAgent({ slip: { base: 0.25, freeWords: 1000, slope: 0 } }));

async function run(settings: SettingsInput, parts = slipping()) {
  const store = createMemoryStore();
  const all = { ...houseSettings, ...settings };
  const started = await optimize({
    ...parts,
    program: houseProgram,
    tasks: houseSuites,
    settings: all,
    run: "r",
    store,
  });
  const result = await started.result();
  return { store, result, timeline: (await show("r", { store })).timeline };
}

async function linesOf(store: Awaited<ReturnType<typeof run>>["store"]): Promise<RolloutLine[]> {
  const lines: RolloutLine[] = [];
  for await (const line of readRollouts("r", { store })) lines.push(line);
  return lines;
}

describe("a run with several samples of each task", () => {
  const three = run({ samples: 3 });

  test("counts every rollout, and lists each with its own score", async () => {
    const { store, result, timeline } = await three;
    const lines = (await linesOf(store)).filter(({ suite }) => suite !== "test");
    expect(lines.length).toBe(result.rollouts);
    const [first] = timeline;
    expect(first?.batch.tasks).toBe(10);
    const start = lines.filter(({ suite, program }) => suite === "validation" && program === first?.parents[0]);
    expect(start.length).toBe(3 * houseSuites.validation.length);
    expect(
      byTask(start, ({ task }) => task).every(({ rows }) => rows.map(({ sample }) => sample).join() === "0,1,2"),
    ).toBe(true);
    expect(lines.every(({ status, answer }) => status === "answered" && answer !== null)).toBe(true);
  });

  test("says how often all samples of a task are right, and how often they differ", async () => {
    const { store, result, timeline } = await three;
    const lines = (await linesOf(store)).filter(
      ({ suite, program }) => suite === "validation" && program === result.skill.hash,
    );
    const tasks = byTask(lines, ({ task }) => task).map(({ rows }) => rows.slice(0, 3).map(({ score }) => score));
    const counts = {
      tasks: tasks.length,
      passed: tasks.filter((scores) => scores.every((score) => score === 1)).length,
      flipped: tasks.filter((scores) => new Set(scores).size > 1).length,
    };
    expect(counts.flipped).toBeGreaterThan(0);
    expect(result.samples).toMatchObject({ count: 3, head: counts });
    expect(timeline.at(-1)?.samples).toEqual(result.samples);
    const mean = tasks.flat().reduce<number>((sum, score) => sum + (score ?? 0), 0) / tasks.flat().length;
    expect(result.score.validation.best).toBeCloseTo(mean, 9);
    expect(await renderReport(await readReport("r", { store }))).toContain("flip rate");
  });

  test("does what it does with one, where all samples are alike", async () => {
    const [one, two] = await Promise.all([1, 2].map((samples) => run({ samples }, houseParts())));
    const heads = ({ timeline }: Awaited<typeof three>) => timeline.map(({ head, headScore }) => ({ head, headScore }));
    expect(heads(two!)).toEqual(heads(one!));
    expect(two!.result.samples?.head?.flipped).toBe(0);
    expect(one!.result.samples).toBeNull();
  });

  test("stays within its budget", async () => {
    const { result } = await run({ samples: 3, generations: null, budgetRollouts: 250 });
    expect(result.rollouts).toBeLessThanOrEqual(250);
    expect(result.reason).toBe("budget");
  });
});
