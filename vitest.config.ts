import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

const isLong = ({ moduleId }: TestSpecification) => /\/tests\/(docs|package|examples|studio)\//.test(moduleId);

/** What is long for its many processes begins first, so that it does not go on alone when all else has ended. */
class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    // oxlint-disable-next-line unicorn/no-array-sort
    const sorted = await super.sort(files);
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))];
  }
}

export default defineConfig({
  test: {
    include: ["tests/**/*.test.ts"],
    globals: true,
    globalSetup: "tests/support/build.ts",
    pool: "forks",
    // A worker loads a module once and not once a file: LangGraph alone takes half a second.
    isolate: false,
    sequence: { sequencer: LongFirst },
    maxWorkers: 2,
    testTimeout: 300_000,
    hookTimeout: 300_000,
  },
});
