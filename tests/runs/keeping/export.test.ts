import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { branch } from "../../../runs/cycle/branch.ts";
import { exportRun } from "../../../runs/keeping/export.ts";
import { optimize } from "../../../runs/cycle/optimize.ts";
import { resume } from "../../../runs/cycle/resume.ts";
import { openRuns } from "../../../runs/session.ts";
import { show } from "../../../runs/reading/show.ts";
import { createMemoryStore } from "../../../stores/drivers/memory.ts";
import { under, type RecordStore } from "../../../stores/record-store.ts";
import { familyPrefix, threadSpace } from "../../../stores/spaces.ts";
import { createMortalStore } from "../../support/durability/mortal-store.ts";
import { drivers, openFastSqlite, temporaryFolder, type TestStore } from "../../support/stores.ts";
import { houseParts, houseProgram, houseSettings, houseSuites } from "../../support/world.ts";
import { runCommandLine } from "../../../cli/program.ts";

const house = { ...houseParts(), program: houseProgram, tasks: houseSuites, settings: houseSettings, run: "house" };

/** A finished run and an unfinished branch of it. */
async function family(): Promise<RecordStore> {
  const store = createMemoryStore();
  await (await optimize({ ...house, store })).result();
  await branch("house", { ...houseParts(), at: 2, settings: { generations: 4 }, as: "more", store });
  return store;
}

async function recordsOf(store: RecordStore, prefix: string): Promise<Map<string, string>> {
  const records = new Map<string, string>();
  for (const space of await store.spaces(prefix)) {
    for (const { key, value } of await store.list(space, {})) {
      if (key !== "epoch" && key !== "owner") records.set(`${space} ${key}`, value);
    }
  }
  return records;
}

describe.each(drivers)("exporting a run to $name", ({ open }) => {
  let opened: TestStore;
  let to: RecordStore;
  beforeEach(() => {
    opened = open();
    to = opened.store;
  });
  afterEach(() => opened.dispose());

  test("copies all of its family: shown alike, in the same order, and resumed to the same end", async () => {
    const from = await family();
    const exported = await exportRun("house", { store: from, to });
    expect(exported.runs).toEqual(["house", "more"]);
    for (const name of exported.runs) {
      const [before, after] = [await show(name, { store: from }), await show(name, { store: to })];
      expect(after).toEqual(before);
    }
    expect((await show("house", { store: to })).result.digest).toBe(exported.digest);
    const prefix = familyPrefix((await openRuns(from).registry.find("house"))?.family as string);
    expect(await recordsOf(to, prefix)).toEqual(await recordsOf(from, prefix));
    const looks = async (store: RecordStore) => {
      const [space = ""] = await store.spaces("{evaluations}/evaluation/");
      return (await store.list(space, under("look/"))).length;
    };
    expect([await looks(to), await looks(from)]).toEqual([2, 2]);
    const resumed = (store: RecordStore) => resume("more", { ...houseParts(), store }).then((run) => run.result());
    const [here, there] = [await resumed(from), await resumed(to)];
    expect([there.status, there.digest, there.spent.executions]).toEqual([
      here.status,
      here.digest,
      here.spent.executions,
    ]);
  });

  test("is done again where it was cut short, also after the run went on", async () => {
    const from = await family();
    const whole = createMortalStore(createMemoryStore());
    await exportRun("house", { store: from, to: whole });
    for (let atCommit = 1; atCommit <= whole.commits; atCommit += 1) {
      const mortal = createMortalStore(to, { atCommit, when: atCommit % 2 === 0 ? "before" : "after" });
      await expect(exportRun("house", { store: from, to: mortal })).rejects.toThrow("The store died");
      if (atCommit === whole.commits - 1) await (await resume("more", { ...houseParts(), store: from })).result();
      if (atCommit < whole.commits) expect(await openRuns(to).registry.entries()).toEqual([]);
    }
    if ((await openRuns(to).registry.entries()).length === 0) await exportRun("house", { store: from, to });
    for (const name of ["house", "more"])
      expect(await show(name, { store: to })).toEqual(await show(name, { store: from }));
  });

  test("keeps the order of commits, also across the namespaces of a thread", async () => {
    const from = await family();
    await exportRun("more", { store: from, to });
    const thread = (await openRuns(from).registry.find("house"))?.thread as string;
    const order = async (store: RecordStore) => {
      const { family: name } = (await openRuns(store).registry.find("house")) as { family: string };
      const records = await store.list(threadSpace(name, thread), {});
      const kept = records.filter(({ key }) => key !== "epoch" && key !== "owner");
      const ranks = [...new Set(kept.map(({ version }) => version))].toSorted((left, right) => left - right);
      return kept.map(({ key, version }) => [key, ranks.indexOf(version)]);
    };
    expect(await order(to)).toEqual(await order(from));
  });
});

describe("exporting a run", () => {
  test("is refused where the name is taken, or the run was exported before", async () => {
    const [from, to] = [await family(), createMemoryStore()];
    await openRuns(to).registry.register({ name: "more", thread: "other", family: "other" });
    await expect(exportRun("house", { store: from, to })).rejects.toThrow(/memory: contains a different run "more"/);
    await openRuns(to).registry.remove("other");
    await exportRun("house", { store: from, to });
    await expect(exportRun("house", { store: from, to })).rejects.toThrow(/is already in memory:/);
    await expect(exportRun("nobody", { store: from, to })).rejects.toMatchObject({ problem: "missing" });
  });

  test("is refused while somebody works on a run of the family, and leaves no lease behind", async () => {
    const [from, to] = [await family(), createMemoryStore()];
    const runs = openRuns(from);
    const lease = await runs.leases.acquire((await runs.registry.find("more"))?.thread as string);
    await expect(exportRun("house", { store: from, to })).rejects.toMatchObject({ problem: "owned" });
    await lease.release();
    await exportRun("house", { store: from, to });
    for (const { thread } of await runs.registry.entries()) expect(await runs.leases.ownerOf(thread)).toBeUndefined();
    expect(await (await resume("more", { ...houseParts(), store: to })).result()).toMatchObject({ status: "finished" });
  });

  test("is a command", async () => {
    const folder = temporaryFolder();
    const [from, to] = ["from.db", "to.db"].map((name) => join(folder.path, name)) as [string, string];
    const store = openFastSqlite(from);
    const { digest } = await (await optimize({ ...house, store })).result();
    await store.close();
    expect(await runCommandLine(["export", "house", "--store", `file:${from}`, "--to", `file:${to}`])).toBe(0);
    expect((await show("house", { store: `file:${to}` })).result.digest).toBe(digest);
    expect(await runCommandLine(["export", "house", "--store", `file:${from}`, "--to", `file:${to}`])).toBe(2);
    folder.remove();
  });
});
