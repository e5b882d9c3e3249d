import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { runCommandLine } from "../../cli/program.ts";
import { estimateRun, type Estimate, type Span } from "../../runs/cycle/estimate.ts";
import { optimize } from "../../runs/cycle/optimize.ts";
import { parseSettings } from "../../state/settings.ts";
import { createMemoryStore } from "../../stores/drivers/memory.ts";
import { writeHouseTasks } from "../support/house-files.ts";
import { houseParts, houseProgram, houseSettings, houseSuites } from "../support/world.ts";
import { keepWritten } from "../support/written.ts";

const folder = mkdtempSync(join(tmpdir(), "skillgraph-estimate-"));
const tasks = writeHouseTasks(folder);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const written = keepWritten();
beforeEach(() => {
  vi.stubEnv("OPENAI_API_KEY", "");
});
afterEach(() => {
  vi.unstubAllEnvs();
});

const dryRun = async (...words: string[]) => {
  const store = join(folder, "none.db");
  const code = await runCommandLine(["optimize", "--tasks", tasks, "--dry-run", "--store", `file:${store}`, ...words]);
  expect({ code, isStored: existsSync(store) }).toEqual({ code: 0, isStored: false });
};

describe("a dry run", () => {
  test.each([["strict"], ["always"]] as const)(
    "holds what a run with the %s gate then asks for",
    async (acceptance) => {
      const settings = parseSettings({ ...houseSettings, acceptance });
      const run = { program: houseProgram, tasks: houseSuites, settings };
      const { generations, rollouts } = await estimateRun(run);
      const done = await (await optimize({ ...run, ...houseParts(), store: createMemoryStore() })).result();
      expect(done.rollouts).toBeGreaterThanOrEqual(rollouts.least);
      expect(done.rollouts).toBeLessThanOrEqual(rollouts.most);
      expect(done.generations).toBeLessThanOrEqual(generations.most);
    },
  );

  test("never tells more rollouts than the budget", async () => {
    const settings = parseSettings({ ...houseSettings, generations: 50, budgetRollouts: 60 });
    const { rollouts } = await estimateRun({ program: houseProgram, tasks: houseSuites, settings });
    expect(rollouts.most).toBe(60);
  });

  test("needs no key, stores nothing, and prices a model that is known", async () => {
    await dryRun("--agent", "chat:gpt-5-mini", "--analyst", "gpt-5-mini", "--verifier", "judge:gpt-5-mini");
    expect(written.stdout).toMatch(
      /agent +chat:gpt-5-mini: [\d,]+ to [\d,]+ calls, .* tokens in, \$\d+\.\d\d to \$\d+\.\d\d/,
    );
    expect(written.stdout).toMatch(/analyst +gpt-5-mini: 0 to [\d,]+ calls/);
    expect(written.stdout).toMatch(/verifier +judge:gpt-5-mini: [\d,]+ to [\d,]+ calls/);
  });

  test("says where a price is unknown, and takes one that is named", async () => {
    await dryRun("--agent", "chat:mine");
    expect(written.stdout).toMatch(/chat:mine: .* price unknown/);
    written.stdout = "";
    await dryRun("--agent", "chat:mine?price=1000/0", "--json");
    const { roles, rollout } = JSON.parse(written.stdout) as Estimate & {
      roles: { agent: { calls: Span; usd: Span } };
    };
    const tokens = roles.agent.calls.most * (rollout.skillTokens + rollout.taskTokens);
    expect(roles.agent.usd.most).toBeCloseTo(tokens / 1000);
  });

  test("of embedded parts costs nothing", async () => {
    await dryRun();
    expect(written.stdout).toMatch(/agent +procedure: costs nothing/);
  });
});
