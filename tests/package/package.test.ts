import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createEmptyProject, type EmptyProject } from "../support/empty-project.ts";

let project: EmptyProject;
beforeAll(async () => {
  project = await createEmptyProject();
});
afterAll(() => rmSync(project.folder, { recursive: true, force: true }));

const compiler = createRequire(import.meta.url).resolve("typescript/bin/tsc");

/** Code of a user: the package beside LangGraph, with types that are no `any`. */
const code = `import { MemorySaver, StateGraph } from "@langchain/langgraph";
import { createExact, createMemoryStore, createProcedureAgent, createStatisticalAnalyst } from "skillgraph";
import { compileLoop, createLoop, minimalSkill, optimize, type LoopNeeds, type TaskAgent } from "skillgraph";

// @ts-expect-error An agent is no number.
const agent: TaskAgent = 1;
// @ts-expect-error A run needs a program.
const begin = () => optimize({});
const answer = "shipping";
const tasks = [1, 2, 3].map((number) => ({ id: String(number), input: \`Where is parcel \${number}?\`, expected: answer }));
const run = await optimize({
  program: [minimalSkill("support", "Routes messages.")],
  tasks: { train: tasks, validation: tasks, sealed: [], test: [] },
  agent: createProcedureAgent(),
  analyst: createStatisticalAnalyst(),
  verifier: createExact(),
  settings: { generations: 1 },
  store: createMemoryStore(),
});
const { score } = await run.result();
const graphOf = (needs: LoopNeeds) => compileLoop(createLoop(needs), { checkpointer: new MemorySaver() });
const isOurs = (needs: LoopNeeds) => createLoop(needs) instanceof StateGraph;
console.log(JSON.stringify({ validation: score.validation, typed: [typeof agent, typeof begin, typeof graphOf, typeof isOurs] }));
`;

const compile = (...words: string[]) =>
  project.run(process.execPath, [compiler, "--strict", "--target", "ES2023", ...words, "main.ts"]);

test("code that imports it is type-checked, its declarations with it, and runs on one copy of LangGraph", async () => {
  writeFileSync(join(project.folder, "main.ts"), code);
  await Promise.all([
    // Not the compiler's own declarations.
    compile("--module", "nodenext", "--outDir", "out", "--skipDefaultLibCheck"),
    compile("--module", "esnext", "--moduleResolution", "bundler", "--noEmit", "--skipLibCheck"),
  ]);
  const { stdout } = await project.run(process.execPath, ["out/main.js"], { NODE_V8_COVERAGE: "loaded" });
  expect(JSON.parse(stdout)).toMatchObject({ validation: { start: 0, best: 1 } });

  const loaded = loadedFiles(join(project.folder, "loaded"));
  expect(loaded.some((file) => file.startsWith(join(project.folder, "node_modules/skillgraph/dist/")))).toBe(true);
  for (const name of ["@langchain/core", "@langchain/langgraph", "@langchain/langgraph-checkpoint", "zod"]) {
    expect(copiesOf(name, loaded), name).toHaveLength(1);
  }
});

test("the command is found, and makes a project with the tasks of the package", async () => {
  expect((await project.run("skillgraph", ["--help"])).stdout).toContain("Usage: skillgraph");
  const { version } = JSON.parse(readFileSync("package.json", "utf8")) as { version: string };
  expect((await project.run("skillgraph", ["--version"])).stdout).toBe(`${version}\n`);
  await project.run("skillgraph", ["init", "own", "--yes"]);
  const { stdout } = await project.run("sh", ["-c", "cd own && skillgraph doctor"]);
  expect(stdout).toContain("60 train, 36 validation, 0 sealed, 30 test");
});

test("the prompts of the analyst that asks a model are there", async () => {
  const own = readdirSync(fileURLToPath(new URL("../../analysts/language-model/prompts", import.meta.url)));
  const packed = join(project.folder, "node_modules/skillgraph/dist/analysts/language-model/prompts");
  expect(readdirSync(packed)).toEqual(own);
});

test("what the examples import is found where they were installed", () => {
  const examples = join(project.folder, "node_modules/skillgraph/examples");
  const files = readdirSync(examples).filter((name) => name.endsWith(".ts"));
  expect(files.length).toBeGreaterThan(3);
  for (const file of files) {
    const { resolve } = createRequire(join(examples, file));
    const imports = [...readFileSync(join(examples, file), "utf8").matchAll(/ from "([^"]+)"/g)].map(
      ([, name]) => name,
    );
    expect(imports).toContain("skillgraph");
    for (const name of imports) expect(() => resolve(name ?? ""), `${file} imports ${name}`).not.toThrow();
  }
});

/** What Node has loaded, by its own record. */
function loadedFiles(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const { result } = JSON.parse(readFileSync(join(folder, name), "utf8")) as { result: Array<{ url: string }> };
    return result.filter(({ url }) => url.startsWith("file:")).map(({ url }) => fileURLToPath(url));
  });
}

/** Where files of a package were loaded from; the same package for `import` and for `require` counts as two. */
function copiesOf(name: string, loaded: readonly string[]): string[] {
  const inside = `/node_modules/${name}/`;
  const places = loaded
    .filter((file) => file.includes(inside))
    .map((file) => `${file.slice(0, file.lastIndexOf(inside))} ${file.endsWith(".cjs") ? "require" : "import"}`);
  return [...new Set(places)];
}
