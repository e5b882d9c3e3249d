import { expect, test } from "vitest";
import type { TaskAgent } from "../../../agents/agent.ts";
import { createChatAgent } from "../../../agents/chat/chat-agent.ts";
import { createProcedureAgent } from "../../../agents/procedure/procedure-agent.ts";
import { branch } from "../../../runs/cycle/branch.ts";
import { defineRecipe } from "../../../graphs/recipe.ts";
import { hillClimb } from "../../../graphs/recipes/hill-climb.ts";
import { optimize } from "../../../runs/cycle/optimize.ts";
import { resume } from "../../../runs/cycle/resume.ts";
import { exportRun } from "../../../runs/keeping/export.ts";
import { show } from "../../../runs/reading/show.ts";
import type { RunEvent } from "../../../state/events.ts";
import { noCost, Score } from "../../../state/task.ts";
import { currentCalls } from "../../../models/calls.ts";
import { createMemoryStore } from "../../../stores/drivers/memory.ts";
import type { RecordStore } from "../../../stores/record-store.ts";
import { openRuns } from "../../../runs/session.ts";
import type { Sampling } from "../../../policies/sampling.ts";
import type { Verifier } from "../../../verifiers/verifier.ts";
import { createMortalStore } from "../../support/durability/mortal-store.ts";
import { journaled, ScriptedModel } from "../../support/scripted-model.ts";
import { houseParts, houseProgram, houseSettings, houseSuites, smallSettings } from "../../support/world.ts";

const house = { program: houseProgram, tasks: houseSuites, settings: houseSettings };

async function finished(options: Partial<Parameters<typeof optimize>[0]> = {}) {
  return (await optimize({ ...house, ...houseParts(), store: createMemoryStore(), ...options })).result();
}

const original = createMemoryStore();
/** The run that nothing happens to. */
const whole = await finished({ store: original });

/** A store of a test's own with that run in it. */
async function copyOfWhole(): Promise<RecordStore> {
  const store = createMemoryStore();
  await exportRun("run", { store: original, to: store });
  return store;
}

test("a run improves the skill on tasks it was not edited for, and says what it came to", async () => {
  const result = await finished({ settings: { ...houseSettings, generations: 6 } });
  expect(result).toMatchObject({ run: "run", status: "finished", reason: "generations", generations: 6 });
  expect(result.score.validation.start).toBe(0);
  expect(result.score.validation.best).toBeGreaterThan(0.8);
  expect(result.score.test.best).toBeGreaterThan(0.6);
});

test("the digest does not depend on concurrency", async () => {
  const digests = [];
  for (const concurrency of [1, 8, 32])
    digests.push((await finished({ concurrency, agent: createJitteryAgent() })).digest);
  expect(new Set(digests).size).toBe(1);
});

test("the digest depends on the seed", async () => {
  const other = await finished({ settings: { ...houseSettings, seed: 2 } });
  expect(other.digest).not.toBe(whole.digest);
});

test("a paused run goes on where it stopped and ends the same", async () => {
  const store = createMemoryStore();
  const run = await optimize({ ...house, ...houseParts(), store, concurrency: 2 });
  for await (const event of run.events()) {
    if (event.type === "rollout-end" && event.generation === 2 && event.suite === "validation") run.pause();
  }
  expect(await run.result()).toMatchObject({ status: "paused", reason: null });
  const rest = await resume("run", { ...houseParts(), store });
  const result = await rest.result();
  expect(result.status).toBe("finished");
  expect(result.digest).toBe(whole.digest);
  expect(result.spent.executions).toBe(whole.spent.executions);
});

test("a run paused while its best is looked at on the test split is finished by a resume", async () => {
  const store = createMemoryStore();
  const agent = createProcedureAgent();
  let pause = () => {};
  const pausing: TaskAgent = {
    ...agent,
    async answer(question, ...rest) {
      if (question.id.startsWith("test-")) pause();
      return agent.answer(question, ...rest);
    },
  };
  const run = await optimize({ ...house, ...houseParts(pausing), store, concurrency: 1 });
  pause = run.pause;
  expect(await run.result()).toMatchObject({
    status: "paused",
    reason: null,
    score: { test: { best: null } },
  });
  const result = await (await resume("run", { ...houseParts(), store })).result();
  expect(result).toMatchObject({ status: "finished", digest: whole.digest });
  expect(result.score.test.best).not.toBeNull();
});

