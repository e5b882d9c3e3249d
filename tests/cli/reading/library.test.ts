import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { runCommandLine } from "../../../cli/program.ts";
import { readLibrary, type Library } from "../../../runs/library/library.ts";
import { optimize } from "../../../runs/cycle/optimize.ts";
import { minimalSkill } from "../../../skills/minimal.ts";
import { createMemoryStore } from "../../../stores/drivers/memory.ts";
import { keepWritten } from "../../support/written.ts";
import { houseParts, houseProgram, houseSettings, houseSuites } from "../../support/world.ts";

const written = keepWritten();
const folder = mkdtempSync(join(tmpdir(), "skillgraph-library-"));
afterAll(() => rmSync(folder, { recursive: true }));

function write(place: string, description: string, body = "Be kind.\n"): void {
  mkdirSync(join(folder, place), { recursive: true });
  writeFileSync(
    join(folder, place, "SKILL.md"),
    `---\nname: ${place.split("/").at(-1)}\ndescription: ${description}\n---\n${body}`,
  );
}

const same = "Ask for the receipt, then for the account, and answer within a day in two sentences.\n";
write("skills/refunds", "Answers questions about refunds.", same);
write("skills/returns", "Answers questions about refunds and returns.", same);
write("skills/Returns", "Sends <b>mail</b>.", "See [the rules](rules.md).\n");
write("skills/broken", "'unclosed");
write("calm/guide", "Guides.");

async function library(...words: string[]) {
  written.stdout = "";
  const code = await runCommandLine(["library", ...words]);
  return { code, stdout: written.stdout, stderr: written.stderr };
}

describe("skillgraph library", () => {
  test("prints tokens, and what to look at by topic", async () => {
    const { code, stdout } = await library(join(folder, "skills"));
    expect(code).toBe(0);
    expect(stdout).toMatch(/^\d skills: [\d,]+ tokens of names and descriptions/);
    for (const line of ["Returns and returns", "refunds and returns: 1.00 in common", "rules.md does not exist"])
      expect(stdout).toContain(line);
    expect(stdout).toMatch(/Mistaken for one another\n  \w+: \w+ (fits|is found)/);
  });

  test("says nothing but the sizes of a library with nothing to look at", async () => {
    const { stdout } = await library(join(folder, "calm"));
    expect(stdout).toMatch(/^1 skill: .*\n\nskill +files +listing +body +others\nguide +1 .*\n$/);
  });

  test("has the same as JSON, and as a page with all texts escaped", async () => {
    const page = join(folder, "library.html");
    const { stdout } = await library(join(folder, "skills"), "--json", "--html", page);
    const { skills, dead, unreadable, use } = JSON.parse(stdout) as Library;
    expect([skills.length + unreadable.length, use]).toEqual([4, null]);
    expect(dead).toMatchObject([{ skill: "Returns", target: "rules.md" }]);
    const text = readFileSync(page, "utf8");
    expect(text).toContain("Returns and returns");
    expect(text).not.toMatch(/<script|<b>/);
  });

  test("refuses a folder without a skill, and stops at the 2,001st file of a skill and goes on with the others", async () => {
    mkdirSync(join(folder, "empty"));
    const { code, stderr } = await library(join(folder, "empty"));
    expect([code, stderr]).toEqual([expect.any(Number), expect.stringContaining("contains no skill")]);
    expect(code).not.toBe(0);
    write("large/many", "Has many files.");
    write("large/few", "Has one file.");
    for (let file = 0; file < 2_001; file += 1) writeFileSync(join(folder, "large/many", `${file}.md`), "");
    const { skills, unreadable } = await readLibrary(join(folder, "large"));
    expect(skills.map(({ name }) => name)).toEqual(["few"]);
    expect(unreadable).toEqual([{ name: "many", message: expect.stringContaining("More than 2000 files") }]);
  });

  test("tells which skills the rollouts of a run did not use, or used and failed", async () => {
    const store = createMemoryStore();
    const program = [...houseProgram, minimalSkill("spare", "Is never needed.")];
    const house = { ...houseParts(), program, tasks: houseSuites, settings: houseSettings };
    await (await optimize({ ...house, store, run: "r" })).result();
    for (const { name, files } of program) {
      mkdirSync(join(folder, "house", name), { recursive: true });
      for (const [file, bytes] of Object.entries(files)) writeFileSync(join(folder, "house", name, file), bytes);
    }
    const { use } = await readLibrary(join(folder, "house"), { run: "r", store });
    expect(use?.skills).toMatchObject([
      { skill: "house" },
      { skill: "spare", used: 0, failed: null, standing: "unused", visible: use!.rollouts },
    ]);
    expect(use?.skills[0]?.used).toBeGreaterThan(0);
    await expect(readLibrary(join(folder, "house"), { run: "no", store })).rejects.toThrow(/no run/i);
  });
});
