import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** What a test file does to its process that stays: in modules, or in what they have found of folders and programs. */
const traces =
  /\bvi\.(resetModules|mock|doMock)\(|\bvi\.stubEnv\("(?:PATH|TMPDIR)"|process\.env\[[^\]]+\] = |\bkeepSecret\(/;

const files = readdirSync("tests", { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".test.ts"))
  .map((name) => join("tests", name));
const alone = files.filter((file) => traces.test(readFileSync(file, "utf8")));

const isLong = ({ moduleId }: TestSpecification) =>
  /\/tests\/(docs|package|examples|studio|runs\/durability\/crash)\b/.test(moduleId);

/** What is long begins first, so that it does not go on alone when all else has ended. */
class LongFirst extends BaseSequencer {
  override async sort(specifications: TestSpecification[]): Promise<TestSpecification[]> {
    // oxlint-disable-next-line unicorn/no-array-sort
    const sorted = await super.sort(specifications);
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))];
  }
}

const test = {
  globals: true,
  pool: "forks" as const,
  setupFiles: "tests/support/left-as-found.ts",
  testTimeout: 300_000,
  hookTimeout: 300_000,
};

export default defineConfig({
  test: {
    globalSetup: "tests/support/build.ts",
    sequence: { sequencer: LongFirst },
    maxWorkers: 2,
    projects: [
      { test: { ...test, name: "alone", include: alone } },
      // A worker loads a module once and not once a file: LangGraph alone takes half a second.
      { test: { ...test, name: "shared", include: ["tests/**/*.test.ts"], exclude: alone, isolate: false } },
    ],
  },
});