test("optimize with the same name and options continues the run; a finished one is not run again", async () => {
  const again = await finished({ store: await copyOfWhole() });
  expect(again.digest).toBe(whole.digest);
  expect(again.spent.executions).toBe(whole.spent.executions);
});

test("optimize with the same name and other options is refused, naming what differs", async () => {
  const store = await copyOfWhole();
  const other = optimize({ ...house, ...houseParts(), store, settings: { ...houseSettings, batch: 11 } });
  await expect(other).rejects.toMatchObject({
    code: "run",
    problem: "exists",
    message: expect.stringContaining("different batch"),
  });
  const tasks = { ...houseSuites, train: houseSuites.train.slice(1) };
  await expect(optimize({ ...house, ...houseParts(), store, tasks })).rejects.toThrow("different tasks");
});

test("a run is continued only by the agent it was started with", async () => {
  const store = await copyOfWhole();
  const other = { ...houseParts(), agent: { ...createProcedureAgent(), fingerprint: "procedure@other" } };
  await expect(resume("run", { ...other, store })).rejects.toMatchObject({ problem: "changed" });
});

test("events tell the run in order, from what the agent finds in its start to its end", async () => {
  const run = await optimize({ ...house, ...houseParts(), store: createMemoryStore() });
  const events: RunEvent[] = [];
  for await (const event of run.events()) events.push(event);
  const types = events.map(({ type }) => type);
  expect(types.slice(0, 2)).toEqual(["program-inspected", "generation-start"]);
  expect(types.at(-1)).toBe("run-end");
  expect(types.filter((type) => type === "verdict")).toHaveLength(3);
  const { rollouts } = await run.result();
  const asked = events.filter((event) => event.type === "rollout-end" && event.suite !== "test");
  expect(asked).toHaveLength(rollouts);
  const late: RunEvent[] = [];
  for await (const event of run.events()) late.push(event);
  expect(late).toEqual([]);
});

test("the budget is never exceeded, whatever it is", async () => {
  for (const budgetRollouts of [41, 60, 77, 100]) {
    const { rollouts, reason } = await finished({ settings: { ...houseSettings, generations: null, budgetRollouts } });
    expect(rollouts).toBeLessThanOrEqual(budgetRollouts);
    expect(reason).toBe("budget");
  }
});

test("a budget that cannot decide about one edit is refused with the least that can", async () => {
  const tooSmall = finished({ settings: { ...houseSettings, budgetRollouts: 20 } });
  await expect(tooSmall).rejects.toMatchObject({ code: "settings", message: expect.stringContaining("At least 40") });
});

test("a branch with another setting leaves its parent's head and digest alone", async () => {
  const store = await copyOfWhole();
  const record = await branch("run", {
    ...houseParts(),
    at: 2,
    settings: { edits: 1, generations: 5 },
    as: "side",
    store,
  });
  expect(record.parent).toEqual({ thread: expect.any(String), generation: 2 });
  const side = await (await resume("side", { ...houseParts(), store })).result();
  expect(side).toMatchObject({ run: "side", status: "finished", generations: 5 });
  const after = await show("run", { store });
  expect(after.result.digest).toBe(whole.digest);
  expect(after.result.skill.hash).toBe(whole.skill.hash);
  const view = await show("side", { store });
  expect(view.timeline.slice(0, 2)).toEqual(after.timeline.slice(0, 2));
  expect(view.settings.edits).toBe(1);
});

test("a branch without changes repeats its parent, and pays for nothing it paid for", async () => {
  const store = await copyOfWhole();
  await branch("run", { ...houseParts(), at: 1, as: "same", store });
  const same = await (await resume("same", { ...houseParts(), store })).result();
  expect(same.digest).toBe(whole.digest);
  expect(same.spent.executions).toBe(0);
});

test("a branch whose new bound is reached already has nothing to do", async () => {
  const store = await copyOfWhole();
  await branch("run", { ...houseParts(), at: 2, settings: { generations: 1 }, as: "short", store });
  const short = await (await resume("short", { ...houseParts(), store })).result();
  expect(short).toMatchObject({ status: "finished", reason: "generations", generations: 2 });
});

