import { Command } from "@langchain/langgraph";
import { beforeAll, describe, expect, test } from "vitest";
import { branch } from "../../../runs/cycle/branch.ts";
import { optimize } from "../../../runs/cycle/optimize.ts";
import { resume } from "../../../runs/cycle/resume.ts";
import { listRuns } from "../../../runs/reading/list.ts";
import { show } from "../../../runs/reading/show.ts";
import { renderReport } from "../../../runs/report/page.ts";
import { readReport } from "../../../runs/report/report.ts";
import type { RunResult } from "../../../runs/result.ts";
import { createStudio, type Studio } from "../../../runs/studio/studio.ts";
import type { RunState } from "../../../state/channels.ts";
import { isClosing } from "../../../state/evidence.ts";
import { parseSettings } from "../../../state/settings.ts";
import { hillClimb } from "../../../graphs/recipes/hill-climb.ts";
import { createMemoryStore } from "../../../stores/drivers/memory.ts";
import { everyRecipe, type HouseRun } from "../../support/house-runs.ts";
import { houseProgram, houseSuites } from "../../support/world.ts";

/** Two generations are enough, or as many as the recipe's own settings make. */
function shortened(house: HouseRun): HouseRun {
  const { generations } = house.settings;
  return { ...house, settings: { ...house.settings, generations: generations === null ? null : 2 } };
}

/** A store with a run of a recipe, and what LangGraph's tooling has of it. */
async function roomOf({ parts, settings }: HouseRun) {
  const store = createMemoryStore();
  const given = { ...parts(), program: houseProgram, tasks: houseSuites, settings, store };
  const studio = await createStudio({
    store,
    concurrency: 1,
    settings: parseSettings({}, hillClimb),
    partsOf: async () => parts(),
    begin: async () => {
      throw new Error("no run is begun there");
    },
  });
  const configOf = async (name: string) => {
    const { thread } = (await listRuns({ store })).find(({ run }) => run === name)!;
    return { configurable: { thread_id: thread } };
  };
  return { store, parts: parts(), given, studio, configOf };
}

async function statesOf(studio: Studio, config: object) {
  const states = [];
  for await (const { values, next } of studio.graph.getStateHistory(config)) {
    states.unshift({ generation: (values as RunState).generation, next: next[0] });
  }
  return states;
}

describe.each(everyRecipe.map(shortened))("a run of $name", (house) => {
  let room: Awaited<ReturnType<typeof roomOf>>;
  let whole: RunResult;
  beforeAll(async () => {
    room = await roomOf(house);
    whole = await (await optimize({ ...room.given, run: "whole" })).result();
  });

  test("is in Studio a thread of which each state says the node that comes next, and only the last none", async () => {
    const states = await statesOf(room.studio, await room.configOf("whole"));
    expect(states.filter(({ next }) => next === undefined)).toEqual([states.at(-1)]);
    const { timeline } = await show("whole", { store: room.store });
    expect(states.filter(({ next }) => next === "archivist")).toHaveLength(timeline.length);
  });

  test("is not there on another thread, which has no state yet", async () => {
    const other = { configurable: { thread_id: "d2719e8a-5c4a-4b0f-9f35-6a7c2f0e4b11" } };
    expect(await room.studio.graph.getState(other)).toMatchObject({ next: [], tasks: [] });
  });

  test("is branched in its middle, and repeats what it did", async () => {
    const { store, parts } = room;
    await branch("whole", { ...parts, at: Math.max(1, whole.generations - 1), as: "branch", store });
    const repeated = await (await resume("branch", { ...parts, store })).result();
    expect(repeated).toMatchObject({ digest: whole.digest, spent: { executions: 0 } });
  });

  test("waits for a person, is answered in Studio and goes on; with a yes it comes to the same skill", async () => {
    const { store, given, studio, configOf } = room;
    const settings = { ...house.settings, generations: 1, approve: "always" as const };
    const waiting = await (await optimize({ ...given, settings, run: "asks" })).result();
    const unasked = (await show("whole", { store })).timeline;
    // Nobody is asked about what is not accepted.
    if (unasked[0]?.verdict.accepted !== true) return expect(waiting).toMatchObject({ status: "finished" });
    expect(waiting).toMatchObject({ status: "waiting", asked: { verdict: { accepted: true } } });
    const config = await configOf("asks");
    const { next, tasks } = await studio.graph.getState(config);
    expect(next).toEqual(["accept-gate"]);
    expect(tasks[0]?.interrupts[0]?.value).toEqual(waiting.asked);
    const answer = new Command({ resume: true });
    const updated: string[] = [];
    for await (const update of await studio.graph.stream(answer, { ...config, streamMode: "updates" }))
      updated.push(...Object.keys(update as object));
    expect([updated[0], updated.at(-1)]).toEqual(["accept-gate", "archivist"]);
    const asked = (await show("asks", { store })).timeline;
    expect(asked[0]?.head).toEqual(unasked[0].head);
    expect(asked[0]?.verdict.reason).toBe(`${unasked[0].verdict.reason}, approved`);
  });

  test("is a page with its recipe, all of its generations, and each program that it kept", async () => {
    const { store } = room;
    const report = await readReport("whole", { store });
    const page = await renderReport(report);
    expect(page).toContain(`>${house.name}<`);
    expect(page).not.toMatch(/\bNaN\b|\bundefined\b|\[object /);
    expect(report.timeline.filter((one) => !isClosing(one))).toHaveLength(whole.generations);
    for (const { verdict } of report.timeline) expect(page).toContain(verdict.reason);
    for (const { program } of report.members) expect(page).toContain(program.slice(0, 12));
  });
});
