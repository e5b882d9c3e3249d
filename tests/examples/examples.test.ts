import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { afterAll, describe, expect, test } from "vitest";
import { temporaryFolder } from "../support/stores.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const entries = readdirSync(join(root, "examples"));
const examples = entries.filter((name) => name.endsWith(".ts"));
const read = (name: string) => readFileSync(join(root, "examples", name), "utf8");

/** What an example prints that is to be so. */
const printed: Record<string, RegExp[]> = {
  // It pauses, resumes and branches.
  "first-run.ts": [
    /paused after 3 generations/,
    /finished: validation 0\.00 -> 0\.\d\d/,
    /branch with 8 edits: validation 0\.\d\d/,
    /^\+## Rules$/m,
  ],
  "own-parts.ts": [/: refined, \d edits/, /stopped by converged, validation 0\.\d\d/],
  "subgraph.ts": [/"note":"2\.0: validation 0\.\d\d"/],
};

const place = temporaryFolder();
afterAll(() => place.remove());

/** Puts the examples, compiled, beside the package as it is built, which they find by its name. */
function compileExamples(): void {
  for (const name of ["dist", "node_modules"]) symlinkSync(join(root, name), join(place.path, name));
  copyFileSync(join(root, "package.json"), join(place.path, "package.json"));
  mkdirSync(join(place.path, "examples"));
  for (const name of entries.filter((entry) => !examples.includes(entry)))
    symlinkSync(join(root, "examples", name), join(place.path, "examples", name));
  const compilerOptions = { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2023, verbatimModuleSyntax: true };
  for (const name of examples) {
    const { outputText } = ts.transpileModule(read(name), { compilerOptions });
    writeFileSync(join(place.path, "examples", name.replace(/\.ts$/, ".js")), outputText);
  }
}

describe("examples", () => {
  compileExamples();

  test.each(examples)("%s runs, and is at most 60 lines", (name) => {
    expect(read(name).trimEnd().split("\n").length).toBeLessThanOrEqual(60);
    const file = join(place.path, "examples", name.replace(/\.ts$/, ".js"));
    const run = spawnSync(process.execPath, [file], { encoding: "utf8" });
    expect(run.stderr).toBe("");
    expect(run.status).toBe(0);
    for (const line of printed[name] ?? []) expect(run.stdout).toMatch(line);
  });
});
