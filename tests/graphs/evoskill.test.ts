import { afterAll, describe, expect, test } from "vitest";
import { createProcedureAgent } from "../../agents/procedure/procedure-agent.ts";
import type { TaskAgent } from "../../agents/agent.ts";
import type { Analyst } from "../../analysts/analyst.ts";
import { createLanguageModelAnalyst } from "../../analysts/language-model/language-model-analyst.ts";
import { branch } from "../../runs/cycle/branch.ts";
import { optimize } from "../../runs/cycle/optimize.ts";
import { resume } from "../../runs/cycle/resume.ts";
import { openRun } from "../../runs/reading/open-run.ts";
import { show } from "../../runs/reading/show.ts";
import { unpublishable } from "../../skills/limits.ts";
import { minimalSkill } from "../../skills/minimal.ts";
import type { RunEvent } from "../../state/events.ts";
import type { ScoredRollout } from "../../state/task.ts";
import type { Verifier } from "../../verifiers/verifier.ts";
import type { SettingsInput } from "../../state/settings.ts";
import { createMemoryStore } from "../../stores/drivers/memory.ts";
import { openStore } from "../../stores/open.ts";
import type { RecordStore } from "../../stores/record-store.ts";
import { createExact } from "../../verifiers/exact.ts";
import { buryOwner } from "../support/durability/crashes.ts";
import { createMortalStore } from "../support/durability/mortal-store.ts";
import { analystBrain, titleOf } from "../support/model-server/analyst-brain.ts";
import { BrainModel, journaled } from "../support/model-server/brain-model.ts";
import { temporaryFolder } from "../support/stores.ts";
import { houseParts, houseProgram, houseSuites } from "../support/world.ts";

const folder = temporaryFolder();
afterAll(() => folder.remove());

const own: SettingsInput = { recipe: "evoskill", batch: 9, replay: 18, generations: 4, target: null };

/** The tasks of the house with their subject as category, and a canary beside it. */
const tasks = {
  ...houseSuites,
  train: houseSuites.train.map((task) => ({
    ...task,
    meta: { ...task.meta, category: `kind-of-${String(task.expected)}` },
  })),
};

async function run(store: RecordStore, more: Partial<Parameters<typeof optimize>[0]> = {}) {
  const events: RunEvent[] = [];
  try {
    const started = await optimize({
      ...houseParts(),
      program: houseProgram,
      tasks,
      settings: own,
      run: "house",
      store,
      ...more,
    });
    for await (const event of started.events()) events.push(event);
    return { result: await started.result(), events };
  } catch (error) {
    if (!(error instanceof Error && error.message.includes("The store died"))) throw error;
    return { result: undefined, events };
  }
}

const operatorsIn = (events: readonly RunEvent[]) =>
  events.flatMap((event) => (event.type === "candidate-made" ? [event.operator] : []));

