import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { runCommandLine } from "../../cli/program.ts";
import { writeHouseTasks } from "../support/house-files.ts";
import { temporaryFolder } from "../support/stores.ts";
import { keepWritten } from "../support/written.ts";

const folder = temporaryFolder();
const tasks = writeHouseTasks(folder.path);
afterAll(() => folder.remove());

const written = keepWritten();

const flags = ["--store", `file:${join(folder.path, "runs.db")}`, "--out", join(folder.path, "out")];
const settings = ["batch=10", "wave=6", "approve=true"].flatMap((setting) => ["--set", setting]);
const optimize = ["optimize", "--tasks", tasks, "--generations", "2", ...settings, "--run", "a", ...flags];

test("a run without a terminal waits with exit code 3, and is answered by approve and reject", async () => {
  expect(await runCommandLine(optimize)).toBe(3);
  expect(written.stdout).toContain("a waiting (Accept the candidate of generation 1?)");
  expect(written.stderr).toMatch(/improved \+.*repaired.*\n--- a\/house\/SKILL\.md/);
  expect(written.stderr).toContain("Decide with: skillgraph approve a --store");

  expect(await runCommandLine(["reject", "a", "--because", "too narrow", ...flags])).toBe(3);
  expect(written.stderr).toContain("rejected (turned down by a person: too narrow)");

  written.stdout = "";
  expect(await runCommandLine(["show", "a", flags[0] as string, flags[1] as string, "--json"])).toBe(0);
  expect(JSON.parse(written.stdout)).toMatchObject({ status: "waiting", asked: { generation: 2 } });

  written.stdout = "";
  expect(await runCommandLine(["approve", "a", ...flags, "--json"])).toBe(0);
  expect(written.result()).toMatchObject({ status: "finished", asked: null });

  expect(await runCommandLine(["approve", "a", ...flags])).toBe(2);
  expect(written.stderr).toContain('Run "a" asks nothing now');
});
