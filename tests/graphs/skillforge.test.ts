import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { branch } from "../../runs/cycle/branch.ts";
import { optimize } from "../../runs/cycle/optimize.ts";
import { resume } from "../../runs/cycle/resume.ts";
import { renderReport } from "../../runs/report/page.ts";
import { readReport } from "../../runs/report/report.ts";
import { show } from "../../runs/reading/show.ts";
import type { ApprovalRequest } from "../../state/approval.ts";
import type { SettingsInput } from "../../state/settings.ts";
import { createMemoryStore } from "../../stores/drivers/memory.ts";
import { openStore } from "../../stores/open.ts";
import type { RecordStore } from "../../stores/record-store.ts";
import { createConsistency } from "../../verifiers/consistency.ts";
import { killAnalyzed, runAnalyzed } from "../support/analyzed-runs.ts";
import { createMortalStore } from "../support/durability/mortal-store.ts";
import { titleOf } from "../support/model-server/analyst-brain.ts";
import { houseParts, houseProgram, houseSuites } from "../support/world.ts";

const changes: SettingsInput = { recipe: "skillforge", generations: 3, batch: 20, replay: 20, wave: 6, target: null };

const embedded = { ...houseParts(), program: houseProgram, tasks: houseSuites, run: "house" };

const run = (store: RecordStore, more: SettingsInput = {}) =>
  runAnalyzed(store, { settings: { ...changes, ...more }, verifier: createConsistency() });

describe("skillforge", () => {
  const counted = createMortalStore(createMemoryStore());
  const whole = run(counted);

  test("works on files with tools, and the versions get better", async () => {
    const { result, events, requests } = await whole;
    expect(result).toMatchObject({ status: "finished", generations: 3 });
    const operators = events.flatMap((event) => (event.type === "candidate-made" ? [event.operator] : []));
    expect(new Set(operators)).toEqual(new Set(["files"]));
    expect(new Set(requests.map(titleOf))).toEqual(new Set(["Analysis: knowledge", "Diagnosis", "Work on files"]));
    const { start, best } = result!.score.validation;
    expect(best).toBeGreaterThan(start!);
  });

  test("keeps the operations of each candidate with it", async () => {
    await whole;
    const { operations } = await show("house", { store: counted });
    expect(operations.map(({ generation }) => generation)).toEqual([1, 2, 3]);
    for (const { operations: log } of operations)
      expect(log.map(({ operation, success }) => `${operation} ${success}`)).toEqual([
        "list true",
        "read true",
        "write true",
      ]);
    const page = await renderReport(await readReport("house", { store: counted }));
    expect(page).toContain("Operations on files");
    expect(page).toContain("Replaced ");
    expect(page).toMatch(/lenient \.\d+, strict/);
  });

  test("reports strict and lenient rates of every version", async () => {
    const { result } = await whole;
    const { strict, lenient } = result!.objectives.validation;
    expect(Object.keys(result!.objectives.test)).toEqual(["lenient", "strict"]);
    expect(strict!.best).toBeGreaterThan(strict!.start!);
    expect(lenient!.best).toBeGreaterThanOrEqual(strict!.best!);
    const { timeline } = await show("house", { store: counted });
    for (const { headScore, headMeans } of timeline) expect(headMeans["strict"]).toBeLessThanOrEqual(headScore!);
  });

  test("killed anywhere resumes to the same digest, and pays for no reply again that it has", async () => {
    const { result, requests } = await whole;
    for (const { atCommit, digest, paid } of await killAnalyzed(run, counted.commits))
      expect([atCommit, digest, paid]).toEqual([atCommit, result!.digest, requests.length]);
  });

  test("as published commits every version, and measures it", async () => {
    const store = createMemoryStore();
    const { result } = await run(store, { asPublished: true });
    const { timeline } = await show("house", { store });
    expect(timeline.map(({ verdict }) => verdict.accepted)).toEqual([true, true, true]);
    expect(timeline.map(({ archive }) => archive.size)).toEqual([2, 3, 4]);
    expect(timeline.every(({ headScore }) => headScore !== null)).toBe(true);
    expect(result?.skill.hash).toBe(timeline.at(-1)!.head);
  });

  test("asks a person before a version is committed, also as published", async () => {
    const store = createMemoryStore();
    const answers: ApprovalRequest[] = [];
    const started = await optimize({
      ...embedded,
      approve(request) {
        answers.push(request);
        return { accept: answers.length > 1, because: "looked at" };
      },
      settings: { ...changes, asPublished: true, approve: "always" },
      store,
    });
    await started.result();
    const { timeline } = await show("house", { store });
    expect(answers).toHaveLength(3);
    expect(timeline.map(({ verdict }) => verdict.reason)).toEqual([
      "turned down by a person: looked at",
      "the next version, approved: looked at",
      "the next version, approved: looked at",
    ]);
    expect(timeline[0]!.head).toBe(timeline[0]!.parents[0]);
  });
});

describe("skillforge in the embedded world", () => {
  test("comes to the same on memory and SQLite, and proposes edits at once", async () => {
    const folder = mkdtempSync(join(tmpdir(), "skillgraph-skillforge-"));
    const sqlite = await openStore(`file:${join(folder, "runs.db")}`);
    const digests = [];
    for (const store of [createMemoryStore(), sqlite]) {
      const { score, digest } = await (await optimize({ ...embedded, settings: changes, store })).result();
      expect(score.validation.best).toBeGreaterThan(score.validation.start!);
      digests.push(digest);
      const { timeline, operations } = await show("house", { store });
      expect(operations).toEqual([]);
      expect(timeline[0]!.deficiencies.every(({ defect }) => defect !== undefined)).toBe(true);
    }
    await sqlite.close();
    rmSync(folder, { recursive: true });
    expect(new Set(digests).size).toBe(1);
  });

  test("is branched to and from", async () => {
    const store = createMemoryStore();
    const parts = houseParts();
    await (
      await optimize({
        ...embedded,
        settings: { ...changes, generations: 2, recipe: "hill-climb", acceptance: "no-worse" },
        store,
      })
    ).result();
    const to = { recipe: "skillforge", asPublished: true, generations: 3 };
    await branch("house", { ...parts, at: 1, as: "forge", settings: to, store });
    expect(await (await resume("forge", { ...parts, store })).result()).toMatchObject({ generations: 3 });
    const { timeline } = await show("forge", { store });
    expect(timeline.map(({ archive }) => archive.size)).toEqual([1, 2, 2]);
    expect(timeline[1]!.verdict.reason).toBe("the next version");
    await branch("forge", { ...parts, at: 3, as: "back", settings: { recipe: "gepa", generations: 5 }, store });
    const back = await (await resume("back", { ...parts, store })).result();
    expect(back).toMatchObject({ status: "finished", generations: 5 });
    expect((await show("back", { store })).settings).toMatchObject({ recipe: "gepa", asPublished: true });
  });
});
