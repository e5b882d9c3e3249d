import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { runCommandLine } from "../../cli/program.ts";
import { writeHouseTasks } from "../support/house-files.ts";
import { analystBrain } from "../support/model-server/analyst-brain.ts";
import { startModelServer, type ModelServer } from "../support/model-server/server.ts";
import { keepWritten } from "../support/written.ts";

const folder = mkdtempSync(join(tmpdir(), "skillgraph-model-analyst-"));
const tasks = writeHouseTasks(folder);
let server: ModelServer;
beforeAll(async () => {
  server = await startModelServer({ brain: analystBrain });
});
afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

const written = keepWritten();
beforeEach(() => {
  vi.stubEnv("OPENAI_BASE_URL", server.url);
});
afterEach(() => {
  vi.unstubAllEnvs();
});

describe("optimize with a model as the analyst", () => {
  const place = ["--store", `file:${join(folder, "runs.db")}`, "--out", join(folder, "out"), "--run", "a", "--json"];
  const words = ["optimize", "--tasks", tasks, "--analyst", "simulated", ...place];
  const settings = ["--generations", "2", "--set", "batch=12", "--set", "wave=6", "--set", "acceptance=strict"];

  test("drafts a first skill and improves it, over HTTP, and finds all of it paid for when asked again", async () => {
    expect(await runCommandLine([...words, ...settings])).toBe(0);
    expect(written.stderr).toMatch(/starting from a skill "house" drafted from train tasks \(\d+ tokens in, \d+ out\)/);
    const first = written.result();
    const { start, best } = (first["score"] as { validation: { start: number; best: number } }).validation;
    expect(start).toBeGreaterThan(0);
    expect(best).toBeGreaterThan(start);
    expect(readFileSync(join(folder, "out", "house", "SKILL.md"), "utf8")).toContain("## Rules");
    const { calls } = server.bill;
    [written.stdout, written.stderr] = ["", ""];
    expect(await runCommandLine([...words, ...settings])).toBe(0);
    expect(written.result()["digest"]).toBe(first["digest"]);
    expect(server.bill.calls).toBe(calls);
    expect(written.stderr).not.toContain("drafted");
  });

  test("tells the model how a skill for the procedure agent is written", () => {
    const proposal = server.requests.find(({ body }) => body.includes("# Proposal"));
    expect(proposal?.body).toContain("it executes the bullets below `## Rules`");
  });
});

test.each(["statistica", "Statistcal", "randon"])("a slip such as %s is no model", async (name) => {
  const { calls } = server.bill;
  expect(await runCommandLine(["optimize", "--tasks", tasks, "--analyst", name, "--store", "memory:"])).toBe(2);
  expect(written.stderr).toMatch(/Unknown analyst ".*" \(did you mean "(statistical|random)"\?\)\. .*write model:/);
  expect(server.bill.calls).toBe(calls);
});

test("a model without a server or a key is an error that says what to set", async () => {
  vi.stubEnv("OPENAI_BASE_URL", "");
  vi.stubEnv("OPENAI_API_KEY", "");
  expect(await runCommandLine(["optimize", "--tasks", tasks, "--analyst", "model:random", "--store", "memory:"])).toBe(
    2,
  );
  expect(written.stderr).toContain("OPENAI_API_KEY");
});

test("skillforge drafts a skill with fixed sections and works on its files with tools, over HTTP", async () => {
  const before = server.requests.length;
  const place = ["--store", "memory:", "--out", join(folder, "forged"), "--run", "forged", "--json"];
  const recipe = ["--recipe", "skillforge", "--verifier", "consistency", "--generations", "2"];
  const settings = ["--set", "batch=12", "--set", "wave=6"];
  const words = ["optimize", "--tasks", tasks, "--analyst", "simulated", ...place, ...recipe, ...settings];
  expect(await runCommandLine(words)).toBe(0);
  const bodies = server.requests.slice(before).map(({ body }) => body);
  const tools = bodies.filter((body) => body.includes("# Work on files"));
  expect(tools.length).toBeGreaterThan(3);
  expect(tools.at(-1)).toMatch(/success\W+true/);
  const { validation } = written.result()["score"] as { validation: { start: number; best: number } };
  expect(validation.best).toBeGreaterThan(validation.start);
  const skill = readFileSync(join(folder, "forged", "house", "SKILL.md"), "utf8");
  for (const section of ["Background Knowledge", "Scenario Triage", "Per-Scenario Handling", "FAQ", "Reference Index"])
    expect(skill).toContain(`## ${section}`);
});
