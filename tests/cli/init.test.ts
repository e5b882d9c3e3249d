import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { afterAll, afterEach, beforeEach, describe, expect, test } from "vitest";
import { runCommandLine } from "../../cli/program.ts";
import { ask } from "../../cli/project/wizard.ts";
import { writeHouseTasks } from "../support/house-files.ts";
import { keepWritten } from "../support/written.ts";

const home = process.cwd();
const root = mkdtempSync(join(tmpdir(), "skillgraph-init-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const written = keepWritten();
let number = 0;
/** Each test works in an empty folder. */
beforeEach(() => {
  number += 1;
  mkdirSync(join(root, String(number)));
  process.chdir(join(root, String(number)));
});
afterEach(() => {
  process.chdir(home);
});

const config = (folder = ".") => readFileSync(join(folder, "skillgraph.config.ts"), "utf8");

test("init --yes makes a project in which optimize raises the score at once, with the commands it names", async () => {
  expect(await runCommandLine(["init", "--yes"])).toBe(0);
  expect(written.stdout).toContain(
    "created  skillgraph.config.ts\ncreated  skills/messages/SKILL.md\ncreated  tasks/messages/train.jsonl\n",
  );
  const [optimize, show] = written.stdout.split("Next:\n")[1]?.trimEnd().split("\n") ?? [];
  expect([optimize, show]).toEqual(["  skillgraph optimize", "  skillgraph show messages-1 --diff"]);
  written.stdout = "";
  expect(await runCommandLine(["optimize", "--json"])).toBe(0);
  const { score } = JSON.parse(written.stdout) as {
    score: Record<"validation" | "test", { start: number; best: number }>;
  };
  for (const { start, best } of [score.validation, score.test]) expect(best - start).toBeGreaterThan(0.39);
  expect(written.stderr).not.toContain("warning");
  expect(await runCommandLine(["show", "messages-1", "--diff"])).toBe(0);
  expect(written.stdout).toContain("answer `account`");
});

test("init in a folder with a config is refused, and changes nothing", async () => {
  writeFileSync("skillgraph.config.ts", "mine");
  expect(await runCommandLine(["init", "--yes"])).toBe(2);
  expect(written.stderr).toContain(". already contains a skillgraph.config.ts. Nothing was written");
  expect([config(), existsSync("tasks")]).toEqual(["mine", false]);
});

test("init keeps every other file that is there, and says so", async () => {
  mkdirSync("skills/house", { recursive: true });
  mkdirSync("tasks");
  writeFileSync("skills/house/SKILL.md", "mine");
  writeFileSync(".gitignore", "dist\n.env\n");
  writeHouseTasks("tasks");
  expect(await runCommandLine(["init", "--yes", "--skill-name", "house", "--json"])).toBe(0);
  expect(JSON.parse(written.stdout)).toEqual({
    folder: ".",
    made: ["skillgraph.config.ts", ".env.example"],
    kept: ["tasks/house", "skills/house/SKILL.md", ".gitignore"],
    unignored: [".skillgraph/", "node_modules/"],
    next: ["skillgraph optimize", "skillgraph show house-1 --diff"],
  });
  expect(readFileSync("skills/house/SKILL.md", "utf8")).toBe("mine");
  expect(readFileSync(".gitignore", "utf8")).toBe("dist\n.env\n");
});

test("init takes tasks, a skill and parts that are there, by paths from the new folder", async () => {
  const tasks = writeHouseTasks(".");
  writeFileSync("prompt.md", "Sort the messages.\n");
  const own = ["--tasks", tasks, "--skill", "prompt.md", "--agent", "chat:gpt-5-mini"];
  expect(await runCommandLine(["init", "project", "--yes", ...own])).toBe(0);
  expect(written.stdout).toContain("cd project\n  skillgraph doctor\n");
  for (const line of [
    'skill: "../prompt.md"',
    'tasks: "../house"',
    'agent: "chat:gpt-5-mini"',
    'analyst: "gpt-5-mini"',
    "usd: 5",
  ])
    expect(config("project")).toContain(line);
  process.chdir("project");
  written.stdout = "";
  expect(await runCommandLine(["optimize", "--dry-run", "--json"])).toBe(0);
  expect(JSON.parse(written.stdout)).toMatchObject({ roles: { agent: { name: "chat:gpt-5-mini" } } });
});

describe("init writes nothing where it is asked for what cannot be", () => {
  const cases: Array<[string, string[], string]> = [
    ["an agent there is none of", ["--agent", "claude"], 'Unknown agent "claude"'],
    ["an agent that nobody studies", ["--agent", "claude-code"], "Give one, such as --analyst gpt-5"],
    ["a name that is none", ["--skill-name", "My Skill"], "such as my-skill"],
    ["tasks that are not there", ["--tasks", "none.jsonl"], "Task set not found at none.jsonl"],
    ["a skill that is not there", ["--skill", "none"], "There is no skill at"],
  ];
  test.each(cases)("%s", async (_, words, message) => {
    expect(await runCommandLine(["init", "--yes", ...words])).toBe(2);
    expect(written.stderr).toContain(message);
    expect(existsSync("skillgraph.config.ts")).toBe(false);
  });
});

describe("the wizard", () => {
  /** Types each answer once its question is shown. */
  function terminal(answers: Array<[question: string, keys: string]>) {
    const output = Object.assign(new PassThrough(), { columns: 100, rows: 24 });
    const input = new PassThrough();
    const left = [...answers];
    let shown = "";
    output.on("data", (text) => {
      shown += String(text);
      const [question, keys] = left[0] ?? [];
      if (question === undefined || !shown.includes(question)) return;
      left.shift();
      setImmediate(() => input.write(keys));
    });
    return { input, output };
  }

  test("asks for what the flags do not say", async () => {
    const down = "\u001b[B";
    const typed = terminal([
      ["Which agent answers the tasks?", `${down}\r`],
      ["Which model?", "gpt-5-mini\r"],
      ["Where are your tasks?", "tasks.jsonl\r"],
      ["Where is the skill to improve?", "\r"],
    ]);
    const answers = await ask({ verifier: "exact" }, typed);
    expect(answers).toEqual({ verifier: "exact", agent: "chat:gpt-5-mini", tasks: "tasks.jsonl" });
  });

  test("asks for a model to study with where the agent is a program", async () => {
    const flags = { agent: "claude-code", tasks: "tasks.jsonl", skillName: "mine" };
    expect(await ask(flags, terminal([["Which model analyzes", "gpt-5\r"]]))).toEqual({ ...flags, analyst: "gpt-5" });
  });

  test("gives nothing where its user presses Ctrl-C", async () => {
    expect(await ask({ agent: "procedure" }, terminal([["Where are your tasks?", "\u0003"]]))).toBeUndefined();
  });
});
