import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { runCommandLine } from "../../cli/program.ts";
import { writeHouseTasks } from "../support/house-files.ts";
import { houseSuites } from "../support/world.ts";
import { keepWritten } from "../support/written.ts";

const folder = mkdtempSync(join(tmpdir(), "skillgraph-creator-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const tasks = writeHouseTasks(folder);
const written = keepWritten();

const file = (name: string, text: string) => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};
mkdirSync(join(folder, "guides"));
file("guides/lamps.md", "Lamps are bright.\n");
const tools = file("tools.json", JSON.stringify([{ name: "lookup", description: "Looks up." }]));
const out = join(folder, "out");
const optimize = (run: string, ...more: string[]) =>
  runCommandLine([
    ...`optimize --store memory: --generations 1 --set batch=4 --set wave=6 --run ${run}`.split(" "),
    ...place(run),
    ...more,
  ]);
const place = (run: string) => ["--tasks", tasks, "--out", join(out, run)];
const start = (run: string) => readFileSync(join(out, run, "house", "SKILL.md"), "utf8");

describe("the first skill of a run", () => {
  test("is drafted by counting from cases, documents and tools that are given", async () => {
    const held = houseSuites.validation[0]!.input;
    const cases = [{ id: "1", input: held }, ...["1", "2"].map((id) => ({ id, input: "qqq", expected: "odd" }))];
    const path = file("cases.jsonl", cases.map((each) => JSON.stringify(each)).join("\n"));
    const given = ["--cases", path, "--documents", join(folder, "guides"), "--tools", tools];
    expect(await optimize("all", ...given)).toBe(0);
    expect(written.stderr).toContain("1 of the past cases ask what a validation or test task asks; left out.");
    expect(written.stderr).toContain('starting from a skill "house" drafted from train tasks (by counting)');
    expect(start("all")).toContain('When the message mentions "qqq", answer `odd`.');
    expect(start("all")).toContain("references/knowledge_lamps-md.md");
    expect(readFileSync(join(out, "all", "house", "references", "tools.json"), "utf8")).toContain("lookup");
  });

  test("is drafted by counting with a recipe that drafts, and minimal otherwise or if nothing may draft it", async () => {
    expect(await optimize("forge", "--recipe", "skillforge")).toBe(0);
    expect(written.stderr).toContain("(by counting)");
    written.stderr = "";
    expect(await optimize("none", "--recipe", "skillforge", "--creator", "none")).toBe(0);
    expect(written.stderr).toContain("starting from a minimal skill");
    written.stderr = "";
    expect(await optimize("usual")).toBe(0);
    expect(written.stderr).toContain("starting from a minimal skill");
  });

  test.each([
    [["--creator", "none", "--tools", "tools.json"], "--tools is for drafting a first skill"],
    [["--skill", "house", "--documents", "guides"], "--documents is for drafting a first skill, but a skill is given"],
    [["--documents", "no-such-folder"], "The documents at no-such-folder cannot be read"],
    [["--cases", "no-such-file.jsonl"], "no-such-file.jsonl cannot be read"],
    [["--recipe", "hill-climb", "--as-published"], 'Recipe "hill-climb" was not published elsewhere'],
  ])("%j is refused", async (words, message) => {
    expect(await optimize("refused", ...words)).toBe(2);
    expect(written.stderr).toContain(message);
  });

  test("as published every version is committed", async () => {
    expect(await optimize("published", "--recipe", "skillforge", "--as-published", "--verifier", "consistency")).toBe(
      0,
    );
    expect(written.stdout).toMatch(/validation {2}\S+ -> \S+ \(lenient \S+ -> \S+, strict \S+ -> \S+\)/);
  });
});
