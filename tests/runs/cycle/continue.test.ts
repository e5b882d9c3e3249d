import { describe, expect, test } from "vitest";
import { branch } from "../../../runs/cycle/branch.ts";
import { exportRun } from "../../../runs/keeping/export.ts";
import { optimize } from "../../../runs/cycle/optimize.ts";
import { resume } from "../../../runs/cycle/resume.ts";
import { show } from "../../../runs/reading/show.ts";
import type { RunResult } from "../../../runs/result.ts";
import type { RunEvent } from "../../../state/events.ts";
import { canonicalJson } from "../../../state/json.ts";
import type { SettingsInput } from "../../../state/settings.ts";
import { createMemoryStore } from "../../../stores/drivers/memory.ts";
import type { RecordStore } from "../../../stores/record-store.ts";
import { buryOwner } from "../../support/durability/crashes.ts";
import { createMortalStore } from "../../support/durability/mortal-store.ts";
import { isClosing } from "../../../state/evidence.ts";
import { houseParts, houseProgram, houseSettings, houseSuites } from "../../support/world.ts";

const name = "house";

function start(store: RecordStore, settings: SettingsInput) {
  const all = { ...houseSettings, target: null, ...settings };
  return optimize({ ...houseParts(), program: houseProgram, tasks: houseSuites, settings: all, run: name, store });
}

const known = new Map<string, Promise<RunResult>>();

/** How a run with these settings ends that nothing happens to. */
function whole(settings: SettingsInput): Promise<RunResult> {
  const key = canonicalJson(settings);
  const result = known.get(key) ?? start(createMemoryStore(), settings).then((run) => run.result());
  known.set(key, result);
  return result;
}

const goOn = async (store: RecordStore, settings?: SettingsInput) =>
  (await resume(name, { ...houseParts(), store, ...(settings === undefined ? {} : { settings }) })).result();

/** A run that is paused at the first event that is meant. */
async function pausedAt(store: RecordStore, settings: SettingsInput, isMeant: (event: RunEvent) => boolean) {
  const run = await start(store, settings);
  for await (const event of run.events()) if (isMeant(event)) run.pause();
  return run.result();
}

const open = { budgetRollouts: 400 };

describe("a finished run that gets more ends as if it had been started with it", () => {
  test.each<[string, SettingsInput, SettingsInput]>([
    ["generations", { generations: 2 }, { generations: 5 }],
    ["patience", { generations: 6, patience: 1 }, { patience: 4 }],
    ["target", { generations: 4, target: 0.3 }, { target: null }],
    ["a last audit", { generations: 2, acceptance: "optimistic" }, { generations: 5 }],
    ...[90, 112].map((rollouts): [string, SettingsInput, SettingsInput] => [
      `a last audit and a budget of ${rollouts} rollouts`,
      { generations: 5, budgetRollouts: rollouts, acceptance: "optimistic", edits: 1 },
      { budgetRollouts: 400 },
    ]),
    ...[57, 61, 68, 75, 90, 110].map((rollouts): [string, SettingsInput, SettingsInput] => [
      `a budget of ${rollouts} rollouts`,
      { generations: 4, budgetRollouts: rollouts },
      { budgetRollouts: 400 },
    ]),
  ])("%s", async (_, little, more) => {
    const store = createMemoryStore();
    const before = await (await start(store, little)).result();
    const after = await goOn(store, more);
    const expected = await whole({ ...little, ...more });
    expect(before.status).toBe("finished");
    expect(before.digest).not.toBe(expected.digest);
    expect([after.status, after.reason, after.digest]).toEqual(["finished", expected.reason, expected.digest]);
    expect((await show(name, { store })).timeline.filter((one) => !isClosing(one))).toHaveLength(expected.generations);
  });

  test("and pays for nothing again, but for the look at the test tasks that the earlier end took", async () => {
    const store = createMemoryStore();
    const little = { generations: 4, budgetRollouts: 68 };
    await (await start(store, little)).result();
    const after = await goOn(store, { budgetRollouts: 400 });
    const expected = (await whole({ ...little, budgetRollouts: 400 })).spent.executions;
    expect(after.spent.executions).toBe(expected + houseSuites.test.length);
  });

  test("more than once", async () => {
    const store = createMemoryStore();
    await (await start(store, { generations: 1 })).result();
    for (const generations of [2, 3, 4]) await goOn(store, { generations });
    expect((await show(name, { store })).result.digest).toBe((await whole({ generations: 4 })).digest);
  });
});

