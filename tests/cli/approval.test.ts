import { join } from "node:path";
import { afterAll, afterEach, beforeEach, expect, test, vi } from "vitest";
import { runCommandLine } from "../../cli/program.ts";
import { writeHouseTasks } from "../support/house-files.ts";
import { temporaryFolder } from "../support/stores.ts";

const folder = temporaryFolder();
const tasks = writeHouseTasks(folder.path);
afterAll(() => folder.remove());

let [stdout, stderr] = ["", ""];
beforeEach(() => {
  [stdout, stderr] = ["", ""];
  vi.spyOn(process.stdout, "write").mockImplementation((text) => ((stdout += String(text)), true));
  vi.spyOn(process.stderr, "write").mockImplementation((text) => ((stderr += String(text)), true));
});
afterEach(() => vi.restoreAllMocks());

const flags = ["--store", `file:${join(folder.path, "runs.db")}`, "--out", join(folder.path, "out")];
const settings = ["batch=10", "wave=6", "approve=true"].flatMap((setting) => ["--set", setting]);
const optimize = ["optimize", "--tasks", tasks, "--generations", "2", ...settings, "--run", "a", ...flags];

test("a run without a terminal waits with exit code 3, and is answered by approve and reject", async () => {
  expect(await runCommandLine(optimize)).toBe(3);
  expect(stdout).toContain("a waiting (Accept the candidate of generation 1?)");
  expect(stderr).toMatch(/improved \+.*repaired.*\n--- a\/house\/SKILL\.md/);
  expect(stderr).toContain("Decide with: skillgraph approve a --store");

  expect(await runCommandLine(["reject", "a", "--because", "too narrow", ...flags])).toBe(3);
  expect(stderr).toContain("rejected (turned down by a person: too narrow)");

  stdout = "";
  expect(await runCommandLine(["show", "a", flags[0] as string, flags[1] as string, "--json"])).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ status: "waiting", asked: { generation: 2 } });

  stdout = "";
  expect(await runCommandLine(["approve", "a", ...flags, "--json"])).toBe(0);
  expect(JSON.parse(stdout.trimEnd().split("\n").at(-1) ?? "")).toMatchObject({ status: "finished", asked: null });

  expect(await runCommandLine(["approve", "a", ...flags])).toBe(2);
  expect(stderr).toContain('Run "a" asks nothing now');
});
