import { afterEach, expect, test, vi } from "vitest";
import { branch } from "../../../runs/cycle/branch.ts";
import { openRun } from "../../../runs/reading/open-run.ts";
import { optimize } from "../../../runs/cycle/optimize.ts";
import { resume } from "../../../runs/cycle/resume.ts";
import { readRollouts, type RolloutLine } from "../../../runs/reading/rollouts.ts";
import { show } from "../../../runs/reading/show.ts";
import { createMemoryStore } from "../../../stores/drivers/memory.ts";
import type { RecordStore } from "../../../stores/record-store.ts";
import { houseParts, houseProgram, houseSettings, houseSuites } from "../../support/world.ts";

afterEach(() => void vi.unstubAllEnvs());

const house = { ...houseParts(), program: houseProgram, tasks: houseSuites, settings: houseSettings, run: "house" };

async function linesOf(run: string, store: RecordStore): Promise<RolloutLine[]> {
  const lines: RolloutLine[] = [];
  for await (const line of readRollouts(run, { store })) lines.push(line);
  return lines;
}

test("every rollout that was asked for is a line, the test split's last and marked", async () => {
  const store = createMemoryStore();
  const { rollouts, score } = await (await optimize({ ...house, store })).result();
  const lines = await linesOf("house", store);
  const asked = lines.filter(({ suite }) => suite !== "test");
  expect(asked).toHaveLength(rollouts);
  expect(lines.slice(0, asked.length)).toEqual(asked);
  expect(asked.map(({ generation }) => generation)).toEqual(asked.map(({ generation }) => generation).toSorted());
  expect(
    asked.every(({ status, answer, score: each }) => status === "answered" && answer !== null && each !== null),
  ).toBe(true);
  const best = asked.filter(({ suite, generation }) => suite === "validation" && generation === 1).slice(0, 24);
  expect(best.every(({ score: each }) => each === 0)).toBe(score.validation.start === 0);
  const tested = lines.slice(asked.length);
  expect(tested).toHaveLength(2 * houseSuites.test.length);
  expect(
    tested.every(({ generation, score: each, answer }) => generation === null && each === null && answer !== null),
  ).toBe(true);
});

test("the lines of a candidate add up to its evidence", async () => {
  const store = createMemoryStore();
  await (await optimize({ ...house, store })).result();
  const [lines, run] = [await linesOf("house", store), await openRun("house", { store })];
  for (const generation of [1, 2, 3]) {
    const state = await run.state(generation);
    const own = lines.filter((line) => line.generation === generation && line.program === state.candidate?.program);
    const rows = (await run.evidence(state)).filter(({ candidate }) => candidate !== "not evaluated");
    expect(own.map(({ task, score }) => [task, score])).toEqual(
      rows.map(({ task, candidate }) => [task.id, candidate]),
    );
  }
});

test("a branch has the lines it inherited, named after the run that made them", async () => {
  const store = createMemoryStore();
  await (await optimize({ ...house, store })).result();
  await branch("house", { ...houseParts(), at: 2, as: "more", settings: { generations: 3, edits: 1 }, store });
  await (await resume("more", { ...houseParts(), store })).result();
  const [lines, parent] = [await linesOf("more", store), await linesOf("house", store)];
  const inherited = lines.filter(({ generation }) => generation !== null && generation <= 2);
  expect(inherited).toEqual(parent.filter(({ generation }) => generation !== null && generation <= 2));
  expect(lines.filter(({ suite }) => suite !== "test")).toHaveLength((await show("more", { store })).result.rollouts);
  expect(new Set(lines.filter(({ generation }) => generation === 3).map(({ run }) => run))).toEqual(new Set(["more"]));
});

test("what failed is missing with its reason, and no secret is told", async () => {
  vi.stubEnv("CANARY_API_KEY", "sk-canary-4f9d81c2e7");
  const store = createMemoryStore();
  const { agent } = house;
  let asked = 0;
  const failing = {
    fingerprint: "failing@1",
    async answer(...call: Parameters<typeof agent.answer>) {
      asked += 1;
      if (asked % 4 === 0) throw new Error("no answer");
      return { ...(await agent.answer(...call)), text: "the key is sk-canary-4f9d81c2e7" };
    },
  };
  const result = await (await optimize({ ...house, agent: failing, store })).result();
  const lines = await linesOf("house", store);
  // Some verdicts are left undecided, and what was missing for them is asked again.
  expect((await show("house", { store })).timeline.some(({ verdict }) => !verdict.decided)).toBe(true);
  expect(lines.filter(({ suite }) => suite !== "test")).toHaveLength(result.rollouts);
  const missing = lines.filter(({ status }) => status === "missing");
  expect(new Set(missing.map(({ suite }) => suite))).toEqual(new Set(["train", "validation", "test"]));
  for (const line of missing) expect(line).toMatchObject({ reason: "no answer", score: null, answer: null });
  const answers = new Set(lines.filter(({ status }) => status === "answered").map(({ answer }) => answer));
  expect([...answers]).toEqual(["the key is [CANARY_API_KEY]"]);
});
