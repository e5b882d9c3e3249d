import { describe, expect, test } from "vitest";
import { slim } from "../../graphs/recipes/slim.ts";
import { optimize } from "../../runs/cycle/optimize.ts";
import { readRollouts } from "../../runs/reading/rollouts.ts";
import { show } from "../../runs/reading/show.ts";
import { renderReport } from "../../runs/report/page.ts";
import { readReport } from "../../runs/report/report.ts";
import { createSkillFolder } from "../../skills/folder.ts";
import { skillText } from "../../skills/minimal.ts";
import { SettingsError } from "../../state/errors.ts";
import { parseSettings, type SettingsInput } from "../../state/settings.ts";
import { createMemoryStore } from "../../stores/drivers/memory.ts";
import { houseParts, houseSuites } from "../support/world.ts";

const skillWith = (name: string, ...rules: string[]) =>
  createSkillFolder(name, {
    "SKILL.md": new TextEncoder().encode(
      skillText({
        name,
        description: `About ${name}.`,
        body: `## Rules\n\n${rules.map((rule) => `- ${rule}\n`).join("")}`,
      }),
    ),
  });
const when = (word: string, answer: string) => `When the message mentions \`${word}\`, answer \`${answer}\`.`;
/** Read first, so that its wrong rule takes what the others know. */
const harmful = skillWith("a-harmful-one", when("urgent", "nobody"));
const useful = skillWith(
  "house",
  when("lamp", "lights"),
  when("tap", "water"),
  when("pipe", "water"),
  when("lock", "doors"),
);
const unused = skillWith("roses", when("rose", "garden"));

const kindOf = (expected: unknown) => ({ kind: `kind-of-${String(expected)}` });
const tasks = { ...houseSuites, train: houseSuites.train.map((task) => ({ ...task, meta: kindOf(task.expected) })) };
const own: SettingsInput & Record<string, unknown> = {
  recipe: "slim",
  context: "kind",
  batch: 12,
  replay: 24,
  visibility: "all",
  revises: false,
  ablateEvery: 1,
  leastUses: 12,
  wave: 24,
};

async function run(settings: Record<string, unknown>, program = [harmful, useful, unused]) {
  const store = createMemoryStore();
  const parts = { ...houseParts(), program, tasks };
  const started = await optimize({ ...parts, settings: { ...own, ...settings }, run: "house", store });
  const { score, rollouts } = await started.result();
  const view = await show("house", { store });
  const made = view.timeline.flatMap(({ generation, candidate, verdict }) =>
    candidate === null
      ? []
      : [[generation, candidate.origin.operator, candidate.origin.target, verdict.accepted] as const],
  );
  return { store, score, rollouts, view, made, names: view.best.map(({ name }) => name) };
}

describe("slim with the embedded agent and analyst", () => {
  const byThreshold = run({ generations: 5 });
  const byInterval = run({ generations: 6, retirement: "interval" });

  test("by the threshold retires what harms and what is not used after three looks, and keeps what helps", async () => {
    const { made, names, score, view } = await byThreshold;
    expect(made.slice(0, 2)).toEqual([
      [4, "retire_skill", "a-harmful-one", true],
      [5, "retire_skill", "roses", true],
    ]);
    expect(names).toEqual(["house"]);
    expect(score.validation.best!).toBeGreaterThan(score.validation.start!);
    expect(view.timeline[0]!.ablations.map(({ skill }) => skill)).toEqual(["a-harmful-one", "house", "roses"]);
  });

  test("by the interval retires what harms after two looks already, and what is not used after 100 pairs", async () => {
    const { made, names } = await byInterval;
    expect(made).toEqual([
      [3, "retire_skill", "a-harmful-one", true],
      [6, "retire_skill", "roses", true],
    ]);
    expect(names).toEqual(["house"]);
  });

  test("counts, lists and shows what was left out", async () => {
    const { store, view, rollouts } = await byThreshold;
    const lines = [];
    for await (const line of readRollouts("house", { store })) if (line.suite !== "test") lines.push(line);
    expect(lines).toHaveLength(rollouts);
    const hidden = lines.filter(({ generation, visible }) => generation === 1 && !visible.includes("roses"));
    expect(hidden).toHaveLength(24);
    const [table] = view.memories;
    expect(table!.rows.map(([skill, standing]) => [skill, standing])).toEqual([
      ["house", "useful"],
      ["a-harmful-one", "retired in generation 4"],
      ["roses", "retired in generation 5"],
    ]);
    const page = await renderReport(await readReport("house", { store }));
    expect(page).toContain("Skills left out");
    expect(page).toContain("What the skills contribute");
  });

  test("as published does so without a gate, and does not revise", async () => {
    const { made, view } = await run({ generations: 5, asPublished: true, revises: true });
    expect(made.map(([generation, operator]) => [generation, operator])).toEqual([
      [4, "retire_skill"],
      [5, "retire_skill"],
    ]);
    expect(view.timeline[3]!.verdict.reason).toBe("the next version");
  });

  test("retires the general skills together, however few edits a candidate may have", async () => {
    const settings = { generations: 2, lowInRow: 1, general: ["a-harmful-one", "roses"], edits: 1 };
    const { made, names, view } = await run(settings);
    expect(view.timeline[0]!.ablations.map(({ skill, hidden }) => [skill, hidden])).toEqual([
      [null, ["a-harmful-one", "roses"]],
      ["house", ["house"]],
    ]);
    expect(made).toEqual([[2, "retire_skill", "a-harmful-one, roses", true]]);
    expect(names).toEqual(["house"]);
  });

  test("creates another skill beside one that does not help, for its failures", async () => {
    const settings = { generations: 2, batch: 30, replay: 40, leastFailures: 8, expandBelow: 1, keepFrom: 0.9 };
    const { made, view, names } = await run(settings, [skillWith("house", when("lamp", "lights"))]);
    expect(made).toEqual([[2, "create_skill", names.find((name) => name !== "house"), true]]);
    const child = view.memories[0]!.rows.find(([skill]) => skill !== "house")!;
    expect(child.slice(0, 3)).toEqual([names.find((name) => name !== "house"), "retained", "house"]);
  });

  test("shows three skills by default, and as many as there are with another visibility", () => {
    const seeing = (settings: SettingsInput) => {
      const { visibility, visible } = parseSettings({ ...settings }, slim);
      return [visibility, visible];
    };
    expect(
      [{}, { visibility: "retrieved" }, { visibility: "all" }, { visible: 7 }].map((of) => seeing(of as SettingsInput)),
    ).toEqual([
      ["retrieved", 3],
      ["retrieved", 3],
      ["all", null],
      ["retrieved", 7],
    ]);
  });

  test("refuses a general skill that is not there, before anything is paid", async () => {
    await expect(run({ general: ["hous"] })).rejects.toThrow(SettingsError);
    await expect(run({ general: ["hous"] })).rejects.toThrow(/"general" names "hous".*did you mean "house"/);
  });
});
