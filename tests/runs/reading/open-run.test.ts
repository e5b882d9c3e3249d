import { beforeAll, describe, expect, test } from "vitest";
import { branch } from "../../../runs/cycle/branch.ts";
import { openRun, type OpenRun } from "../../../runs/reading/open-run.ts";
import { optimize } from "../../../runs/cycle/optimize.ts";
import { createSession, openRuns } from "../../../runs/session.ts";
import { show } from "../../../runs/reading/show.ts";
import { meanScore } from "../../../policies/scores.ts";
import { applyEdits } from "../../../skills/edits.ts";
import { programHash } from "../../../skills/folder.ts";
import { mainObjective } from "../../../state/archive.ts";
import type { RunState } from "../../../state/channels.ts";
import { hillClimb } from "../../../graphs/recipes/hill-climb.ts";
import { parseSettings } from "../../../state/settings.ts";
import { createLedger } from "../../../stores/ledger/ledger.ts";
import { createMemoryStore } from "../../../stores/drivers/memory.ts";
import { createPayload } from "../../../stores/payload/payload.ts";
import { createStateReader } from "../../../stores/payload/state-reader.ts";
import { houseParts, houseProgram, houseSettings, houseSuites } from "../../support/world.ts";

const store = createMemoryStore();
const parts = houseParts();

beforeAll(async () => {
  const house = { ...parts, program: houseProgram, tasks: houseSuites, settings: houseSettings, store, run: "house" };
  await (await optimize(house)).result();
  await branch("house", { ...parts, at: 2, as: "branched", store });
});

/** How many rows of the evidence of a generation's verdict were asked before it was decided. */
async function decidedAt(run: OpenRun, state: RunState): Promise<number> {
  const measured = await run.measured(state);
  const stage = measured.find((one) => one.candidate.program === state.candidate?.program)?.stages.at(-1);
  return stage === undefined ? 0 : (await run.stage(stage)).decidedAt;
}

describe("an opened run", () => {
  test("gives the state of each generation, and the last one without a number", async () => {
    const run = await openRun("house", { store });
    const { timeline, result } = await show("house", { store });
    for (const { generation, head } of timeline) {
      expect(await run.state(generation)).toMatchObject({ generation, head, record: { generation } });
    }
    expect((await run.state()).head).toBe(result.skill.hash);
    await expect(run.state(7)).rejects.toMatchObject({ problem: "generation" });
  });

  test("gives a branch the states it inherited", async () => {
    const [run, parent] = [await openRun("branched", { store }), await openRun("house", { store })];
    expect(await run.state(1)).toEqual(await parent.state(1));
    expect(run.thread).not.toBe(parent.thread);
    await expect(run.state(3)).rejects.toMatchObject({ problem: "generation" });
  });

  test("refuses a run that is not there", async () => {
    await expect(openRun("nobody", { store })).rejects.toMatchObject({ problem: "missing" });
  });
});

describe("what the hashes of a state stand for", () => {
  test("the rollouts of the batch, with question, answer and score", async () => {
    const run = await openRun("house", { store });
    const state = await run.state(1);
    const rollouts = await run.rollouts(state);
    expect(rollouts.map(({ question }) => question.id)).toEqual(
      state.batch.map((index) => houseSuites.train[index]?.id),
    );
    expect(rollouts.every(({ rollout }) => rollout.program === state.parents[0] && rollout.answer !== null)).toBe(true);
    expect(meanScore(rollouts.map(({ score }) => score?.value ?? null))).toBe((await run.record(state))?.batch.score);
    const failed = rollouts.filter(({ score }) => score?.value !== 1).map(({ rollout }) => rollout.task);
    expect((await run.failures(state)).map(({ task }) => task)).toEqual(failed);
  });

  test("the edits of a candidate, which applied to its parent give its program", async () => {
    const run = await openRun("house", { store });
    const { candidate } = (await run.state(1)) as RunState & { candidate: NonNullable<RunState["candidate"]> };
    const made = applyEdits(await run.program(candidate.parents[0] as string), await run.edits(candidate));
    expect(programHash(made)).toBe(candidate.program);
    expect(await run.program(candidate.program)).toEqual(made);
  });

  test("the evidence of a verdict, with what was not evaluated told apart from what is missing", async () => {
    const run = await openRun("house", { store });
    for (const generation of [1, 2, 3]) {
      const state = await run.state(generation);
      const rows = await run.evidence(state);
      const { asked, planned } = (await run.record(state))?.evidence ?? { asked: 0, planned: 0 };
      expect(rows.length).toBe(planned);
      expect(rows.filter(({ candidate }) => candidate !== "not evaluated").length).toBe(asked);
      expect(rows.filter(({ votes }) => votes).length).toBe(Math.min(planned, await decidedAt(run, state)));
      const tasks = await run.tasks(state, "validation");
      expect(tasks).toEqual(houseSuites.validation);
      expect(rows.every(({ task }) => tasks.some(({ id }) => id === task.id))).toBe(true);
    }
    expect(await run.evidence({ ...(await run.state(1)), measured: null })).toEqual([]);
    expect(await run.evidence({ ...(await run.state(1)), candidate: null })).toEqual([]);
  });

  test("the archive, with the column of each member, which is the start before the first generation", async () => {
    const run = await openRun("house", { store });
    for (const generation of [1, 2, 3]) {
      const state = await run.state(generation);
      const [member, ...others] = await run.archive(state);
      expect(others).toEqual([]);
      expect(member?.program).toBe(state.head);
      expect(meanScore(member?.values[mainObjective] ?? [])).toBe(state.record?.headScore);
      expect(await run.column(member?.column as string)).toEqual(member?.values);
    }
    const { start } = await run.state(1);
    expect(await run.archive({ start, archive: null })).toMatchObject([{ program: start, column: null, values: {} }]);
  });

  test("open for states that LangGraph gives, by payload and ledger of one's own", async () => {
    const runs = openRuns(store);
    const place = (await runs.registry.find("house")) as { name: string; thread: string; family: string };
    const settings = parseSettings(houseSettings as Record<string, unknown>, hillClimb);
    const { graph, config } = await createSession({ runs, place, parts, settings, concurrency: 1 });
    const payload = createPayload({ store, family: place.family });
    const reader = createStateReader({ payload, ledger: createLedger({ store, family: place.family, run: "reader" }) });
    const answered: number[] = [];
    for await (const { values, next } of graph.getStateHistory(config)) {
      if (next[0] !== "failure-analyzer") continue;
      const rollouts = await reader.rollouts(values as RunState);
      answered.push(rollouts.filter(({ rollout }) => rollout.status === "answered").length);
    }
    expect(answered).toEqual([10, 10, 10]);
  });
});
