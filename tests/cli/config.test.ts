import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { runCommandLine } from "../../cli/program.ts";
import { defineRecipe } from "../../graphs/recipe.ts";
import { hillClimb } from "../../graphs/recipes/hill-climb.ts";
import { optimize } from "../../runs/cycle/optimize.ts";
import { settingsOf } from "../../runs/reading/settings-of.ts";
import { openStore } from "../../stores/open.ts";
import { writeHouseTasks } from "../support/house-files.ts";
import { houseParts, houseProgram, houseSuites, smallSettings } from "../support/world.ts";
import { keepWritten } from "../support/written.ts";

const home = process.cwd();
const root = mkdtempSync(join(tmpdir(), "skillgraph-config-"));
const tasks = writeHouseTasks(root);
afterAll(() => rmSync(root, { recursive: true, force: true }));

const written = keepWritten();
let number = 0;
/** Each test works in a folder of its own. */
beforeEach(() => {
  number += 1;
  const folder = join(root, String(number));
  mkdirSync(folder);
  process.chdir(folder);
});
afterEach(() => {
  process.chdir(home);
  vi.unstubAllEnvs();
});

const write = (text: string, file = "skillgraph.config.ts") => writeFileSync(file, text);

async function settings(...words: string[]): Promise<Record<string, { value: unknown; source: unknown }>> {
  written.stdout = "";
  expect(await runCommandLine(["show", ...words, "--settings", "--json"])).toBe(0);
  return written.result()["settings"] as Record<string, { value: unknown; source: unknown }>;
}

/** The embedded agent under a name of one's own, in TypeScript. */
const ownAgent = (fingerprint = "mine@1") => `
import { createProcedureAgent, defineConfig, type TaskAgent } from "skillgraph";
const embedded: TaskAgent = createProcedureAgent();
const agent: TaskAgent = { ...embedded, fingerprint: "${fingerprint}" };
export default defineConfig({ tasks: "${tasks}", agent, settings: { generations: 2, batch: 10, wave: 6 } });
`;

/** A recipe in a config: hill climbing with one edit a candidate. */
const oneEdit = (version = 1) => `
const edits = { name: "one-edit", version: ${version}, decide: () => 1 };
const policies = (chosen) => ({ ...hillClimb.policies(chosen), edits });
const recipe = defineRecipe({ name: "one-edit", version: 1, summary: "one edit a candidate", policies });
`;

/** The config with an agent of its own, and this recipe. */
const withRecipe = (recipe: string) =>
  ownAgent()
    .replace("import {", "import { createStateReader, defineRecipe, hillClimb, loopNodes, wireLoop,")
    .replace("export default", `${recipe}export default`)
    .replace("agent, settings", "agent, recipe, settings");

