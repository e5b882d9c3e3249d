import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { writeHouseTasks } from "../support/house-files.ts";
import { builtCommand } from "../support/started/compiled.ts";

const folder = mkdtempSync(join(tmpdir(), "skillgraph-signals-"));
const tasks = writeHouseTasks(folder);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs the command line in a process of its own; sends a signal once stderr says something. */
async function skillgraph(words: string[], interrupt?: { on: string; signal: NodeJS.Signals }) {
  const child = spawn(process.execPath, [builtCommand, ...words], { cwd: folder });
  let [stdout, stderr, sent] = ["", "", false];
  child.stdout.on("data", (text) => (stdout += String(text)));
  child.stderr.on("data", (text) => {
    stderr += String(text);
    if (interrupt === undefined || sent || !stderr.includes(interrupt.on)) return;
    sent = true;
    child.kill(interrupt.signal);
  });
  const [code, signal] = (await once(child, "close")) as [number | null, NodeJS.Signals | null];
  return { code, signal, stderr, last: stdout.trimEnd().split("\n").at(-1) ?? "" };
}

const optimize = [
  "optimize",
  "--tasks",
  tasks,
  "--generations",
  "12",
  "--set",
  "batch=10",
  "--set",
  "target=null",
  "--json",
  "--run",
  "a",
];
const digestIn = (line: string) => (JSON.parse(line) as { digest: string }).digest;

test("Ctrl-C pauses with exit code 3 and says how to go on; a killed run goes on too; all end the same", async () => {
  const whole = await skillgraph([...optimize, "--store", "file:whole.db"]);
  expect(whole.code).toBe(0);
  expect(whole.stderr).toContain("generation 12/12");
  expect(whole.stderr).not.toContain("\u001b");

  const paused = await skillgraph(optimize, { on: "generation 2/12", signal: "SIGINT" });
  expect(paused.code).toBe(3);
  expect(paused.stderr).toContain("Continue with: skillgraph resume a");
  expect(JSON.parse(paused.last)).toMatchObject({ status: "paused" });

  const killed = await skillgraph(["resume", "a", "--json"], { on: "generation 5/12", signal: "SIGKILL" });
  expect(killed.signal).toBe("SIGKILL");

  const resumed = await skillgraph(["resume", "a", "--json"]);
  expect(resumed.code).toBe(0);
  expect(digestIn(resumed.last)).toBe(digestIn(whole.last));
});
