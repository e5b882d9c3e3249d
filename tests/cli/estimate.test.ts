import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { runCommandLine } from "../../cli/program.ts";
import type { Span } from "../../policies/forecast.ts";
import { estimateRun, type Estimate } from "../../runs/cycle/estimate.ts";
import { optimize } from "../../runs/cycle/optimize.ts";
import { hillClimb } from "../../graphs/recipes/hill-climb.ts";
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

describe("a run", () => {
  const house = ["batch=10", "wave=6", "target=null", "acceptance=no-worse"].flatMap((one) => ["--set", one]);
  const run = async (command: string, ...words: string[]) => {
    written.stdout = "";
    written.stderr = "";
    const store = join(folder, "runs.db");
    return runCommandLine([command, ...words, "--store", `file:${store}`, "--out", join(folder, "out")]);
  };

  test("says before it starts what its budget buys, and again where that is changed", async () => {
    expect(await run("optimize", "--tasks", tasks, "--run", "a", "--budget-rollouts", "80", ...house)).toBe(0);
    expect(written.stderr).toMatch(/^forecast: 2 to 5 generations, 1 to 3 decisions for 80 rollouts$/m);
    expect(written.stderr).toMatch(/^warning: possibly only one decision about a candidate for 80 rollouts\. Raise /m);
    expect(written.stderr.indexOf("forecast:")).toBeLessThan(written.stderr.indexOf("generation 1"));

    expect(await run("resume", "a", "--set", "budgetRollouts=200", "--json")).toBe(0);
    expect(written.stderr).toMatch(
      /^forecast: \d+ to \d+ more generations, \d+ to \d+ decisions for 200 rollouts in all$/m,
    );
    expect(written.stderr).not.toContain("for 200 rollouts. Raise");
    expect(JSON.parse(written.stdout)).toMatchObject({
      status: "finished",
      forecast: { bound: "budgetRollouts", generations: { least: expect.any(Number) }, warning: null },
    });

    const branch = ["a", "--at", "1", "--run", "b", "--set", "budgetRollouts=90", "--json"];
    expect(await run("branch", ...branch)).toBe(0);
    expect(written.stderr).toMatch(/^forecast: .* for 90 rollouts in all$/m);
    expect(JSON.parse(written.stdout)).toMatchObject({ run: "b", forecast: { bound: "budgetRollouts" } });
  });

  test("that is quiet still warns", async () => {
    await run("optimize", "--tasks", tasks, "--run", "c", "--budget-rollouts", "50", "--quiet", ...house);
    expect(written.stderr).not.toContain("forecast:");
    expect(written.stderr).toMatch(/^warning: .* for 50 rollouts\. Raise /m);
  });
});

describe("a dry run", () => {
  test.each([["strict"], ["always"]] as const)(
    "holds what a run with the %s gate then asks for",
    async (acceptance) => {
      const settings = parseSettings({ ...houseSettings, acceptance }, hillClimb);
      const run = { program: houseProgram, tasks: houseSuites, settings };
      const { generations, rollouts } = await estimateRun(run);
      const done = await (await optimize({ ...run, ...houseParts(), store: createMemoryStore() })).result();
      expect(done.rollouts).toBeGreaterThanOrEqual(rollouts.least);
      expect(done.rollouts).toBeLessThanOrEqual(rollouts.most);
      expect(done.generations).toBeLessThanOrEqual(generations.most);
    },
  );

  test("never tells more rollouts than the budget", async () => {
    const settings = parseSettings({ ...houseSettings, generations: 50, budgetRollouts: 60 }, hillClimb);
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

  test("tells what the budget buys, and warns where that is next to nothing", async () => {
    await dryRun(
      "--budget-rollouts",
      "70",
      "--set",
      "batch=10",
      "--set",
      "wave=6",
      "--set",
      "acceptance=no-worse",
      "--json",
    );
    expect(JSON.parse(written.stdout)).toMatchObject({
      generations: { least: 1, most: 4 },
      decisions: { least: 1, most: 2 },
      bound: "budgetRollouts",
      warning: expect.stringContaining("Raise budgetRollouts"),
    });
    written.stdout = "";
    await dryRun("--agent", "chat:mine?price=1000/0", "--budget-usd", "1");
    expect(written.stdout).toMatch(/forecast +about \d+ generations?, .* for \$1\.00$/m);
    expect(written.stdout).toMatch(
      /warning: at most one decision about a candidate for \$1\.00\. Raise the limit in US dollars/,
    );
  });

  test("of embedded parts costs nothing", async () => {
    await dryRun();
    expect(written.stdout).toMatch(/agent +procedure: free/);
  });
});