describe("a config", () => {
  test("gives way to flags, and goes before the environment and defaults; each value tells where it is from", async () => {
    vi.stubEnv("SKILLGRAPH_STORE", "file:environment.db");
    write(`export default { tasks: "${tasks}", run: "a", settings: { generations: 1, batch: 9, wave: 6, edits: 2 },
      limits: { usd: 3 }, verifier: "insensitive" };`);
    const flags = ["--generations", "2", "--set", "batch=8", "--budget-minutes", "9"];
    expect(await runCommandLine(["optimize", ...flags, "--json"])).toBe(0);
    expect(written.result()).toMatchObject({ run: "a", generations: 2 });
    expect(readdirSync(".")).toContain("environment.db");
    const inConfig = { from: "config", place: "skillgraph.config.ts" };
    expect(await settings("a")).toMatchObject({
      store: { value: "file:environment.db", source: { from: "environment", place: "SKILLGRAPH_STORE" } },
      generations: { value: 2, source: { from: "flag", place: "--generations" } },
      batch: { value: 8, source: { from: "flag", place: "--set" } },
      edits: { value: 2, source: inConfig },
      seed: { value: 1, source: { from: "default" } },
      verifier: { value: "insensitive", source: inConfig },
      agent: { value: "procedure", source: { from: "default" } },
      tasks: { value: { train: 40, validation: 24 }, source: inConfig },
      "limits.usd": { value: 3, source: inConfig },
      "limits.minutes": { value: 9, source: { from: "flag", place: "--budget-minutes" } },
    });
    write(`export default { store: "file:config.db" };`);
    expect(await runCommandLine(["runs"])).toBe(1);
    expect(written.stderr).toContain("There is no store at file:config.db");
    expect(await runCommandLine(["runs", "--store", "file:environment.db"])).toBe(0);
  });

  test("with an agent of its own makes a run, resumes, branches and evaluates it", async () => {
    write(ownAgent());
    expect(await runCommandLine(["optimize", "--run", "a", "--json"])).toBe(0);
    const { digest } = written.result();
    expect(await runCommandLine(["resume", "a", "--json"])).toBe(0);
    expect(written.result()).toMatchObject({ digest });
    expect(await runCommandLine(["branch", "a", "--at", "1", "--set", "edits=1", "--start", "--json"])).toBe(0);
    expect(written.result()).toMatchObject({ run: "a-at-1", status: "finished" });
    expect(await runCommandLine(["evaluate", "--skill", ".skillgraph/out/a/house", "--json"])).toBe(0);
    expect(written.result()).toMatchObject({ suite: "test", tasks: 12 });
    expect((await settings("a"))["agent"]).toMatchObject({ value: "mine@1", source: { from: "config" } });
    expect(await settings("a-at-1")).toMatchObject({
      agent: { source: { from: "branch" } },
      edits: { value: 1, source: { from: "flag" } },
    });
    written.stdout = "";
    await runCommandLine(["show", "a-at-1", "--settings"]);
    expect(written.stdout).toMatch(/^batch +10 +branch of a at 1$/m);
  });

  /** A finished run needs no parts, unless it goes on. */
  const more = ["resume", "a", "--set", "generations=4"];

  test("with another agent does not go on with a run; nor does none, and both say so", async () => {
    write(ownAgent());
    await runCommandLine(["optimize", "--run", "a"]);
    write(ownAgent("other@1"));
    expect(await runCommandLine(more)).toBe(2);
    expect(written.stderr).toContain("was started with agent mine@1; this is agent other@1");
    rmSync("skillgraph.config.ts");
    expect(await runCommandLine(more)).toBe(2);
    expect(written.stderr).toContain("with a config that has the same parts: --config PATH");
  });

  test("goes on with a run that was started in code with the same parts, recipe included", async () => {
    const store = await openStore("file:runs.db");
    const start = { ...houseParts(), program: houseProgram, tasks: houseSuites, settings: smallSettings, store };
    const recipe = defineRecipe({
      name: "one-edit",
      version: 1,
      summary: "one edit a candidate",
      policies: (chosen) => ({
        ...hillClimb.policies(chosen),
        edits: { name: "one-edit", version: 1, decide: () => 1 },
      }),
    });
    await (await optimize({ ...start, recipe, run: "a" })).result();
    expect((await settingsOf("a", { store })).settings).toMatchObject({
      batch: { value: 10, source: { from: "code" } },
      recipe: { value: "one-edit", source: { from: "code" } },
      seed: { source: { from: "default" } },
    });
    await store.close();
    const parts = `agent: "procedure", analyst: "statistical", verifier: "exact"`;
    write(`export default { store: "file:runs.db", ${parts} };`);
    expect(await runCommandLine(more)).toBe(2);
    expect(written.stderr).toContain('Unknown recipe "one-edit"');
    write(`import { defineRecipe, hillClimb } from "skillgraph";
      ${oneEdit(2)}
      export default { store: "file:runs.db", ${parts}, recipe };`);
    expect(await runCommandLine(more)).toBe(2);
    expect(written.stderr).toContain("was started with graph");
    write(`import { defineRecipe, hillClimb } from "skillgraph";
      ${oneEdit()}
      export default { store: "file:runs.db", ${parts}, recipe };`);
    expect(await runCommandLine([...more, "--json"])).toBe(0);
    expect(written.result()).toMatchObject({ status: "finished" });
  });

  test("keeps its recipe from runs that were made by another", async () => {
    write(ownAgent());
    await runCommandLine(["optimize", "--run", "a"]);
    write(withRecipe(oneEdit()));
    expect(await runCommandLine(["branch", "a", "--at", "1", "--start"])).toBe(0);
    expect(await runCommandLine(["resume", "a-at-1"])).toBe(0);
    expect((await settings("a-at-1"))["recipe"]).toEqual({ value: "hill-climb", source: { from: "branch" } });
    expect(await runCommandLine(["optimize", "--run", "b"])).toBe(0);
    expect((await settings("b"))["recipe"]).toMatchObject({ value: "one-edit", source: { from: "config" } });
    expect(await runCommandLine(["resume", "b"])).toBe(0);
  });

  test("runs and draws the graph of its recipe, and keeps it from runs of another", async () => {
    write(ownAgent());
    await runCommandLine(["optimize", "--run", "a"]);
    const recipe = `const recipe = defineRecipe({
      name: "worst-first",
      version: 1,
      summary: "the worst deficiency first",
      policies: hillClimb.policies,
      wire(needs) {
        const nodes = loopNodes(needs);
        const reader = createStateReader(needs);
        const optimizer = async (state, runtime) => {
          const [worst] = await reader.deficiencies(state);
          const deficiencies = await needs.payload.putJson(worst === undefined ? [] : [worst]);
          return nodes.optimizer({ ...state, deficiencies }, runtime);
        };
        return wireLoop({ ...nodes, optimizer }).addNode("watcher", () => ({})).addEdge("rollout", "watcher");
      },
    });`;
    write(withRecipe(recipe));
    written.stdout = "";
    expect(await runCommandLine(["graph"])).toBe(0);
    expect(written.stdout).toContain("watcher(watcher)");
    written.stdout = "";
    expect(await runCommandLine(["graph", "hill-climb"])).toBe(0);
    expect(written.stdout).not.toContain("watcher");
    expect(await runCommandLine(["optimize", "--run", "b"])).toBe(0);
    expect((await settings("b"))["recipe"]).toMatchObject({ value: "worst-first", source: { from: "config" } });
    for (const run of ["a", "b"]) expect(await runCommandLine(["resume", run, "--set", "generations=4"])).toBe(0);
    write(ownAgent());
    expect(await runCommandLine(["resume", "b", "--set", "generations=5"])).toBe(2);
    expect(written.stderr).toContain('Unknown recipe "worst-first"');
  });

  test("takes the module of a verifier from the folder it is in", async () => {
    mkdirSync("checked", { recursive: true });
    write(
      'export const verifier = { fingerprint: "all@1", score: () => ({ value: 1, objectives: {}, feedback: "" }) };',
      "checked/own.ts",
    );
    write(
      `export default { store: "memory:", skill: "prompt.md", tasks: "${tasks}", verifier: "module:own.ts" };`,
      "checked/own.config.mjs",
    );
    writeFileSync("checked/prompt.md", "# Sorts messages\n");
    expect(await runCommandLine(["evaluate", "--config", "checked/own.config.mjs", "--json"])).toBe(0);
    expect(written.result()).toMatchObject({ score: 1 });
  });

  test("takes paths from the folder it is in, and what follows names it", async () => {
    mkdirSync("project");
    write(
      `export default { store: "file:runs.db", skill: "prompt.md", tasks: "${tasks}", out: "out" };`,
      "project/own.mjs",
    );
    writeFileSync("project/prompt.md", "# Sorts messages\n");
    const words = [
      "optimize",
      "--config",
      "project/own.mjs",
      "--generations",
      "2",
      "--set",
      "batch=10",
      "--set",
      "wave=6",
    ];
    expect(await runCommandLine([...words, "--run", "a"])).toBe(0);
    expect(
      readdirSync("project")
        .filter((name) => !name.includes("-"))
        .toSorted(),
    ).toEqual(["out", "own.mjs", "prompt.md", "runs.db"]);
    expect(await runCommandLine(["branch", "a", "--at", "1", "--config", "project/own.mjs"])).toBe(0);
    expect(written.stderr).toContain("Continue with: skillgraph resume a-at-1 --config project/own.mjs\n");
  });

  test("gives the parts that doctor looks at, and those that a dry run prices", async () => {
    write(ownAgent());
    expect(await runCommandLine(["doctor", "--json"])).toBe(0);
    expect(written.result()["checks"]).toContainEqual({ name: "agent", status: "ok", text: "mine@1", advice: null });
    expect(await runCommandLine(["optimize", "--dry-run", "--json"])).toBe(0);
    expect(written.result()).toMatchObject({ roles: { agent: { name: "mine@1", usd: { most: 0 } } } });
  });
});

