import { beforeAll, describe, expect, test } from "vitest";
import { branch } from "../../runs/cycle/branch.ts";
import { optimize } from "../../runs/cycle/optimize.ts";
import { resume } from "../../runs/cycle/resume.ts";
import { openRun } from "../../runs/reading/open-run.ts";
import { readRollouts, type RolloutLine } from "../../runs/reading/rollouts.ts";
import { readReport } from "../../runs/report/report.ts";
import { useSection } from "../../runs/report/use-section.ts";
import { show } from "../../runs/reading/show.ts";
import { visibilityOf } from "../../policies/visibility.ts";
import { minimalSkill } from "../../skills/minimal.ts";
import { createMemoryStore } from "../../stores/drivers/memory.ts";
import { settingsOf } from "../support/nodes.ts";
import { houseParts, houseSettings, houseSuites } from "../support/world.ts";

const program = [
  minimalSkill("house", "Messages since yesterday or in the kitchen."),
  minimalSkill("plumbing", "Sorts what is broken: tap, pipe or boiler."),
];
const settings = { ...houseSettings, generations: 2, visibility: "retrieved", visible: 1 } as const;
const house = { ...houseParts(), program, tasks: houseSuites };

describe("a run under a visibility", () => {
  const store = createMemoryStore();
  const lines: RolloutLine[] = [];
  beforeAll(async () => {
    await (await optimize({ ...house, store, settings, run: "a" })).result();
    for await (const line of readRollouts("a", { store })) lines.push(line);
  });

  test("tells of every rollout what was visible and used, also of those whose rows are not kept", () => {
    expect(lines.every(({ status, answer }) => status === "answered" && answer !== null)).toBe(true);
    expect(lines.every(({ visible }) => visible.length === 1)).toBe(true);
    const { decide } = visibilityOf(settingsOf(settings))!.of(program);
    const questions = houseSuites.train.map(({ input }) => input);
    const ids = houseSuites.train.map(({ id }) => id);
    for (const { task, visible } of lines.filter(({ generation, suite }) => generation === 1 && suite === "train"))
      expect(visible).toEqual(decide!({ index: ids.indexOf(task), questions }, () => 0));
    expect(new Set(lines.flatMap(({ visible }) => visible)).size).toBe(2);
    for (const { visible, used } of lines) expect(visible).toEqual(expect.arrayContaining(used ?? []));
  });

  test("has in its report how many rollouts could see each skill, and how many used it", async () => {
    const { uses, ...report } = await readReport("a", { store });
    const counted = lines.filter(({ suite }) => suite !== "test");
    expect(uses?.rollouts).toBe(counted.length);
    expect(uses?.skills.map(({ skill, visible, used }) => [skill, visible, used])).toEqual(
      ["house", "plumbing"].map((name) => [
        name,
        counted.filter(({ visible }) => visible.includes(name)).length,
        counted.filter(({ used }) => used?.includes(name)).length,
      ]),
    );
    expect(useSection({ uses, ...report })?.text).toContain("plumbing");
  });

  test("keeps it, and a branch with another one measures its head again", async () => {
    await expect(resume("a", { ...houseParts(), store, settings: { visible: 2, generations: 3 } })).rejects.toThrow(
      /"visible" of run "a" is 1 and cannot be changed. Branch the run instead/,
    );
    const changes = { visibility: "shuffled", generations: 3 };
    await branch("a", { ...houseParts(), at: 2, as: "control", settings: changes, store });
    const opened = await openRun("control", { store });
    const members = await opened.archive(await opened.state());
    await opened.close();
    expect(members.map(({ program: kept, column }) => [kept, column])).toEqual([
      [(await show("a", { store })).timeline[1]!.head, null],
    ]);
    const result = await (await resume("control", { ...houseParts(), store })).result();
    expect(result).toMatchObject({ status: "finished", generations: 3 });
  });

  test("refuses before anything is paid what cannot be hidden, and a suite too small for the control", async () => {
    const start = (changes: object, tasks = houseSuites) =>
      optimize({ ...house, tasks, settings: { ...houseSettings, ...changes }, store, run: "b" });
    await expect(start({ visibility: "all-but", hidden: ["plumbin"] })).rejects.toThrow(/no skill "plumbin"/);
    const few = { ...houseSuites, test: houseSuites.test.slice(0, 1) };
    await expect(start({ visibility: "shuffled" }, few)).rejects.toThrow(/test suite has 1 task/);
  });
});
