import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { runCommandLine } from "../../cli/program.ts";
import { optimize } from "../../runs/cycle/optimize.ts";
import { openStore } from "../../stores/open.ts";
import { writeHouseTasks } from "../support/house-files.ts";
import { houseParts, houseProgram, houseSettings, houseSuites } from "../support/world.ts";
import { keepWritten } from "../support/written.ts";

const folder = mkdtempSync(join(tmpdir(), "skillgraph-cli-"));
const tasks = writeHouseTasks(folder);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const written = keepWritten();

let number = 0;
/** A fresh store and out folder for each test. */
function place(): { store: string; flags: string[]; out: string } {
  number += 1;
  const [database, out] = [join(folder, `${number}.db`), join(folder, `out-${number}`)];
  return { store: `file:${database}`, out, flags: ["--store", `file:${database}`] };
}

const small = ["--generations", "2", "--set", "batch=10", "--set", "wave=6", "--set", "acceptance=no-worse"];

test("optimize improves a skill, writes it with its diff, and prints the result as the last line of JSON", async () => {
  const { flags, out } = place();
  const code = await runCommandLine(["optimize", "--tasks", tasks, ...small, ...flags, "--out", out, "--json"]);
  expect(code).toBe(0);
  const result = written.result();
  expect(result).toMatchObject({
    run: "house-1",
    status: "finished",
    generations: 2,
    score: { validation: { start: 0, best: expect.any(Number) }, test: { start: 0, best: expect.any(Number) } },
    skill: { hash: expect.stringMatching(/^[0-9a-f]{64}$/), tokens: expect.any(Number) },
    digest: expect.stringMatching(/^[0-9a-f]{64}$/),
    spent: { usd: 0, executions: expect.any(Number) },
  });
  expect(readFileSync(join(out, "house", "SKILL.md"), "utf8")).toContain("## Rules");
  expect(readFileSync(join(out, "changes.diff"), "utf8")).toContain("+## Rules");
  expect(written.stderr).toContain("No --skill given");
  expect(written.stderr).toContain("generation 2/2");
});

test("show prints the same JSON, and for people a line a generation and the diff", async () => {
  const { flags, out } = place();
  await runCommandLine(["optimize", "--tasks", tasks, ...small, ...flags, "--out", out, "--run", "a", "--json"]);
  const made = written.stdout;
  written.stdout = "";
  expect(await runCommandLine(["show", "a", ...flags, "--json"])).toBe(0);
  expect(written.stdout).toBe(made);
  written.stdout = "";
  expect(await runCommandLine(["show", "a", ...flags, "--diff"])).toBe(0);
  expect(written.stdout).toMatch(/ {3}1 {2}validation \.\d{3}/);
  expect(written.stdout).toContain("+## Rules");
  written.stdout = "";
  expect(await runCommandLine(["show", "a", ...flags, "--skills"])).toBe(0);
  expect(written.stdout).toMatch(/^\d+ train and .*\n\n.*\nhouse +used +\d+ +\d+ +\.\d{3}\n$/);
});

test("the same optimize again resumes; with another setting it is refused with exit code 2", async () => {
  const { flags, out } = place();
  const words = ["optimize", "--tasks", tasks, ...small, ...flags, "--out", out, "--run", "a", "--json"];
  await runCommandLine(words);
  const first = written.stdout;
  written.stdout = "";
  expect(await runCommandLine(words)).toBe(0);
  expect(JSON.parse(written.stdout)).toMatchObject({ digest: (JSON.parse(first) as { digest: string }).digest });
  expect(await runCommandLine([...words, "--seed", "9"])).toBe(2);
  expect(written.stderr).toContain('Run "a" already exists with different seed');
});

test("branch makes a run with other settings, and starts it when asked", async () => {
  const { flags, out } = place();
  await runCommandLine(["optimize", "--tasks", tasks, ...small, ...flags, "--out", out, "--run", "a"]);
  written.stdout = "";
  const branch = ["branch", "a", "--at", "1", "--set", "edits=1", ...flags, "--out", out];
  expect(await runCommandLine(branch)).toBe(0);
  expect(written.stdout).toContain("branched from a at generation 1");
  expect(await runCommandLine(["resume", "a-at-1", ...flags, "--out", out])).toBe(0);
  expect(await runCommandLine([...branch, "--run", "b", "--start", "--json"])).toBe(0);
  expect(written.result()).toMatchObject({
    run: "b",
    status: "finished",
    generations: 2,
  });
});

