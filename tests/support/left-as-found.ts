import { afterAll, vi } from "vitest";

// A file of a shared worker leaves the process as it found it: run for each file, before it is loaded.
const folder = process.cwd();
afterAll(() => {
  vi.unstubAllEnvs();
  vi.unstubAllGlobals();
  process.chdir(folder);
});
