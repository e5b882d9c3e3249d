import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { createChatAgent } from "../../agents/chat/chat-agent.ts";
import { createLanguageModelAnalyst } from "../../analysts/language-model/language-model-analyst.ts";
import { runCommandLine } from "../../cli/program.ts";
import type { Recipe } from "../../graphs/recipe.ts";
import { recipes } from "../../graphs/recipes/all.ts";
import { optimize, type TaskSuites } from "../../runs/cycle/optimize.ts";
import type { RunResult } from "../../runs/result.ts";
import { show } from "../../runs/reading/show.ts";
import { parseSettings } from "../../state/settings.ts";
import { isClosing, type GenerationRecord } from "../../state/evidence.ts";
import { createMemoryStore } from "../../stores/drivers/memory.ts";
import type { RecordStore } from "../../stores/record-store.ts";
import { createExact } from "../../verifiers/exact.ts";
import { builtCommand } from "../support/started/compiled.ts";
import { buryOwner, houseRun } from "../support/durability/crashes.ts";
import { createMortalStore } from "../support/durability/mortal-store.ts";
import { analystBrain, isForAnalyst } from "../support/model-server/analyst-brain.ts";
import { createServedModel } from "../support/model-server/served-model.ts";
import { startModelServer, type ModelServer } from "../support/model-server/server.ts";
import { createSkillFollower } from "../support/model-server/skill-follower.ts";
import { temporaryFolder } from "../support/stores.ts";
import { houseProgram, houseSuites } from "../support/world.ts";
import { keepWritten } from "../support/written.ts";

/** As many train tasks as a batch has, and few validation tasks. */
const suitesOf = (batch: number): TaskSuites => ({
  train: houseSuites.train.slice(0, batch),
  validation: houseSuites.validation.slice(0, 3),
  sealed: [],
  test: [],
});

/** One generation; where a recipe runs tasks several times, twice. */
const settingsOf = ({ name, defaults }: Recipe, batch: number) => ({
  recipe: name,
  generations: 1,
  batch,
  replay: batch,
  wave: 3,
  edits: 4,
  ...(defaults["samples"] === undefined ? {} : { samples: 2 }),
});

const written = keepWritten();

/** The only generation of a run, which came to a verdict, or says why there is none. */
async function onlyGeneration(run: string, store: string | RecordStore) {
  const { timeline } = await show(run, { store });
  expect(timeline.filter((one) => !isClosing(one))).toHaveLength(1);
  const [{ verdict, candidate }] = timeline as [GenerationRecord];
  expect(verdict.reason).not.toBe("");
  if (verdict.accepted) expect(candidate).not.toBeNull();
  return verdict;
}