describe("a config that cannot be used is refused, and the message says where and why", () => {
  const cases: Array<[string, string, string]> = [
    ["an unknown key", `{ taks: "x" }`, 'unknown key "taks" (did you mean "tasks"?)'],
    ["an unknown setting", "{ settings: { bach: 3 } }", 'unknown key "settings.bach" (did you mean "batch"?)'],
    ["a setting in other letters", "{ settings: { budgetrollouts: 3 } }", '(did you mean "budgetRollouts"?)'],
    ["an unknown limit", "{ limits: { used: 3 } }", 'unknown key "limits.used" (did you mean "usd"?)'],
    ["a recipe without policies", '{ recipe: { name: "mine" } }', "expected a name, or the result of defineRecipe"],
    ["an unknown recipe", '{ recipe: "hill-clim" }', 'Unknown recipe "hill-clim" (did you mean "hill-climb"?)'],
    ["a value out of range", "{ settings: { batch: 0 } }", 'invalid value for "settings.batch"'],
    ["a limit out of range", "{ limits: { usd: -1 } }", 'invalid value for "limits.usd"'],
    [
      "an agent without a fingerprint",
      "{ agent: { answer() {} } }",
      'invalid value for "agent": expected a name, or an object',
    ],
    ["an analyst that cannot propose", `{ analyst: { fingerprint: "x" } }`, "analyze, diagnose, propose"],
    ["nothing", "undefined", "has no default export"],
  ];
  test.each(cases)("%s", async (_, config, message) => {
    write(`export default ${config};`, "skillgraph.config.js");
    expect(await runCommandLine(["runs"])).toBe(2);
    expect(written.stderr).toContain("skillgraph.config.js");
    expect(written.stderr).toContain(message);
    expect(written.stdout).toBe("");
  });

  test("text that is no program", async () => {
    write("export default {");
    expect(await runCommandLine(["runs"])).toBe(2);
    expect(written.stderr).toContain("The config skillgraph.config.ts cannot be loaded:");
  });

  test("a path where there is none", async () => {
    expect(await runCommandLine(["runs", "--config", "none.ts"])).toBe(2);
    expect(written.stderr).toContain("Config file not found: none.ts");
  });

  test("two of them in one folder", async () => {
    write("export default {};");
    write("export default {};", "skillgraph.config.mjs");
    expect(await runCommandLine(["runs"])).toBe(2);
    expect(written.stderr).toContain("This folder contains skillgraph.config.ts and skillgraph.config.mjs.");
  });

  test.each([
    ["optimize", "--tasks"],
    ["evaluate", "--skill"],
  ])("%s without %s, in flags or config", async (command, flag) => {
    write("export default {};");
    expect(await runCommandLine([command])).toBe(2);
    expect(written.stderr).toContain(
      `requires ${flag} <path>: give it, or set ${flag.slice(2)} in skillgraph.config.ts`,
    );
  });
});

describe("--quiet", () => {
  test("tells nothing on the way, and the result all the same", async () => {
    write(ownAgent());
    expect(await runCommandLine(["optimize", "--run", "a", "--quiet"])).toBe(0);
    expect(written.stderr.split("\n").filter((line) => !line.startsWith("warning"))).toEqual([""]);
    expect(written.stdout).toContain("a finished");
    written.stderr = "";
    expect(await runCommandLine(["branch", "a", "--at", "1", "--start", "--quiet"])).toBe(0);
    expect(written.stderr).toBe("");
  });

  test("leaves warnings", async () => {
    writeFileSync("tasks.md", "- Be kind.\n");
    write(`export default { tasks: "${tasks}", skill: "tasks.md", settings: { generations: 1, batch: 10, wave: 6 } };`);
    expect(await runCommandLine(["optimize", "--quiet"])).toBe(0);
    expect(written.stderr).toContain("warning: only 24 validation tasks");
    expect(written.stderr).toContain("nothing in the skill is executed");
    expect(written.stderr).not.toContain("generation 1");
  });
});
