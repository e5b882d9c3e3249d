import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, test } from "vitest";
import { runCommandLine } from "../../cli/program.ts";
import { writeHouseTasks } from "../support/house-files.ts";
import { keepWritten } from "../support/written.ts";

const folder = mkdtempSync(join(tmpdir(), "skillgraph-evaluate-"));
const tasks = writeHouseTasks(folder);
const examples = fileURLToPath(new URL("../../examples/support-messages", import.meta.url));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const written = keepWritten();

/** A skill that answers all tasks with one word: right on those that expect it. */
function skillOf(place: string, rules: readonly string[]): string {
  const path = join(folder, place, "house");
  mkdirSync(path, { recursive: true });
  const head = "---\nname: house\ndescription: Sorts messages about a house.\n---\n\n## Rules\n\n";
  writeFileSync(join(path, "SKILL.md"), `${head}${rules.map((rule) => `- ${rule}\n`).join("")}`);
  return path;
}
const poor = skillOf("poor", ["Otherwise, answer `nothing`."]);
const good = skillOf("good", [
  ...["lamp", "bulb", "dimmer"].map((word) => `When it mentions "${word}", answer \`lights\`.`),
  ...["tap", "pipe", "boiler"].map((word) => `When it mentions "${word}", answer \`water\`.`),
  "Otherwise, answer `doors`.",
]);

const evaluate = (skill: string, ...words: string[]) =>
  runCommandLine(["evaluate", "--skill", skill, "--tasks", tasks, "--store", `file:${join(folder, "e.db")}`, ...words]);

test("a score below the least has exit code 4 and says so; one that reaches it has not", async () => {
  expect(await evaluate(good, "--min-score", "1")).toBe(0);
  expect(await evaluate(poor, "--min-score", "0.5")).toBe(4);
  expect(written.stderr).toContain("falls short The score 0.000 is below the required minimum of 0.5");
  expect(await evaluate(good, "--min-score", "50")).toBe(2);
});

test("against another skill: worse has exit code 4; better and alike have not, unless better is expected", async () => {
  expect(await evaluate(poor, "--against", good)).toBe(4);
  expect(written.stdout).toContain(
    `against 1.00 of ${good}: -1.000, 95 % interval -1.000 to -.319; better on 0 tasks, worse on 12, shown to be worse`,
  );
  expect(await evaluate(good, "--against", poor, "--expect", "better")).toBe(0);
  expect(await evaluate(good, "--against", good)).toBe(0);
  written.stdout = "";
  expect(await evaluate(good, "--against", good, "--expect", "better", "--json")).toBe(4);
  expect(JSON.parse(written.stdout)).toMatchObject({
    score: 1,
    against: { score: 1, difference: 0, better: 0, worse: 0, shown: null },
    shortfall: expect.stringContaining("not shown to be better"),
  });
});

test("certify: a run is uncertified until its best skill is shown to be better on sealed tasks", async () => {
  const store = ["--store", `file:${join(folder, "certify.db")}`];
  const run = ["optimize", "--tasks", examples, "--run", "support", "--quiet"];
  expect(await runCommandLine([...run, "--set", "generations=1", "--out", join(folder, "out"), ...store])).toBe(0);
  expect(written.stdout).toContain("uncertified; 52 sealed tasks; no certificate yet");
  expect(await runCommandLine(["certify", "support", "--repeats", "1", ...store])).toBe(0);
  expect(written.stdout).toMatch(
    /certificate 1: certified, \+\.\d{3} \(95 % \+\.\d{3} to \+\.\d{3}\) on 52 sealed tasks, 1 repeat;/,
  );
  expect(await runCommandLine(["show", "support", "--json", ...store])).toBe(0);
  expect(written.result()).toMatchObject({ trust: { status: "certified", made: 1, tasks: 52 } });
});

test("of a library, only what a question can see answers it", async () => {
  const library = join(folder, "library");
  for (const [name, words, label] of [
    ["lights", ["lamp", "bulb", "dimmer"], "lights"],
    ["water", ["tap", "pipe", "boiler"], "water"],
  ] as const) {
    mkdirSync(join(library, name), { recursive: true });
    const rules = words.map((word) => `- When it mentions "${word}", answer \`${label}\`.\n`).join("");
    writeFileSync(
      join(library, name, "SKILL.md"),
      `---\nname: ${name}\ndescription: Sorts.\n---\n\n## Rules\n\n${rules}`,
    );
  }
  const scoreOf = async (...words: string[]) => {
    written.stdout = "";
    expect(await evaluate(library, "--json", ...words)).toBe(0);
    const { score, used } = JSON.parse(written.stdout) as { score: number; used: Record<string, number> };
    return { score, used };
  };
  const all = await scoreOf();
  expect(await scoreOf("--visibility", "retrieved", "--visible", "1")).toEqual(all);
  const without = await scoreOf("--visibility", "all-but", "--hidden", "water");
  expect(without).toEqual({ score: all.used["lights"], used: { lights: all.used["lights"], water: 0 } });
  expect((await scoreOf("--visibility", "shuffled", "--visible", "1")).score).toBeLessThan(all.score);
  expect(await evaluate(library, "--visible", "1")).toBe(2);
  expect(written.stderr).toContain('The setting "visible" has no effect with "visibility": "all"');
  expect(await evaluate(library, "--visibility", "all-but", "--hidden", "waters")).toBe(2);
  expect(written.stderr).toContain('there is no skill "waters"');
});