test("resume says that a finished run is finished and how to go on; with more it goes on; settings that it keeps are refused", async () => {
  const { flags, out } = place();
  const more = [...flags, "--out", out];
  await runCommandLine([
    "optimize",
    "--tasks",
    tasks,
    ...small,
    ...more,
    "--set",
    "target=null",
    "--run",
    "a",
    "--json",
  ]);
  const first = written.stdout;
  written.stdout = "";
  expect(await runCommandLine(["resume", "a", ...more, "--json"])).toBe(0);
  expect(written.stdout).toBe(first);
  expect(written.stderr).toContain("run a is finished (generations) after 2 generations; there is nothing left to do.");
  expect(written.stderr).toContain("skillgraph resume a --set generations=4\n");
  expect(await runCommandLine(["resume", "a", ...more, "--set", "generations=3"])).toBe(0);
  expect(written.stderr).toContain("continuing after generation 2 with generations=3");
  expect(written.stderr).toContain("generation 3/3");
  expect(await runCommandLine(["resume", "a", ...more, "--set", "seed=3"])).toBe(2);
  expect(await runCommandLine(["resume", "a", ...more, "--set", "generation=3"])).toBe(2);
  expect(written.stderr).toContain('has no setting "generation" (did you mean "generations"?)');
});

test("rm and gc tell what they free; rm asks, and without an answer removes nothing", async () => {
  const { flags, out } = place();
  await runCommandLine(["optimize", "--tasks", tasks, ...small, ...flags, "--out", out, "--run", "a"]);
  await runCommandLine(["branch", "a", "--at", "1", ...flags, "--out", out, "--run", "b"]);
  written.stdout = "";
  expect(await runCommandLine(["gc", ...flags, "--dry-run"])).toBe(0);
  expect(written.stdout).toMatch(/^family +runs +data +not needed +blobs +answers\na +2 +[\d.]+ kB +0 B +0 +0\n/);
  expect(await runCommandLine(["rm", "a", ...flags, "--yes"])).toBe(2);
  expect(written.stderr).toContain("depend on it: b");
  expect(await runCommandLine(["rm", "b", ...flags])).toBe(1);
  expect(written.stderr).toContain(
    "Permanently remove b and the answers paid for? Not a terminal, so nobody can confirm; give --yes",
  );
  written.stdout = "";
  expect(await runCommandLine(["rm", "a", "--branches", ...flags, "--yes", "--json"])).toBe(0);
  expect(JSON.parse(written.stdout)).toMatchObject({ runs: ["a", "b"], left: null });
  written.stdout = "";
  expect(await runCommandLine(["gc", ...flags, "--json"])).toBe(0);
  const { families, file } = JSON.parse(written.stdout) as {
    families: unknown[];
    file: { before: number; after: number };
  };
  expect(families).toEqual([]);
  expect(file.after).toBeLessThan(file.before);
});

test("a run started in code is resumed in code, and says so", async () => {
  const { store: url, flags } = place();
  const store = await openStore(url);
  const run = await optimize({
    ...houseParts(),
    program: houseProgram,
    tasks: houseSuites,
    settings: houseSettings,
    store,
  });
  await run.result();
  await store.close();
  expect(await runCommandLine(["resume", "run", ...flags, "--set", "generations=9"])).toBe(2);
  expect(written.stderr).toContain("was started in code");
});

test("evaluate scores a skill on a split and counts the looks, those of runs too", async () => {
  const { flags, out } = place();
  await runCommandLine(["optimize", "--tasks", tasks, ...small, ...flags, "--out", out]);
  written.stdout = "";
  const evaluate = ["evaluate", "--skill", join(out, "house"), "--tasks", tasks, ...flags];
  expect(await runCommandLine([...evaluate, "--json"])).toBe(0);
  expect(JSON.parse(written.stdout)).toMatchObject({ suite: "test", tasks: 12, looks: 3 });
  written.stdout = "";
  expect(await runCommandLine(evaluate)).toBe(0);
  expect(written.stdout).toMatch(/^test .* on 12 tasks \(evaluated 4 times so far\)/);
});

describe("what the agent will not do as the skill says it", () => {
  const [odd, prose] = [join(folder, "odd"), join(folder, "prose")];
  for (const path of [odd, prose]) mkdirSync(path);
  const head = (name: string) => `---\nname: ${name}\ndescription: x\n---\n\n`;
  writeFileSync(
    join(odd, "SKILL.md"),
    `${head("odd")}## Rules\n\n- When it mentoins "x", answer \`y\`.\n- Otherwise, answer \`z\`.\n`,
  );
  writeFileSync(join(prose, "SKILL.md"), `${head("prose")}# Prose\n\n- Be kind.\n`);

  test("is told on stderr before a run, once, with file, line, column and a suggestion", async () => {
    const { flags, out } = place();
    const run = ["optimize", "--tasks", tasks, "--skill", odd, ...small, ...flags, "--out", out];
    expect(await runCommandLine(run)).toBe(0);
    const told = "warning odd/SKILL.md:8:11: not executed: ";
    expect(written.stderr.split(told)).toHaveLength(2);
    expect(written.stderr).toMatch(/warning odd.*did you mean "mentions"\?/);
    expect(written.stderr.indexOf(told)).toBeLessThan(written.stderr.indexOf("generation 1/2"));
    expect(written.stdout).not.toContain("not executed");
  });

  test("is told on stderr by evaluate, and is in its JSON", async () => {
    const evaluate = ["evaluate", "--skill", prose, "--tasks", tasks, ...place().flags, "--json"];
    expect(await runCommandLine(evaluate)).toBe(0);
    expect(written.stderr).toContain("warning prose/SKILL.md: nothing in the skill is executed");
    expect(JSON.parse(written.stdout)).toMatchObject({ findings: [{ skill: "prose", line: null }] });
  });

  test("is not told of a skill that was made for the run", async () => {
    const { flags, out } = place();
    await runCommandLine(["optimize", "--tasks", tasks, ...small, ...flags, "--out", out]);
    expect(written.stderr).not.toContain("warning house");
  });
});

