import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { parse } from "yaml";
import { runCommandLine } from "../../../cli/program.ts";
import { builtCommand } from "../../support/started/compiled.ts";
import { writeHouseTasks } from "../../support/house-files.ts";
import { hasRedis, startRedis } from "../../support/redis-server.ts";
import { keepWritten } from "../../support/written.ts";

const written = keepWritten();

interface Compose {
  services: Record<"redis" | "worker", { command: string[]; environment?: string[] }>;
}

test.skipIf(!hasRedis)(
  "the Redis and a worker of compose.yaml do the rollouts of a run, and stop in order",
  async () => {
    const { services } = parse(readFileSync("examples/workers/compose.yaml", "utf8")) as Compose;
    const [program, ...settings] = services.redis.command;
    expect(program).toBe("redis-server");
    const pairs = settings.flatMap((word, at) => (word.startsWith("--") ? [[word.slice(2), settings[at + 1]]] : []));
    const server = await startRedis(Object.fromEntries(pairs) as Record<string, string>);
    const folder = mkdtempSync(join(tmpdir(), "skillgraph-worker-"));
    onTestFinished(async () => {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    });
    const [, ...words] = services.worker.command.map((word) => word.replace("redis://redis", server.url));
    const worker = spawn(process.execPath, [builtCommand, ...words], { cwd: folder });
    let stderr = "";
    worker.stderr.on("data", (text) => (stderr += String(text)));
    while (!stderr.includes("Taking rollouts from")) await once(worker.stderr, "data");
    const common = ["optimize", "--tasks", writeHouseTasks(folder), "--generations", "1", "--json", "--quiet"];
    const run = (...place: string[]) => runCommandLine([...common, "--out", join(folder, "out"), ...place]);
    expect(await run("--store", server.url, "--executor", "queue")).toBe(0);
    const { digest } = written.result();
    expect(await run("--store", "memory:")).toBe(0);
    expect(written.result()).toMatchObject({ digest });
    worker.kill("SIGTERM");
    expect(await once(worker, "close")).toEqual([0, null]);
    expect(stderr).toContain("Stopping: waiting for 0 rollouts.");
    // Nothing is at risk, and only names of variables are in the file.
    expect(stderr).not.toContain("warning");
    expect(services.worker.environment?.join()).not.toContain("=");
  },
);

test("a run with workers is refused where they could not share its store", async () => {
  const words = ["optimize", "--tasks", "examples/prices", "--store", "memory:", "--executor", "queue"];
  expect(await runCommandLine(words)).toBe(2);
  expect(written.stderr).toContain("this store is memory:");
  expect(written.stderr).toContain("--store redis://HOST:PORT");
});

test("a worker names no store that it would refuse, and asks for one", async () => {
  expect(await runCommandLine(["worker", "--help"])).toBe(0);
  expect(written.stdout).not.toContain("runs.db");
  expect(await runCommandLine(["worker"])).toBe(2);
  expect(written.stderr).toContain('"skillgraph worker" requires --store <url>');
});
