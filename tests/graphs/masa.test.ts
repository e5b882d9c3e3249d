import { describe, expect, test } from "vitest";
import { optimize } from "../../runs/cycle/optimize.ts";
import { show } from "../../runs/reading/show.ts";
import { renderReport } from "../../runs/report/page.ts";
import { readReport } from "../../runs/report/report.ts";
import { textOf } from "../../skills/folder.ts";
import type { SettingsInput } from "../../state/settings.ts";
import { createMemoryStore } from "../../stores/drivers/memory.ts";
import { createExact } from "../../verifiers/exact.ts";
import { runAnalyzed } from "../support/analyzed-runs.ts";
import { titleOf } from "../support/model-server/analyst-brain.ts";
import { houseParts, houseProgram, houseSuites } from "../support/world.ts";

const kindOf = (expected: unknown) => ({ kind: `kind-of-${String(expected)}` });
const tasks = { ...houseSuites, train: houseSuites.train.map((task) => ({ ...task, meta: kindOf(task.expected) })) };
const own: SettingsInput = {
  recipe: "masa",
  category: "kind",
  climbs: 1,
  searches: 2,
  preliminary: 20,
  batch: 12,
  edits: 1,
  target: null,
};

/** A part that notes what it is given. */
function noting<Part extends object>(part: Part, key: keyof Part, shown: string[]): Part {
  const inner = part[key] as (...given: unknown[]) => unknown;
  return { ...part, [key]: (...given: unknown[]) => (shown.push(JSON.stringify(given)), inner(...given)) };
}

async function run(settings: SettingsInput) {
  const store = createMemoryStore();
  const shown: string[] = [];
  const { agent, analyst, verifier } = houseParts();
  const parts = {
    verifier,
    agent: noting(agent, "answer", shown),
    analyst: noting(noting(noting(analyst, "analyze", shown), "diagnose", shown), "propose", shown),
  };
  const given = { ...parts, program: houseProgram, tasks, settings: { ...own, ...settings }, run: "house", store };
  const result = await (await optimize(given)).result();
  return { store, result, shown, view: await show("house", { store }) };
}

describe("masa with the embedded agent and analyst", () => {
  const whole = run({});

  test("climbs with general skills, then searches a tree for each type, and ends by itself", async () => {
    const { result, view } = await whole;
    expect(result).toMatchObject({ status: "finished", reason: "phases" });
    const phases = view.timeline.map(({ episode }) => episode!.number);
    expect(phases).toEqual(phases.toSorted((a, b) => a - b));
    expect(new Set(phases)).toEqual(new Set([1, 2, 3, 4]));
    expect(view.timeline.at(-1)!.episode).toMatchObject({ of: 4, end: expect.any(String) });
    expect(result.score.validation.best!).toBeGreaterThan(result.score.validation.start! + 0.5);
  });

  test("in a tree leaves general skills as they are, and gives each type a skill of its own", async () => {
    const { view, store } = await whole;
    const last = view.timeline.findLast(({ episode }) => episode!.number === 1)!;
    const { best } = await show("house", { store });
    expect(best.length).toBeGreaterThan(1);
    expect(last.verdict.accepted).toBe(true);
    const made = view.timeline.flatMap(({ candidate, episode }) =>
      candidate === null || episode!.number === 1 ? [] : [candidate.origin.operator],
    );
    expect(made[0]).toBe("create_skill");
    // The general skill has no more than its one rule of the first phase.
    expect(textOf(best.find(({ name }) => name === "house")!)!.match(/<!-- r\d+ -->/g)).toHaveLength(1);
  });

  test("keeps children that are no better as nodes of the tree, with more members than the head", async () => {
    const { view } = await whole;
    const joined = view.timeline.filter(({ verdict }) => verdict.reason.startsWith("joined the tree"));
    expect(joined.length).toBeGreaterThan(0);
    for (const { archive, head, candidate } of joined) {
      expect(archive.size).toBeGreaterThan(1);
      expect(candidate!.program).not.toBe(head);
    }
    const sizes = view.timeline.flatMap(({ candidate }) => candidate?.extra["granularity"] ?? []);
    expect(new Set(sizes)).toEqual(new Set([370, 1092]));
  });

  test("shows card, tree and the objective of its reward to people, and no agent or analyst what the types are", async () => {
    const { store, view, shown } = await whole;
    expect(view.memories).toMatchObject([
      { title: expect.stringMatching(/^Tree of task type \d$/) },
      { title: "Model card" },
    ]);
    expect(view.memories[1]!.rows).toContainEqual(["preliminary rollouts", "24"]);
    expect(view.timeline.at(-1)!.headMeans).toHaveProperty("effect", 1);
    const page = await renderReport(await readReport("house", { store }));
    expect(page).toContain("Model card");
    expect(shown.length).toBeGreaterThan(50);
    expect(shown.filter((text) => text.includes("kind-of"))).toEqual([]);
    expect(shown.filter((text) => text.includes("its model card")).length).toBeGreaterThan(0);
  });

  test("refuses several candidates, and a lambda beyond 1", async () => {
    await expect(run({ candidates: 2 })).rejects.toThrow(/candidates is 2; masa measures one candidate/);
    await expect(run({ lambda: 1.5 })).rejects.toThrow(/Setting "lambda" cannot be 1.5/);
    await expect(run({ lambda: Number.NaN })).rejects.toThrow(/Setting "lambda" cannot be NaN/);
  });
});

test("masa with a language model tells it the card, the size, and in a tree which skills stay", async () => {
  const settings: SettingsInput = { ...own, batch: 20, searches: 1, generations: 2, wave: 6, edits: 3, model: "8B" };
  const { result, requests } = await runAnalyzed(createMemoryStore(), { settings, verifier: createExact() });
  expect(result).toMatchObject({ status: "finished", generations: 2 });
  const proposals = requests
    .filter((request) => titleOf(request) === "Create or edit")
    .map(({ messages }) => messages.map(({ text }) => text).join("\n"));
  expect(proposals.length).toBeGreaterThan(1);
  for (const text of proposals) {
    expect(text).toMatch(/model: 8B\npreliminary rollouts: \d+\n/);
    expect(text).toMatch(/have \d+ tokens\. After the edits they should have about 370\./);
  }
  expect(proposals[0]).not.toContain("stay as they are");
  expect(proposals.at(-1)).toContain('These skills stay as they are: "house"');
  expect(result!.score.validation.best!).toBeGreaterThan(result!.score.validation.start!);
});
