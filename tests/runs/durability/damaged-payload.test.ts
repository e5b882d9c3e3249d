import { describe, expect, test } from "vitest";
import { optimize } from "../../../runs/cycle/optimize.ts";
import { resume } from "../../../runs/cycle/resume.ts";
import { collectGarbage } from "../../../runs/keeping/collect.ts";
import { openRun, type OpenRun } from "../../../runs/reading/open-run.ts";
import { openRuns } from "../../../runs/session.ts";
import type { RunState } from "../../../state/channels.ts";
import type { Hash } from "../../../state/json.ts";
import { createMemoryStore } from "../../../stores/drivers/memory.ts";
import type { RecordStore } from "../../../stores/record-store.ts";
import { blobSpace } from "../../../stores/spaces.ts";
import { houseParts, houseProgram, houseSettings, houseSuites, proposingMore } from "../../support/world.ts";

const { agent, analyst, verifier } = houseParts();
const parts = { agent, analyst: proposingMore(analyst), verifier };
const house = {
  ...parts,
  program: houseProgram,
  tasks: houseSuites,
  settings: { ...houseSettings, candidates: 3, acceptance: "strict" },
  run: "house",
};

/** A run of three candidates a generation that was paused after its first, and the digest it ends in where nothing is damaged. */
async function paused(): Promise<{ store: RecordStore; state: RunState; opened: OpenRun }> {
  const store = createMemoryStore();
  const run = await optimize({ ...house, store });
  for await (const event of run.events()) if (event.type === "generation-end" && event.generation === 1) run.pause();
  await run.result();
  const opened = await openRun("house", { store });
  const state = await opened.state(1);
  expect(await opened.measured(state)).toHaveLength(3);
  expect(state.head).not.toBe(state.start);
  return { store, state, opened };
}

async function lose(store: RecordStore, hash: Hash): Promise<void> {
  const place = await openRuns(store).registry.find("house");
  await store.commit([{ space: blobSpace(place?.family ?? "", hash), drop: true }]);
}

const whole = optimize({ ...house, store: createMemoryStore() }).then((run) => run.result());

describe("a run whose payload is damaged goes back a checkpoint, says so, and comes to the same end", () => {
  const kinds: Array<[string, (state: RunState, run: OpenRun) => Hash | Promise<Hash>]> = [
    ["the archive", ({ archive }) => archive as Hash],
    ["a column that was measured of a member", async (state, run) => (await run.columns(state))[0]?.column as Hash],
    [
      "the column of a candidate",
      async (state, run) => (await run.measured(state)).find(({ column }) => column !== null)?.column as Hash,
    ],
    ["what was found of the candidates", ({ measured }) => measured as Hash],
    [
      "the evidence of a candidate that was passed over",
      async (state, run) => (await run.measured(state)).at(-1)?.stages[0]?.evidence as Hash,
    ],
    ["the program of a member", ({ head }) => head],
  ];
  test.each(kinds)("%s", async (_, hashIn) => {
    const { store, state, opened } = await paused();
    await lose(store, await hashIn(state, opened));
    const result = await (await resume("house", { ...parts, store })).result();
    expect(result).toMatchObject({ status: "finished", digest: (await whole).digest });
    expect(store.warnings.all().join("\n")).toContain("falls back to the previous checkpoint");
  });
});

test("collecting garbage keeps the archive of every generation, the columns of its members and the evidence of all candidates", async () => {
  const store = createMemoryStore();
  await (await optimize({ ...house, store })).result();
  const opened = await openRun("house", { store });
  const read = async () => {
    const all = [];
    for (const generation of [1, 2, 3]) {
      const state = await opened.state(generation);
      all.push(await opened.archive(state));
      for (const { stages } of await opened.measured(state))
        for (const stage of stages) all.push(await opened.stage(stage));
      for (const { column } of await opened.columns(state)) all.push(await opened.column(column));
    }
    return all;
  };
  const before = await read();
  expect(before.length).toBeGreaterThan(6);
  await collectGarbage({ store });
  expect(await read()).toEqual(before);
});