test("a branch keeps the agent of its parent, and the settings of its parent", async () => {
  const store = await copyOfWhole();
  const other = { ...houseParts(), agent: { ...createProcedureAgent(), fingerprint: "other@1" } };
  await expect(branch("run", { ...other, at: 2, as: "x", store })).rejects.toMatchObject({ problem: "changed" });
  await branch("run", { ...houseParts(), at: 2, settings: { edits: 1, generations: 4 }, as: "side", store });
  await (await resume("side", { ...houseParts(), store })).result();
  await branch("side", { ...houseParts(), at: 1, as: "third", store });
  expect((await show("third", { store })).settings).toMatchObject({ edits: 1, generations: 4 });
});

test("a branch whose making was cut short at any write is made whole by branching or resuming again", async () => {
  const options = { ...houseParts(), at: 2, settings: { edits: 1, generations: 4 }, as: "side" };
  const straight = await copyOfWhole();
  await branch("run", { ...options, store: straight });
  const expected = await (await resume("side", { ...houseParts(), store: straight })).result();
  for (let atCommit = 1; atCommit <= 6; atCommit += 1) {
    const store = await copyOfWhole();
    const dying = createMortalStore(store, { atCommit, when: "after" });
    await branch("run", { ...options, store: dying }).catch(() => undefined);
    const again = await branch("run", { ...options, store }).catch((error: Error) => error);
    if (again instanceof Error) expect(again).toMatchObject({ problem: "exists" });
    const result = await (await resume("side", { ...houseParts(), store })).result();
    expect(result.digest).toBe(expected.digest);
  }
});

test("an agent that answers nothing fails the run with its reason, and is asked again on resume", async () => {
  const store = createMemoryStore();
  const { agent } = houseParts();
  let isDead = true;
  const flaky: TaskAgent = {
    fingerprint: agent.fingerprint,
    answer: async (...call) => (isDead ? Promise.reject(new Error("401 invalid key")) : agent.answer(...call)),
  };
  await expect(finished({ ...houseParts(flaky), store })).rejects.toThrow(
    "answered none of 10 rollouts; the first failed with: 401",
  );
  isDead = false;
  const result = await (await resume("run", { ...houseParts(flaky), store })).result();
  expect(result.digest).toBe(whole.digest);
});

test("an agent whose calls of a model all fail has them made again on resume", async () => {
  const store = createMemoryStore();
  let isDead = true;
  const model = journaled(
    new ScriptedModel(() => {
      if (isDead) throw new Error("nothing works here");
      return "kitchen";
    }),
  );
  const agent = createChatAgent({ model });
  await expect(finished({ ...houseParts(agent), store })).rejects.toThrow("nothing works here");
  isDead = false;
  const result = await (await resume("run", { ...houseParts(agent), store })).result();
  expect(result.status).toBe("finished");
});

test("a verifier whose calls all fail is named, and is asked again on resume", async () => {
  const store = createMemoryStore();
  const { verifier, ...parts } = houseParts();
  let isDead = true;
  const judge: Verifier = {
    fingerprint: "judge@1",
    score: (answer, task) =>
      currentCalls().once({
        kind: "judgement",
        fingerprint: "judge@1",
        sends: { answer: answer.text, task: task.id },
        schema: Score,
        pay: async () => (isDead ? Promise.reject(new Error("no judgement")) : verifier.score(answer, task)),
        costOf: () => noCost,
      }),
  };
  await expect(finished({ ...parts, verifier: judge, store })).rejects.toThrow(
    "Verifier judge@1 judged none of 10 rollouts; the first failed with: not judged: no judgement.",
  );
  isDead = false;
  const result = await (await resume("run", { ...parts, verifier: judge, store })).result();
  expect(result.status).toBe("finished");
  expect(result.score).toEqual(whole.score);
});

test("what the agent says it cost is summed up", async () => {
  const { agent } = houseParts();
  const paid: TaskAgent = {
    fingerprint: "paid@1",
    answer: async (...call) => ({
      ...(await agent.answer(...call)),
      cost: { inputTokens: 9, outputTokens: 1, usd: 0.5 },
    }),
  };
  const { spent } = await finished(houseParts(paid));
  expect(spent.usd).toBe(0.5 * spent.executions);
});

