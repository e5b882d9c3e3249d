import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runCommandLine } from "../../../cli/program.ts";
import { readProgram } from "../../../readers/skill.ts";
import { evaluate } from "../../../runs/evaluation/evaluate.ts";
import { mergeRuns } from "../../../runs/keeping/merge.ts";
import { optimize } from "../../../runs/cycle/optimize.ts";
import { show } from "../../../runs/reading/show.ts";
import { SettingsError } from "../../../state/errors.ts";
import type { SettingsInput } from "../../../state/settings.ts";
import { openStore } from "../../../stores/open.ts";
import type { RecordStore } from "../../../stores/record-store.ts";
import { houseParts, houseProgram, houseSuites } from "../../support/world.ts";
import { keepWritten } from "../../support/written.ts";

const folder = mkdtempSync(join(tmpdir(), "skillgraph-merge-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const url = `file:${join(folder, "runs.db")}`;

describe("merging runs", () => {
  let store: RecordStore;
  const settings: SettingsInput = { recipe: "evoskill", batch: 12, replay: 24, target: null };
  async function run(name: string, changes: SettingsInput, tasks = houseSuites) {
    const of = { ...houseParts(), program: houseProgram, tasks, store, run: name };
    await (await optimize({ ...of, settings: { ...settings, ...changes } })).result();
  }
  beforeAll(async () => {
    store = await openStore(url);
    await run("a", { generations: 4 });
    await run("b", { recipe: "hill-climb", acceptance: "no-worse", generations: 2, edits: 1 });
    await run("c", { generations: 1 }, { ...houseSuites, validation: houseSuites.validation.slice(0, 12) });
  });
  afterAll(() => store.close());

  test("takes unique skills, and of two texts under one name that of the better run", async () => {
    const merged = await mergeRuns(["b", "a"], { store });
    const [a, b] = [await show("a", { store }), await show("b", { store })];
    expect(a.result.score.validation.best).toBeGreaterThan(b.result.score.validation.best!);
    expect(merged.sources).toEqual([
      { from: "a@best", score: a.result.score.validation.best },
      { from: "b@best", score: b.result.score.validation.best },
    ]);
    const names = [...new Set([...a.best, ...b.best].map(({ name }) => name))].toSorted();
    expect(merged.skills.map(({ name }) => name)).toEqual(names);
    for (const skill of a.best) expect(merged.skills.find(({ name }) => name === skill.name)?.hash).toBe(skill.hash);
    const differs = b.best.filter(({ name, hash }) =>
      a.best.some((skill) => skill.name === name && skill.hash !== hash),
    );
    expect(differs.length).toBeGreaterThan(0);
    for (const { name: skill } of differs)
      expect(merged.leftOut).toContainEqual({
        skill,
        from: "b@best",
        because: "name",
        taken: { skill, from: "a@best" },
      });
    expect([merged.isComparable, merged.files]).toEqual([true, []]);
  });

  test("writes a program that can be evaluated, and used as a start", async () => {
    const target = join(folder, "merged");
    const { skills, files } = await mergeRuns(["a", "b"], { store, folder: target });
    const program = await readProgram(target);
    expect(program).toEqual(skills);
    expect(files.toSorted()).toEqual(skills.map(({ name }) => `${name}/SKILL.md`).toSorted());
    const scored = await evaluate({
      ...houseParts(),
      program,
      tasks: houseSuites.validation,
      suite: "validation",
      store: url,
    });
    expect(scored.score).toBeGreaterThan(0);
  });

  test("takes the program of a generation, with its own score, and says where scores are not comparable", async () => {
    const { timeline } = await show("a", { store });
    const merged = await mergeRuns(["a@1", "a@start", "c"], { store });
    expect(merged.sources).toContainEqual({ from: "a@1", score: timeline[0]!.headScore });
    expect(merged.sources).toContainEqual({ from: "a@start", score: 0 });
    expect(merged.isComparable).toBe(false);
  });

  test.each<[string, string[], RegExp]>([
    ["one run", ["a"], /at least two different programs/],
    ["the same program twice", ["a", "a@best"], /at least two different programs/],
    ["a run that does not exist", ["a", "z"], /"z"/],
    ["no program of a run", ["a", "b@x"], /does not refer to a program/],
  ])("refuses %s", async (_, names, message) => {
    await expect(mergeRuns(names, { store })).rejects.toThrow(message);
  });

  test("refuses a folder that holds something, before anything is written", async () => {
    const target = join(folder, "full");
    mkdirSync(target);
    writeFileSync(join(target, "notes.md"), "mine");
    await expect(mergeRuns(["a", "b"], { store, folder: target })).rejects.toThrow(SettingsError);
    await expect(mergeRuns(["a", "b"], { store, folder: join(target, "notes.md") })).rejects.toThrow(/cannot be used/);
    expect(existsSync(join(target, "house"))).toBe(false);
  });

  describe("on the command line", () => {
    const written = keepWritten();

    test("shows what comes from where, and what is not taken", async () => {
      expect(await runCommandLine(["merge", "a", "b", "--store", url])).toBe(0);
      expect(written.stdout).toMatch(/validation scores a@best [01]\.\d{3}, b@best 0\.\d{3}/);
      expect(written.stdout).toMatch(/not taken: (\w+) of b@best, another text with the name of \1 of a@best/);
      expect(written.stderr).toContain("--folder DIR");
      const target = join(folder, "from-command");
      expect(await runCommandLine(["merge", "a", "c", "--store", url, "--folder", target, "--json"])).toBe(0);
      expect(await readProgram(target)).not.toEqual([]);
      expect(await runCommandLine(["merge", "a", "--store", url])).toBe(2);
    });
  });
});