describe("with a command-line agent", () => {
  const folder = temporaryFolder();
  const batch = 4;
  const place = (name: string) => join(folder.path, name);
  const follower = fileURLToPath(new URL("../support/rule-follower.awk", import.meta.url));
  const where = ["--store", `file:${place("runs.db")}`];
  const callsIn = (run: string) =>
    existsSync(place(run)) ? readFileSync(place(run), "utf8").split("\n\n").length - 1 : 0;

  beforeAll(() => {
    const { train, validation } = suitesOf(batch);
    mkdirSync(place("tasks"));
    for (const [file, suite] of [
      ["train", train],
      ["val", validation],
    ] as const)
      writeFileSync(place(`tasks/${file}.jsonl`), suite.map((task) => `${JSON.stringify(task)}\n`).join(""));
    mkdirSync(place("house"));
    for (const [file, bytes] of Object.entries(houseProgram[0]!.files)) writeFileSync(place(`house/${file}`), bytes);
  });
  afterAll(() => folder.remove());

  const wordsOf = (recipe: Recipe, run: string) => [
    "optimize",
    `--run=${run}`,
    `--tasks=${place("tasks")}`,
    `--skill=${place("house")}`,
    `--out=${place(`${run}-out`)}`,
    `--agent=command:awk -v 'calls=${place(recipe.name)}' -f ${follower}`,
    "--json",
    ...Object.entries(settingsOf(recipe, batch)).flatMap(([key, value]) => ["--set", `${key}=${value}`]),
    ...where,
  ];

  const improved: string[] = [];

  test.each(recipes)("$name comes to a verdict, and pays for each rollout once", async (recipe) => {
    expect(await runCommandLine(wordsOf(recipe, recipe.name))).toBe(0);
    const result = written.result() as unknown as RunResult;
    expect(result).toMatchObject({ status: "finished", generations: 1 });
    const { accepted } = await onlyGeneration(recipe.name, `file:${place("runs.db")}`);
    expect(/^generation 1\/1 .* (accepted|taken on its forecast) /m.test(written.stderr)).toBe(accepted);
    const { episodes, sampling, drafting } = recipe.policies(parseSettings(settingsOf(recipe, batch), recipe));
    const warnedOf = (use: string) =>
      written.stderr.match(new RegExp(`${use} by "(\\w+)" in their meta, but the fields are: secret`))?.[1];
    expect(warnedOf("draws")).toBe(episodes?.category ?? sampling.category);
    expect(warnedOf("tells contexts apart")).toBe(drafting.observes?.context);
    expect(callsIn(recipe.name)).toBe(result.spent.executions);
    const { start, best } = result.score.validation;
    if (best! <= start!) return;
    improved.push(recipe.name);
    const skill = readFileSync(join(place(`${recipe.name}-out`), "house/SKILL.md"), "utf8");
    expect(skill).toMatch(/^- .*`(lights|water|doors)`/m);
    written.stdout = "";
    expect(await runCommandLine(["show", recipe.name, ...where, "--diff"])).toBe(0);
    expect(written.stdout).toMatch(/^\+- .*`(lights|water|doors)`/m);
  });

  test("most recipes improve the skill in one generation", () => {
    expect(improved.length).toBeGreaterThan(recipes.length / 2);
  });

  test("killed in the middle of a rollout, a run is resumed to the same digest", async () => {
    const recipe = recipes[1]!;
    await runCommandLine(["show", recipe.name, ...where, "--json"]);
    const whole = written.result() as unknown as RunResult;
    const before = callsIn(recipe.name);
    const child = spawn(process.execPath, [builtCommand, ...wordsOf(recipe, "killed"), "--concurrency", "2"]);
    const ended = once(child, "close");
    const isThere = () => child.exitCode !== null || callsIn(recipe.name) > before + whole.spent.executions / 2;
    await vi.waitUntil(isThere, { timeout: 300_000, interval: 5 });
    child.kill("SIGKILL");
    expect(await ended).toEqual([null, "SIGKILL"]);
    expect(await runCommandLine(["resume", "killed", ...where, "--out", place("killed-out"), "--json"])).toBe(0);
    expect(written.result()).toMatchObject({ status: "finished", digest: whole.digest });
    // At most what was in flight is asked for again.
    expect(callsIn(recipe.name) - before).toBeLessThanOrEqual(whole.spent.executions + 2);
  });
});

describe("with language models over HTTP as agent and analyst", () => {
  // As many as the guard needs to see that a rule of a word is no copy of a task.
  const batch = 8;
  let server: ModelServer;
  beforeAll(async () => {
    const follow = createSkillFollower();
    server = await startModelServer({
      brain: (request) => (isForAnalyst(request) ? analystBrain(request) : follow(request)),
    });
  });
  afterAll(() => server.close());
  const accepted: string[] = [];

  async function run(recipe: Recipe, store: RecordStore) {
    const model = await createServedModel(server.url);
    const analyst = createLanguageModelAnalyst({ model, failures: 4, dimensions: ["knowledge"], proposals: 1 });
    const parts = { agent: createChatAgent({ model }), analyst, verifier: createExact() };
    const given = {
      program: houseProgram,
      tasks: suitesOf(batch),
      settings: settingsOf(recipe, batch),
      store,
      run: houseRun,
    };
    return (await optimize({ ...parts, ...given })).result();
  }

  test.each(recipes)(
    "$name comes to a verdict; killed and resumed it ends the same, and asks for nothing again",
    async (recipe) => {
      const from = server.bill.calls;
      const counted = createMortalStore(createMemoryStore());
      const whole = await run(recipe, counted);
      const calls = server.bill.calls - from;
      expect(whole).toMatchObject({ status: "finished", generations: 1 });
      expect(calls).toBe(whole.spent.roles.agent.calls + whole.spent.roles.analyst.calls);

      const store = createMemoryStore();
      const mortal = createMortalStore(store, { atCommit: Math.ceil(counted.commits / 2), when: "after" });
      await expect(run(recipe, mortal)).rejects.toThrow("The store died");
      await buryOwner(store);
      expect((await run(recipe, store)).digest).toBe(whole.digest);
      // At most what was in flight at the death is asked for again.
      expect(server.bill.calls - from - 2 * calls).toBeLessThanOrEqual(4);
      const verdict = await onlyGeneration(houseRun, store);
      if (whole.spent.roles.analyst.calls > 0 && verdict.accepted) accepted.push(recipe.name);
    },
  );

  test("what the model proposes is accepted in most recipes", () => {
    expect(accepted.length).toBeGreaterThan(recipes.length / 2);
  });
});