test("a policy of one's own takes the place of a recipe's", async () => {
  const firstTasks: Sampling = {
    name: "sampling.first",
    version: 1,
    decide: ({ settings }) => [...Array(settings.batch).keys()],
  };
  const seen = new Set<string>();
  const run = await optimize({
    ...house,
    ...houseParts(),
    settings: smallSettings,
    recipe: defineRecipe({
      name: "first-tasks",
      version: 1,
      summary: "hill climbing on the first tasks",
      policies: (settings) => ({ ...hillClimb.policies(settings), sampling: firstTasks }),
    }),
    store: createMemoryStore(),
  });
  for await (const event of run.events())
    if (event.type === "rollout-end" && event.suite === "train") seen.add(event.task);
  expect(seen.size).toBe(10);
});

test("two optimizes of one name at once: one runs, the other is refused, and nothing of the first is replaced", async () => {
  const store = createMemoryStore();
  const both = await Promise.allSettled(
    [1, 2].map((seed) => optimize({ ...house, ...houseParts(), store, settings: { ...houseSettings, seed } })),
  );
  expect(both.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
  const run = both.find((result) => result.status === "fulfilled");
  const result = await run?.value.result();
  expect((await show("run", { store })).result.digest).toBe(result?.digest);
});

test("workers without a store in Redis are refused before the name of the run is taken", async () => {
  const store = createMemoryStore();
  await expect(finished({ store, executor: "queue" })).rejects.toThrow("Workers share a store in Redis");
  expect(await openRuns(store, {}).registry.find("run")).toBeUndefined();
});

test("tasks that share an id, names that are paths and parts without a fingerprint are refused before anything is paid", async () => {
  const twice = { ...houseSuites, train: [...houseSuites.train, ...houseSuites.train.slice(0, 1)] };
  await expect(finished({ tasks: twice })).rejects.toThrow('Two train tasks have the id "train-0"');
  await expect(finished({ run: "../x" })).rejects.toThrow("is not a valid run name");
  const { agent } = houseParts();
  await expect(finished({ agent: { ...agent, fingerprint: "" } })).rejects.toThrow("The agent has no fingerprint");
  const blank = { ...houseSuites, test: [{ id: "t", input: "x" }] };
  await expect(finished({ tasks: blank })).rejects.toThrow("has no expected value");
});

test.each([
  [{ agent: null }, "No agent was given"],
  [{ agent: undefined }, "No agent was given. It must be an object with a fingerprint and answer."],
  [
    { analyst: { fingerprint: "a", analyze: () => [] } },
    'The analyst has no function "diagnose". It must be an object',
  ],
  [{ program: undefined }, "The program contains no skill"],
  [{ tasks: [] }, "The list of train tasks is missing. Give all four suites, as readTasks returns them."],
])("what JavaScript without types leaves out is told by its name: %o", async (options, message) => {
  await expect(finished(options as object)).rejects.toThrow(message);
});

test("a finished run goes on in a branch with more generations", async () => {
  const store = await copyOfWhole();
  await branch("run", { ...houseParts(), at: 3, settings: { generations: 4 }, as: "longer", store });
  const longer = await (await resume("longer", { ...houseParts(), store })).result();
  expect(longer.generations).toBe(4);
});

test("a generation that does not exist and a name that is taken are refused", async () => {
  const store = await copyOfWhole();
  await expect(branch("run", { ...houseParts(), at: 9, as: "x", store })).rejects.toMatchObject({
    problem: "generation",
  });
  await expect(branch("run", { ...houseParts(), at: 1, as: "run", store })).rejects.toMatchObject({
    problem: "exists",
  });
  await expect(show("nobody", { store })).rejects.toMatchObject({
    problem: "missing",
    message: expect.stringContaining("Its runs: run"),
  });
});

test("a branch of a branch reaches generations of its grandparent", async () => {
  const store = await copyOfWhole();
  await branch("run", { ...houseParts(), at: 2, settings: { generations: 4 }, as: "side", store });
  await (await resume("side", { ...houseParts(), store })).result();
  await branch("side", { ...houseParts(), at: 1, settings: { generations: 2 }, as: "third", store });
  const third = await (await resume("third", { ...houseParts(), store })).result();
  expect(third.generations).toBe(2);
});

test("neither expected answers nor meta reach an agent", async () => {
  const seen: string[] = [];
  const agent: TaskAgent = {
    ...createProcedureAgent(),
    fingerprint: "spy@1",
    async answer(question, skills, options) {
      seen.push(JSON.stringify(question));
      return createProcedureAgent().answer(question, skills, options);
    },
  };
  await finished({ ...houseParts(agent) });
  expect(seen.length).toBeGreaterThan(30);
  expect(seen.filter((text) => text.includes("expected") || text.includes("meta"))).toEqual([]);
});

test("no label of a task that was not rolled out reaches the analyst", async () => {
  const parts = houseParts();
  const shown: string[] = [];
  const analyst = {
    ...parts.analyst,
    analyze: (...input: Parameters<typeof parts.analyst.analyze>) => (
      shown.push(JSON.stringify(input[0])),
      parts.analyst.analyze(...input)
    ),
    propose: (...input: Parameters<typeof parts.analyst.propose>) => (
      shown.push(JSON.stringify(input[2])),
      parts.analyst.propose(...input)
    ),
  };
  const rolledOut = new Set<string>();
  const run = await optimize({
    ...house,
    ...parts,
    analyst,
    store: createMemoryStore(),
    settings: { ...houseSettings, generations: 2 },
  });
  for await (const event of run.events())
    if (event.type === "rollout-end" && event.suite === "train") rolledOut.add(event.task);
  const text = shown.join("\n");
  const ids = Object.values(houseSuites)
    .flat()
    .map(({ id }) => id);
  expect(ids.filter((id) => text.includes(`"${id}"`) && !rolledOut.has(id))).toEqual([]);
  expect(text).not.toContain("meta-of-");
  expect(rolledOut.size).toBe(20);
});

test("an agent that fails on one task leaves it missing with the reason; the others keep their scores", async () => {
  const agent: TaskAgent = {
    fingerprint: "fragile@1",
    async answer(question, skills, options) {
      if (question.input.includes("dimmer")) throw new Error("the line is dead");
      return createProcedureAgent().answer(question, skills, options);
    },
  };
  const store = createMemoryStore();
  const result = await finished({ ...houseParts(agent), store });
  expect(result.status).toBe("finished");
  const { timeline } = await show("run", { store });
  expect(timeline[0]?.batch.missing).toBeGreaterThan(0);
});

test("an error that is not about one task fails the run, is told, and nothing saved is lost", async () => {
  const parts = houseParts();
  const store = createMemoryStore();
  let calls = 0;
  const verifier = {
    ...parts.verifier,
    score(...input: Parameters<typeof parts.verifier.score>) {
      calls += 1;
      if (calls === 60) throw new Error("the scale broke");
      return parts.verifier.score(...input);
    },
  };
  await expect(finished({ ...parts, verifier, store })).rejects.toThrow("the scale broke");
  expect((await show("run", { store })).result).toMatchObject({ status: "failed", reason: "the scale broke" });
  const result = await (await resume("run", { ...houseParts(), store })).result();
  expect(result.digest).toBe(whole.digest);
});

test("a run that is at work is owned: a second one is refused until it ends", async () => {
  const store = createMemoryStore();
  const run = await optimize({ ...house, ...houseParts(), store });
  await expect(resume("run", { ...houseParts(), store })).rejects.toMatchObject({ problem: "owned" });
  await run.result();
  expect(openRuns(store).leases.held(run.thread)).toBeUndefined();
  await expect(resume("run", { ...houseParts(), store })).resolves.toBeDefined();
});

/** Answers in an order of its own. */
function createJitteryAgent(): TaskAgent {
  const agent = createProcedureAgent();
  let calls = 0;
  return {
    fingerprint: agent.fingerprint,
    async answer(question, skills, options) {
      calls += 1;
      for (let turn = 0; turn < (calls * 7) % 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
      return agent.answer(question, skills, options);
    },
  };
}

test("without a gate every candidate becomes the head, and no validation task is asked for", async () => {
  const store = createMemoryStore();
  const result = await finished({ store, settings: { ...houseSettings, acceptance: "always" } });
  expect(result).toMatchObject({ rollouts: 30, score: { validation: { start: null, best: null } } });
  const { timeline } = await show("run", { store });
  expect(result.skill.hash).toBe(timeline.at(-1)?.head);
  expect(timeline.every(({ verdict, candidate }) => verdict.accepted || candidate === null)).toBe(true);
});
