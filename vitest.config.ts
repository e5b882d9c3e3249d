import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["tests/**/*.test.ts"],
    globals: true,
    globalSetup: "tests/support/build.ts",
    pool: "forks",
    // A worker loads a module once and not once a file: LangGraph alone takes half a second.
    isolate: false,
    maxWorkers: 2,
    testTimeout: 300_000,
    hookTimeout: 300_000,
  },
});