describe("evoskill with the embedded agent and analyst", () => {
  const counted = createMortalStore(createMemoryStore());
  const whole = run(counted);

  test("draws tasks by category, creates a skill, and keeps a frontier whose best it returns", async () => {
    const { result, events } = await whole;
    expect(result).toMatchObject({ status: "finished" });
    const batches = events.flatMap((event) =>
      event.type === "rollout-end" && event.suite === "train" ? [{ ...event }] : [],
    );
    const subjectOf = (id: string) => houseSuites.train.find((task) => task.id === id)?.expected;
    const first = batches.filter(({ generation }) => generation === 1).map(({ task }) => subjectOf(task));
    expect(first.map(String).toSorted()).toEqual(
      ["doors", "lights", "water"].flatMap((subject) => [subject, subject, subject]),
    );
    expect(operatorsIn(events)).toContain("create_skill");
    const { best, timeline } = await show("house", { store: counted });
    expect(best.length).toBeGreaterThan(1);
    expect(best.flatMap(unpublishable)).toEqual([]);
    expect(Math.max(...timeline.map(({ archive }) => archive.size))).toBeLessThanOrEqual(3);
    const { start, best: score } = result!.score.validation;
    expect(score).toBeGreaterThan(start!);
  });

  test.each(["memory", "SQLite"])("killed anywhere resumes to the same digest (%s)", async (driver) => {
    const { result } = await whole;
    const deaths = Array.from({ length: driver === "memory" ? 4 : 2 }, (_, index) =>
      Math.floor(((index + 0.5) / 4) * counted.commits),
    );
    for (const atCommit of deaths) {
      const store =
        driver === "memory" ? createMemoryStore() : await openStore(`file:${folder.path}/killed-${atCommit}.db`);
      const died = await run(createMortalStore(store, { atCommit, when: atCommit % 2 === 0 ? "before" : "after" }));
      expect(died.result).toBeUndefined();
      await buryOwner(store);
      const resumed = await run(store);
      expect([atCommit, resumed.result?.digest]).toEqual([atCommit, result!.digest]);
      await store.close();
    }
  });

  test("is a branch of a hill climber, and the other way around", async () => {
    const store = createMemoryStore();
    const climbing = { recipe: "hill-climb", batch: 9, replay: 18, generations: 2, target: null };
    await run(store, { settings: climbing });
    const widened = await branch("house", { ...houseParts(), at: 1, as: "wide", settings: own, store });
    expect(widened.input.settings).toMatchObject({ recipe: "evoskill", frontier: 3 });
    expect(await (await resume("wide", { ...houseParts(), store })).result()).toMatchObject({ status: "finished" });
    expect((await show("wide", { store })).timeline.at(-1)!.archive.size).toBeGreaterThan(1);
    await branch("wide", { ...houseParts(), at: 4, as: "narrow", settings: { ...climbing, generations: 5 }, store });
    expect(await (await resume("narrow", { ...houseParts(), store })).result()).toMatchObject({ generations: 5 });
    expect((await show("narrow", { store })).timeline.at(-1)!.archive.size).toBe(1);
  });

  test("asks a person, who sees the new skill, and undoes it with a no", async () => {
    const diffs: string[] = [];
    const store = createMemoryStore();
    const { result } = await run(store, {
      settings: { ...own, approve: "always", generations: 1 },
      approve: ({ diff }) => (diffs.push(diff), { accept: false, because: "not now" }),
    });
    expect(result).toMatchObject({ status: "finished" });
    expect(diffs).toHaveLength(1);
    expect(diffs[0]).toMatch(/--- \/dev\/null\n\+\+\+ b\/(lights|water|doors)\/SKILL.md/);
    const { best, timeline } = await show("house", { store });
    expect(best).toEqual(houseProgram);
    expect(timeline[0]!.verdict).toMatchObject({ accepted: false, reason: "turned down by a person: not now" });
  });

  test("shows no analyst a near miss, and neither agent nor analyst any meta", async () => {
    const shown: string[] = [];
    const values: Array<number | null> = [];
    const note = (rollouts: readonly ScoredRollout[]) =>
      values.push(...rollouts.map(({ score }) => score?.value ?? null));
    const { agent, analyst } = houseParts();
    const noting: Analyst = {
      ...analyst,
      analyze: (batch, ...rest) => (shown.push(JSON.stringify(batch)), note(batch), analyst.analyze(batch, ...rest)),
      diagnose: (failures, skills, replay) => (
        shown.push(JSON.stringify([failures, replay])),
        note(replay),
        analyst.diagnose(failures, skills, replay)
      ),
      propose: (deficiencies, skills, replay, budget) => (
        shown.push(JSON.stringify([deficiencies, replay, budget])),
        note(replay),
        analyst.propose(deficiencies, skills, replay, budget)
      ),
    };
    const asked: TaskAgent = {
      ...agent,
      answer: (question, ...rest) => (shown.push(JSON.stringify(question)), agent.answer(question, ...rest)),
    };
    const lenient: Verifier = {
      fingerprint: "lenient@1",
      score(answer, task) {
        const value = answer.text === task.expected ? 1 : task.expected === "doors" ? 0.8 : 0.79;
        return { value, objectives: {}, feedback: "" };
      },
    };
    const store = createMemoryStore();
    await run(store, { agent: asked, analyst: noting, verifier: lenient });
    expect(new Set(values)).toEqual(new Set([0.79, 1]));
    expect(shown.length).toBeGreaterThan(100);
    expect(shown.filter((text) => text.includes("kind-of-") || text.includes("meta-of-"))).toEqual([]);
    const [first] = (await show("house", { store })).timeline;
    expect(first!.batch).toMatchObject({ tasks: 9, failed: 6 });
  });

  test("ends after five generations without improvement, also where nothing fails", async () => {
    const agent = {
      fingerprint: "knowing@1",
      answer: async () => ({ text: "x", used: [], trace: [], cost: { inputTokens: 0, outputTokens: 0, usd: 0 } }),
    };
    const same = { ...tasks, train: tasks.train.map((task) => ({ ...task, expected: "x" })) };
    const { result, events } = await run(createMemoryStore(), {
      agent,
      tasks: same,
      settings: { ...own, generations: 20 },
    });
    expect(result).toMatchObject({ status: "finished", reason: "patience", generations: 5 });
    expect(operatorsIn(events)).toEqual([]);
  });
});

describe("evoskill with a language model", () => {
  const program = [minimalSkill("house", "Sorts messages about a house."), minimalSkill("garden", "Knows plants.")];

  async function asking(store: RecordStore) {
    const chat = new BrainModel(analystBrain);
    const analyst = createLanguageModelAnalyst({
      model: journaled(chat),
      proposals: 1,
      failures: 4,
      dimensions: ["knowledge"],
    });
    const parts = { agent: createProcedureAgent(), analyst, verifier: createExact() };
    return {
      ...(await run(store, { ...parts, program, settings: { ...own, generations: 5 } })),
      requests: chat.requests,
    };
  }
  const store = createMemoryStore();
  const whole = asking(store);

  test("creates and edits skills from a proposal and a builder, and shows the history to the next proposer", async () => {
    const { result, events, requests } = await whole;
    expect(result).toMatchObject({ status: "finished" });
    expect(new Set(operatorsIn(events))).toEqual(new Set(["create_skill", "edit_skill"]));
    const texts = requests
      .filter((request) => titleOf(request) === "Create or edit")
      .map(({ messages }) => messages.map(({ text }) => text).join("\n"));
    expect(texts[0]).not.toContain("outcome: ");
    expect(texts.at(-1)).toMatch(
      /generation 1>\ncreate_skill (lights|water|doors)\nproposal: [^]*?\nreason: .*\noutcome: improved/,
    );
    expect(result!.score.validation.best).toBeGreaterThan(result!.score.validation.start!);
    const opened = await openRun("house", { store });
    expect((await opened.program((await opened.state()).head)).length).toBeGreaterThan(2);
    await opened.close();
  });

  test("shows no part of the meta to the model, neither the category nor anything else", async () => {
    const { requests } = await whole;
    const said = JSON.stringify(requests);
    expect(said).not.toContain("kind-of-");
    expect(said).not.toContain("meta-of-");
  });

  test("killed and resumed comes to the same digest", async () => {
    const { result } = await whole;
    for (const atCommit of [40, 90]) {
      const other = createMemoryStore();
      expect((await asking(createMortalStore(other, { atCommit, when: "after" }))).result).toBeUndefined();
      await buryOwner(other);
      expect((await asking(other)).result?.digest).toBe(result!.digest);
    }
  });
});
