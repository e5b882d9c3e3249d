import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { runCommandLine } from "../../cli/program.ts";
import { builtCommand } from "../support/started/compiled.ts";
import { writeHouseTasks } from "../support/house-files.ts";
import { hasRedis, startRedis } from "../support/redis-server.ts";
import { keepWritten } from "../support/written.ts";

const written = keepWritten();

test.skipIf(!hasRedis)("a worker does the rollouts of a run, and ends with 0 when it is stopped", async () => {
  const folder = mkdtempSync(join(tmpdir(), "skillgraph-worker-"));
  const server = await startRedis();
  onTestFinished(async () => {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  const worker = spawn(process.execPath, [builtCommand, "worker", "--store", server.url], { cwd: folder });
  let stderr = "";
  worker.stderr.on("data", (text) => (stderr += String(text)));
  while (!stderr.includes("Taking rollouts from")) await once(worker.stderr, "data");
  const common = ["optimize", "--tasks", writeHouseTasks(folder), "--generations", "1", "--json", "--quiet"];
  const run = (...words: string[]) => runCommandLine([...common, "--out", join(folder, "out"), ...words]);
  expect(await run("--store", server.url, "--executor", "queue")).toBe(0);
  const { digest } = written.result();
  expect(await run("--store", "memory:")).toBe(0);
  expect(written.result()).toMatchObject({ digest });
  worker.kill("SIGTERM");
  expect(await once(worker, "close")).toEqual([0, null]);
  expect(stderr).toContain("Stopping: waiting for 0 rollouts.");
});

test("a run with workers is refused where they could not share its store", async () => {
  const words = ["optimize", "--tasks", "examples/prices", "--store", "memory:", "--executor", "queue"];
  expect(await runCommandLine(words)).toBe(2);
  expect(written.stderr).toContain("this store is memory:");
  expect(written.stderr).toContain("--store redis://HOST:PORT");
});
