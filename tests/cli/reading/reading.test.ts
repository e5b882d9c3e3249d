import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runCommandLine } from "../../../cli/program.ts";
import { branch } from "../../../runs/cycle/branch.ts";
import { compareRuns } from "../../../runs/reading/compare.ts";
import { diffRuns } from "../../../runs/reading/diff.ts";
import { listRuns } from "../../../runs/reading/list.ts";
import { optimize } from "../../../runs/cycle/optimize.ts";
import { parseMoment } from "../../../runs/reading/program-at.ts";
import { resume } from "../../../runs/cycle/resume.ts";
import { show } from "../../../runs/reading/show.ts";
import { openStore } from "../../../stores/open.ts";
import { houseParts, houseProgram, houseSettings, houseSuites } from "../../support/world.ts";
import { keepWritten } from "../../support/written.ts";

const folder = mkdtempSync(join(tmpdir(), "skillgraph-reading-"));
const url = `file:${join(folder, "runs.db")}`;
const store = await openStore(url);
afterAll(async () => {
  await store.close();
  rmSync(folder, { recursive: true });
});
const settings = { ...houseSettings, generations: 3 };

/** A run, a branch of it with another batch, a branch that waits, and a run of another family. */
beforeAll(async () => {
  const start = { ...houseParts(), program: houseProgram, tasks: houseSuites, store };
  await (await optimize({ ...start, settings, run: "first" })).result();
  await branch("first", { ...houseParts(), at: 1, as: "branched", settings: { batch: 4 }, store });
  await (await resume("branched", { ...houseParts(), store })).result();
  await branch("first", { ...houseParts(), at: 2, as: "waiting", store });
  await (await optimize({ ...start, settings: { ...settings, seed: 9 }, run: "second" })).result();
});

const written = keepWritten();

describe("the list of runs", () => {
  test("has each run with its parent and what it came to, oldest first", async () => {
    const summaries = await listRuns({ store });
    expect(summaries.map(({ run, parent, result }) => [run, parent, result.status])).toEqual([
      ["first", null, "finished"],
      ["branched", { run: "first", generation: 1 }, "finished"],
      ["waiting", { run: "first", generation: 2 }, "paused"],
      ["second", null, "finished"],
    ]);
  });

  test("is printed as a tree", async () => {
    expect(await runCommandLine(["runs", "--store", url])).toBe(0);
    const names = written.stdout.split("\n").map((line) => line.split(/ {2,}/)[0]);
    expect(names).toEqual(["run", "first", "└ branched @1", "└ waiting @2", "second", ""]);
  });
});

describe("the difference of two programs", () => {
  test("goes from the start to the best of one run, and is the one that show gives", async () => {
    const { diff } = await show("first", { store });
    expect(diff).not.toBe("");
    expect((await diffRuns("first", undefined, { store })).diff).toBe(diff);
    await runCommandLine(["diff", "first", "--store", url]);
    expect(written.stdout).toBe(diff);
  });

  test("goes between generations and between runs, and says where nothing differs", async () => {
    const { timeline } = await show("first", { store });
    const found = await diffRuns("first@1", "branched@1", { store });
    expect(found).toEqual({
      from: { run: "first", moment: 1, program: timeline[0]?.head },
      to: { run: "branched", moment: 1, program: timeline[0]?.head },
      diff: "",
    });
    expect(await runCommandLine(["diff", "first@1", "branched@1", "--store", url])).toBe(0);
    expect([written.stdout, written.stderr]).toEqual(["", "first@1 and branched@1 are identical.\n"]);
  });

  test("refuses what is no moment, and a generation that a run has not", async () => {
    expect(() => parseMoment("a@b")).toThrow("RUN@7");
    expect(() => parseMoment("a@0")).toThrow("RUN@7");
    await expect(diffRuns("first@7", undefined, { store })).rejects.toThrow("generations 1 to 3, but not 7");
  });
});

describe("two runs side by side", () => {
  test("tell what differs in their settings, and what they share", async () => {
    const { differences, shared, isComparable, curves } = await compareRuns("first", "branched", { store });
    expect(differences).toEqual([{ name: "batch", values: [houseSettings.batch, 4] }]);
    expect({ shared, isComparable }).toEqual({ shared: 1, isComparable: true });
    expect(curves.map(({ length }) => length)).toEqual([3, 3]);
  });

  test("share nothing where they are of other families", async () => {
    expect((await compareRuns("first", "second", { store })).shared).toBe(0);
  });

  test("are printed in columns", async () => {
    expect(await runCommandLine(["compare", "first", "branched", "--store", url])).toBe(0);
    expect(written.stdout).toMatch(/^ +first +branched\n/);
    expect(written.stdout).toMatch(/\nbatch +\d+ +4\n/);
    expect(written.stdout).toContain("They share the first generation.");
  });
});
