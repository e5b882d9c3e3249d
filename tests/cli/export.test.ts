import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runCommandLine } from "../../cli/program.ts";
import { readPairs } from "../../readers/pairs.ts";
import { readProgram } from "../../readers/skill.ts";
import { optimize } from "../../runs/cycle/optimize.ts";
import type { TrainingLine } from "../../runs/reading/training.ts";
import { show } from "../../runs/reading/show.ts";
import { programHash } from "../../skills/folder.ts";
import { openFastSqlite, temporaryFolder } from "../support/stores.ts";
import { houseParts, houseProgram, houseSettings, houseSuites, smallSettings } from "../support/world.ts";
import { keepWritten } from "../support/written.ts";

const folder = temporaryFolder();
const path = (...names: string[]) => join(folder.path, ...names);
const store = `file:${path("runs.db")}`;
beforeAll(async () => {
  const opened = openFastSqlite(path("runs.db"));
  const house = { ...houseParts(), program: houseProgram, tasks: houseSuites, settings: houseSettings, run: "house" };
  await (await optimize({ ...house, store: opened })).result();
  await opened.close();
});
afterAll(() => folder.remove());

const written = keepWritten();

const run = (...words: string[]) => runCommandLine(["export", ...words, "--store", store]);

describe("export", () => {
  test("writes report, skill and rollouts at once, into folders that it makes", async () => {
    const [report, skill, rollouts] = [path("a", "house.html"), path("b", "skill"), path("c", "house.jsonl")];
    expect(await run("house", "--report", report, "--folder", skill, "--rollouts", rollouts, "--json")).toBe(0);
    const { result } = await show("house", { store });
    expect(readFileSync(report, "utf8")).toContain(result.digest);
    expect(programHash(await readProgram(skill))).toBe(result.skill.hash);
    const lines = readFileSync(rollouts, "utf8").trimEnd().split("\n");
    expect(lines).toHaveLength(result.rollouts + 2 * houseSuites.test.length);
    expect(JSON.parse(written.stdout)).toEqual({
      run: "house",
      report: { file: report, bytes: Buffer.byteLength(readFileSync(report)) },
      skill: { folder: skill, program: result.skill.hash, files: ["house/SKILL.md"] },
      rollouts: { file: rollouts, lines: lines.length },
    });
    expect(readdirSync(path("c"))).toEqual(["house.jsonl"]);
  });

  test("writes the skill of any generation", async () => {
    expect(await run("house@1", "--folder", path("first"))).toBe(0);
    const { timeline } = await show("house", { store });
    expect(programHash(await readProgram(path("first")))).toBe(timeline[0]?.head);
    expect(written.stdout).toContain("house/SKILL.md");
  });

  test("copies to another store beside the other exports", async () => {
    expect(await run("house", "--report", path("again.html"), "--to", `file:${path("copy.db")}`)).toBe(0);
    expect((await show("house", { store: `file:${path("copy.db")}` })).result).toEqual(
      (await show("house", { store })).result,
    );
    expect(written.stdout).toMatch(/again\.html[\s\S]*records copied/);
  });

  test("writes the revisions of a run with episodes, and says of another that it has none", async () => {
    const opened = openFastSqlite(path("runs.db"));
    const settings = { ...smallSettings, recipe: "skill-r1", mode: "instance", samples: 2, cluster: 4 };
    const from = { ...houseParts(), program: houseProgram, tasks: houseSuites, run: "tuned", store: opened };
    await (await optimize({ ...from, settings })).result();
    await opened.close();
    expect(await run("tuned", "--revisions", path("revisions.jsonl"))).toBe(0);
    const lines = readFileSync(path("revisions.jsonl"), "utf8").trimEnd().split("\n");
    expect(written.stdout).toContain(`revisions.jsonl (${lines.length} lines)`);
    expect(JSON.parse(lines[0]!)).toMatchObject({ run: "tuned", episode: 1, step: 1, tuned: true });
    expect(await runCommandLine(["show", "tuned", "--store", store])).toBe(0);
    expect(written.stdout).toMatch(/tuned episode 1\.1, reward/);
    expect(written.stdout).toMatch(/episodes +\d+ episodes?, .* \(instance-tuned: .*not held-out scores\)/);
    expect(await run("house", "--revisions", path("none.jsonl"))).toBe(2);
    expect(written.stderr).toContain('Run "house" has no rewarded revisions.');
    expect(existsSync(path("none.jsonl"))).toBe(false);
  });

  test("writes what a model can be trained with: train tasks alone, stamped by the skills they were made with", async () => {
    expect(await run("house", "--training", path("training.jsonl"))).toBe(0);
    const lines = readFileSync(path("training.jsonl"), "utf8")
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as TrainingLine);
    expect(written.stdout).toContain(`training.jsonl (${lines.length} lines)`);
    const rollouts = lines.filter((line) => line.type === "rollout");
    const { timeline } = await show("house", { store });
    expect(rollouts).toHaveLength(timeline.reduce((sum, { batch }) => sum + batch.tasks, 0));
    expect(rollouts.every(({ task }) => task.startsWith("train-"))).toBe(true);
    // Each program once, before its rollouts; the accepted ones of the first two generations are those of the next ones.
    const programs = [...new Set(rollouts.map(({ program }) => program))];
    expect(lines.flatMap((line) => (line.type === "skills" ? [line.program] : []))).toEqual(programs);
    expect(lines[0]).toMatchObject({ type: "skills", skills: { house: { "SKILL.md": expect.any(String) } } });
    expect(programs.length).toBeGreaterThan(1);
    const last = programs.length - 1;
    for (const { program, skillGeneration, split } of rollouts) {
      expect(skillGeneration).toBe(programs.indexOf(program));
      expect(split).toBe(skillGeneration === last ? "query" : "support");
    }
    // Rules that were made from the first batch helped other tasks after it.
    for (const { generation, rewards } of rollouts)
      if (generation === 1) expect(rewards.chain).toBe(rewards.task + 1);
      else expect([rewards.task, rewards.task + 1]).toContain(rewards.chain);
  });

  test("writes the pairs of a run, which another one begins with", async () => {
    expect(await run("house", "--pairs", path("pairs.jsonl"))).toBe(0);
    expect(written.stdout).toMatch(/pairs +.*pairs\.jsonl \(\d+ lines?\)/);
    expect((await readPairs(path("pairs.jsonl"))).length).toBeGreaterThan(0);
    const [tasks, skill] = ["examples/support-messages", "no-such-skill"];
    const words = ["optimize", "--tasks", tasks, "--skill", skill, "--pairs", path("gone.jsonl"), "--store", store];
    expect(await runCommandLine(words)).toBe(2);
    expect(written.stderr).toContain("gone.jsonl cannot be read");
  });

  test("refuses what it cannot do, and says what to write", async () => {
    expect(await run("house")).toBe(2);
    expect(written.stderr).toContain(
      "--report FILE, --folder DIR, --rollouts FILE, --revisions FILE, --training FILE, --pairs FILE and --to STORE",
    );
    expect(await run("house@2", "--report", path("no.html"))).toBe(2);
    expect(written.stderr).toContain("Give the name of the run for --report");
    mkdirSync(path("taken"));
    expect(await run("house", "--report", path("taken"))).toBe(2);
    expect(written.stderr).toContain("is a folder. Give a writable file.");
    expect(await run("house", "--rollouts", path("runs.db", "below.jsonl"))).toBe(2);
    expect(written.stderr).toContain("cannot be written");
    expect(await run("house", "--folder", path("runs.db"))).toBe(2);
    expect(written.stderr).toContain("is a file. Give a folder.");
    expect(await run("nobody", "--rollouts", path("nobody.jsonl"))).toBe(2);
    expect(existsSync(path("nobody.jsonl"))).toBe(false);
    expect(readdirSync(folder.path).filter((name) => name.endsWith(".tmp"))).toEqual([]);
  });
});