describe("a change of settings of a paused run", () => {
  test.each<[string, (event: RunEvent) => boolean]>([
    ["in the first generation", ({ type }) => type === "rollout-end"],
    ["in a later one", (event) => event.type === "generation-start" && event.generation === 2],
    [
      "in a wave of validation",
      (event) => event.type === "rollout-end" && event.generation === 2 && event.suite === "validation",
    ],
    ["at the end of one", (event) => event.type === "generation-end" && event.generation === 1],
  ])("counts from the end of the last whole generation: paused %s", async (_, isMeant) => {
    const store = createMemoryStore();
    const paused = await pausedAt(store, { generations: 3 }, isMeant);
    const after = await goOn(store, { batch: 5, edits: 1 });
    const branched = createMemoryStore();
    await (
      await start(branched, { generations: 3, ...(paused.generations === 0 ? { batch: 5, edits: 1 } : {}) })
    ).result();
    const at = Math.max(1, paused.generations);
    await branch(name, { ...houseParts(), at, as: "b", settings: { batch: 5, edits: 1 }, store: branched });
    const expected = await (await resume("b", { ...houseParts(), store: branched })).result();
    expect(paused.status).toBe("paused");
    expect([after.status, after.digest]).toEqual(["finished", expected.digest]);
  });

  test("is refused where it would make it another run, or there is no such setting", async () => {
    const store = createMemoryStore();
    await (await start(store, { generations: 1 })).result();
    await expect(goOn(store, { seed: 2 })).rejects.toThrow('"seed" of run "house" is 1 and cannot be changed');
    await expect(goOn(store, { acceptance: "strict" })).rejects.toThrow("skillgraph branch house --at N");
    await expect(goOn(store, { generation: 2 } as SettingsInput)).rejects.toThrow('did you mean "generations"?');
    expect((await show(name, { store })).settings.seed).toBe(1);
  });
});

test("a finished run without a change stays as it is", async () => {
  const store = createMemoryStore();
  const before = await (await start(store, { generations: 2 })).result();
  const { digest, status } = await goOn(store);
  expect([digest, status]).toEqual([before.digest, "finished"]);
});

test("a run whose change was cut short goes on under it, wherever that was, and is not called finished meanwhile", async () => {
  const little = { generations: 4, budgetRollouts: 68 };
  const expected = await whole({ ...little, ...open });
  const finished = createMemoryStore();
  await (await start(finished, little)).result();
  for (let atCommit = 1, isDone = false; !isDone; atCommit += atCommit < 10 ? 1 : 23) {
    const store = createMemoryStore();
    await exportRun(name, { store: finished, to: store });
    const mortal = createMortalStore(store, { atCommit, when: atCommit % 2 === 0 ? "before" : "after" });
    isDone = await resume(name, { ...houseParts(), store: mortal, settings: open })
      .then((run) => run.result())
      .then(
        () => true,
        () => false,
      );
    if (isDone) expect(atCommit).toBeGreaterThan(10);
    await buryOwner(store, name);
    const { settings, result } = await show(name, { store });
    if (settings.budgetRollouts !== open.budgetRollouts) continue;
    if (!isDone && result.status === "finished") expect(result.digest).toBe(expected.digest);
    expect((await goOn(store)).digest).toBe(expected.digest);
  }
});