describe("bad input gives one message that says what happened and what to do, and no stack trace", () => {
  const empty = join(folder, "empty.jsonl");
  const malformed = join(folder, "malformed.jsonl");
  const broken = join(folder, "broken-skill");
  mkdirSync(broken);
  writeFileSync(empty, "");
  writeFileSync(malformed, '{"id":"a","input":"x","expected":"y"}\n{"id":"b","input":\n');
  writeFileSync(join(broken, "SKILL.md"), "---\n- name\n---\n\n# x\n");

  const sound = join(folder, "sound");
  mkdirSync(sound);
  writeFileSync(join(sound, "SKILL.md"), "---\nname: sound\ndescription: x\n---\n\n# x\n");

  const cases: Array<[string, string[], number, string]> = [
    ["a missing task file", ["optimize", "--tasks", join(folder, "nowhere")], 2, "Task set not found at"],
    ["an empty task file", ["optimize", "--tasks", empty], 2, "contains no tasks"],
    ["a malformed line", ["optimize", "--tasks", malformed], 2, "malformed.jsonl, line 2"],
    ["a skill that cannot be read", ["optimize", "--tasks", tasks, "--skill", broken], 2, "breaks the rule"],
    [
      "a skill that is not there",
      ["optimize", "--tasks", tasks, "--skill", join(folder, "none")],
      2,
      "There is no skill at",
    ],
    ["an unknown setting", ["optimize", "--tasks", tasks, "--set", "bach=3"], 2, 'has no setting "bach"'],
    ["a setting out of range", ["optimize", "--tasks", tasks, "--set", "batch=0"], 2, 'Setting "batch" cannot be 0'],
    ["an unknown agent", ["optimize", "--tasks", tasks, "--agent", "toString"], 2, 'Unknown agent "toString"'],
    ["a verifier out of range", ["optimize", "--tasks", tasks, "--verifier", "numeric:2"], 2, "tolerance"],
    ["a name that is a path", ["optimize", "--tasks", tasks, "--run", "../x"], 2, "is not a valid run name"],
    [
      "an out folder that is a file",
      ["optimize", "--tasks", tasks, "--out", malformed, "--store", "memory:"],
      2,
      "cannot be written",
    ],
    [
      "an out folder that holds the skill",
      ["optimize", "--tasks", tasks, "--skill", sound, "--out", folder, "--store", "memory:"],
      2,
      "overlap",
    ],
    [
      "a store that is not there",
      ["show", "a", "--store", `file:${join(folder, "none.db")}`],
      1,
      "There is no store at",
    ],
    ["a store of an unknown kind", ["optimize", "--tasks", tasks, "--store", "ftp://x"], 1, "ftp"],
    ["a store that is a folder", ["optimize", "--tasks", tasks, "--store", `file:${folder}`], 1, "folder"],
    ["a run that does not exist", ["resume", "nobody", "--store", "memory:"], 2, 'There is no run "nobody"'],
    [
      "a budget too small",
      ["optimize", "--tasks", tasks, "--budget-rollouts", "5", "--store", "memory:"],
      2,
      "At least",
    ],
    ["a flag that is no number", ["optimize", "--tasks", tasks, "--generations", "many"], 2, "integer of at least 1"],
    ["an unknown command", ["optimise"], 2, "unknown command"],
  ];
  test.each(cases)("%s", async (_, words, code, message) => {
    expect(await runCommandLine(words)).toBe(code);
    expect(written.stderr).toContain(message);
    expect(written.stderr).not.toMatch(/\n\s+at /);
    expect(written.stdout).toBe("");
  });

  test("--verbose adds where it came from", async () => {
    await runCommandLine(["show", "nobody", "--store", "memory:", "--verbose"]);
    expect(written.stderr).toMatch(/\n\s+at /);
  });
});

test("a run that a live process owns is refused with exit code 1, naming the process", async () => {
  const { store: url, flags } = place();
  const store = await openStore(url);
  let answerAll = () => {};
  const asked = new Promise<void>((resolve) => (answerAll = resolve));
  const { agent } = houseParts();
  const slow = {
    ...agent,
    answer: async (...call: Parameters<typeof agent.answer>) => (await asked, agent.answer(...call)),
  };
  const house = { ...houseParts(slow), program: houseProgram, tasks: houseSuites, settings: houseSettings };
  const partNames = { agent: "procedure", analyst: "statistical", verifier: "exact" };
  const run = await optimize({ ...house, partNames, store, run: "busy" });
  expect(await runCommandLine(["resume", "busy", ...flags])).toBe(1);
  expect(written.stderr).toContain(`process ${process.pid}`);
  answerAll();
  expect(await run.result()).toMatchObject({ status: "finished" });
  await store.close();
});
