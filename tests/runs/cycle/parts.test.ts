import { describe, expect, test } from "vitest";
import { optimize } from "../../../runs/cycle/optimize.ts";
import { openRun } from "../../../runs/reading/open-run.ts";
import { show } from "../../../runs/reading/show.ts";
import { RolloutSet } from "../../../state/task.ts";
import { createMemoryStore } from "../../../stores/drivers/memory.ts";
import { createPayload } from "../../../stores/payload/payload.ts";
import { openRuns } from "../../../runs/session.ts";
import { houseRuns } from "../../support/house-runs.ts";
import { houseProgram, houseSuites } from "../../support/world.ts";

/** A run of the house with this recipe, over more generations than the durability suite has. */
async function runOf(name: string, generations = 8) {
  const house = houseRuns.find((each) => each.name === name)!;
  const store = createMemoryStore();
  const settings = { ...house.settings, generations, acceptance: "strict", target: null };
  const run = await optimize({
    ...house.parts(),
    program: houseProgram,
    tasks: houseSuites,
    settings,
    store,
    run: name,
  });
  const result = await run.result();
  const { timeline } = await show(name, { store });
  return { store, result, timeline, opened: await openRun(name, { store }) };
}

describe("runs with parts of other systems", () => {
  test("try a near miss once more in the next generation, and not a third time", async () => {
    const { timeline } = await runOf("near-misses");
    const retried = timeline.map(({ candidate }) => candidate?.origin.features["retried"] === true);
    expect(retried).toContain(true);
    for (const [at, isRetried] of retried.entries()) {
      if (!isRetried) continue;
      expect(timeline[at - 1]?.verdict.accepted).toBe(false);
      expect(retried[at - 1]).toBe(false);
    }
  });

  test("know each train task that was rolled out, and replay those of the program that is edited alone", async () => {
    const { store, opened, timeline, result } = await runOf("batches-in-parallel");
    const state = await opened.state();
    const memories = await opened.memories(state);
    const [name] = Object.keys(memories).filter((each) => each.startsWith("sampling.posterior"));
    const drawn = timeline.reduce((sum, { batch }) => sum + batch.tasks, 0);
    const known = Object.keys(memories[name as string] as object).length;
    expect(known).toBeGreaterThan(10);
    expect(known).toBeLessThanOrEqual(drawn);
    const place = await openRuns(store).registry.find("batches-in-parallel");
    const payload = createPayload({ store, family: place!.family });
    const sets = await Promise.all(state.replay.map((hash) => payload.json(hash, RolloutSet)));
    expect(new Set(sets.map(({ program }) => program))).toEqual(new Set(state.parents));
    expect(result.score.validation.best).toBeGreaterThan(result.score.validation.start!);
  });

  test("end once the skill no longer grows, and say what drafts took", async () => {
    const { result, timeline } = await runOf("refined-drafts", 30);
    expect(result.reason).toBe("converged");
    expect(timeline.length).toBeLessThan(30);
    const made = timeline.flatMap(({ candidate }) =>
      candidate === null ? [] : [candidate.origin.features["simulations"]],
    );
    expect(made).not.toEqual([]);
    for (const { path, all } of made as Array<{ path: number; all: number }>) {
      expect(path).toBeGreaterThan(0);
      expect(path).toBeLessThan(all);
    }
  });
});
