import { beforeAll, describe, expect, test } from "vitest";
import { branch } from "../../../runs/cycle/branch.ts";
import { optimize } from "../../../runs/cycle/optimize.ts";
import { resume } from "../../../runs/cycle/resume.ts";
import { openRun } from "../../../runs/reading/open-run.ts";
import { show } from "../../../runs/reading/show.ts";
import { createMemoryStore } from "../../../stores/drivers/memory.ts";
import type { RecordStore } from "../../../stores/record-store.ts";
import { houseParts, houseProgram, smallSettings, houseSuites } from "../../support/world.ts";

const parts = houseParts();
const settings = { ...smallSettings, generations: 2 };

async function startedWith(recipe: string): Promise<RecordStore> {
  const store = createMemoryStore();
  const from = { ...parts, program: houseProgram, tasks: houseSuites, store, run: "a" };
  const gate = recipe === "hill-climb" ? { acceptance: "no-worse" } : {};
  await (await optimize({ ...from, settings: { ...settings, ...gate, recipe } })).result();
  return store;
}

describe("a branch with another recipe", () => {
  let store: RecordStore;
  beforeAll(async () => {
    store = await startedWith("hill-climb");
  });

  test("begins with the head alone, drops the settings that the recipe does not have, and goes on as that recipe", async () => {
    const { head } = (await show("a", { store })).timeline[1]!;
    const changes = { recipe: "gepa", merges: 2, generations: 5 };
    const record = await branch("a", { ...parts, at: 2, as: "b", settings: changes, store });
    expect(record.input.settings).toMatchObject({ recipe: "gepa", merges: 2, batch: 10 });
    expect(record.input.settings).not.toHaveProperty("acceptance");
    const opened = await openRun("b", { store });
    const members = await opened.archive(await opened.state());
    await opened.close();
    expect(members.map(({ program, parents }) => [program, parents])).toEqual([[head, []]]);

    const result = await (await resume("b", { ...parts, store })).result();
    expect(result).toMatchObject({ status: "finished", generations: 5 });
    const { timeline } = await show("b", { store });
    expect(timeline.slice(0, 2)).toEqual((await show("a", { store })).timeline);
    const joined = timeline.slice(2).filter(({ verdict }) => verdict.accepted);
    expect(joined.length).toBeGreaterThan(0);
    for (const { verdict } of joined) expect(verdict.reason).toMatch(/archive/);
    expect(timeline.at(-1)!.archive.size).toBe(1 + joined.length);
  });

  test("comes to the same digest each time", async () => {
    const changes = { recipe: "mocha", generations: 4 };
    const digests = [];
    for (const name of ["c", "d"]) {
      await branch("a", { ...parts, at: 1, as: name, settings: changes, store });
      digests.push((await (await resume(name, { ...parts, store })).result()).digest);
    }
    expect(new Set(digests).size).toBe(1);
  });

  test("with the same recipe and other objectives measures its members by those", async () => {
    await branch("c", { ...parts, at: 3, as: "f", settings: { bodyLimit: 50 }, store });
    const meansIn = async (name: string) => {
      const opened = await openRun(name, { store });
      const members = await opened.archive(await opened.state(name === "c" ? 3 : undefined));
      await opened.close();
      return members.map(({ means }) => means["body"]!);
    };
    const [before, after] = [await meansIn("c"), await meansIn("f")];
    expect(after).toHaveLength(before.length);
    expect(Math.max(...after)).toBeLessThan(Math.max(...before));
  });

  test("is what another recipe takes: a run keeps its own", async () => {
    await expect(resume("a", { ...parts, store, settings: { recipe: "gepa" } })).rejects.toThrow(
      /setting "recipe" of run "a" is "hill-climb".*branch a --at N --set recipe="gepa"/,
    );
    await expect(branch("a", { ...parts, at: 1, as: "e", settings: { recipe: "gepas" }, store })).rejects.toThrow(
      '"gepas" (did you mean "gepa"?)',
    );
    await expect(
      branch("a", { ...parts, at: 1, as: "e", settings: { recipe: "gepa", combine: "fusion" }, store }),
    ).rejects.toThrow('Recipe "gepa" has no setting "combine"');
  });

  test("may go back to one program", async () => {
    const several = await startedWith("gepa");
    await branch("a", {
      ...parts,
      at: 2,
      as: "b",
      settings: { recipe: "hill-climb", generations: 4, acceptance: "no-worse" },
      store: several,
    });
    const result = await (await resume("b", { ...parts, store: several })).result();
    expect(result).toMatchObject({ status: "finished", generations: 4 });
    expect((await show("b", { store: several })).timeline.slice(2).map(({ archive }) => archive.size)).toEqual([1, 1]);
  });
});
