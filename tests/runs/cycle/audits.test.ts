import { describe, expect, test } from "vitest";
import type { TaskAgent } from "../../../agents/agent.ts";
import type { Analyst } from "../../../analysts/analyst.ts";
import type { Approver, Parts } from "../../../graphs/parts.ts";
import { defineRecipe } from "../../../graphs/recipe.ts";
import { hillClimb } from "../../../graphs/recipes/hill-climb.ts";
import type { Stopping } from "../../../policies/stopping.ts";
import { branch } from "../../../runs/cycle/branch.ts";
import { optimize } from "../../../runs/cycle/optimize.ts";
import { resume } from "../../../runs/cycle/resume.ts";
import { readRollouts } from "../../../runs/reading/rollouts.ts";
import { show } from "../../../runs/reading/show.ts";
import { parseSettings, type SettingsInput } from "../../../state/settings.ts";
import { createMemoryStore } from "../../../stores/drivers/memory.ts";
import type { RecordStore } from "../../../stores/record-store.ts";
import { houseParts, houseProgram, houseSettings, houseSuites } from "../../support/world.ts";

const optimistic: SettingsInput = { ...houseSettings, edits: 1, target: null, acceptance: "optimistic" };

/** Proposes one answer for everything, in ever other words, and says that it repairs a lot. */
function planting(features: Record<string, number> = { fixes: 9, breaks: 0 }): Analyst {
  const { analyst } = houseParts();
  const words = ["the", "is", "broken", "a", "in", "on", "to", "and", "of"];
  return {
    ...analyst,
    async propose() {
      const text = `\n- When the message mentions "${words.shift()}", answer \`lights\`.\n`;
      const edit = { skill: "house", file: "SKILL.md", op: "insert-after", anchor: "## Rules\n", text } as const;
      const origin = { operator: "plant", target: "", features };
      return { drafts: [{ edits: [edit], origin }], simulations: 0 };
    },
  };
}

/** Proposes remarks, without a forecast. */
function remarking(): Analyst {
  const { analyst } = houseParts();
  const remarks = ["Be kind.", "Be brief.", "Be exact."];
  return {
    ...analyst,
    async propose() {
      const text = `\n${remarks.shift()}\n`;
      const edit = { skill: "house", file: "SKILL.md", op: "append", anchor: "", text } as const;
      return { drafts: [{ edits: [edit], origin: { operator: "remark", target: "", features: {} } }], simulations: 0 };
    },
  };
}

/** Of which each answer takes 5 tokens. */
function costly(): TaskAgent {
  const { agent } = houseParts();
  return {
    ...agent,
    async answer(...question) {
      const answer = await agent.answer(...question);
      return { ...answer, cost: { ...answer.cost, inputTokens: 5 } };
    },
  };
}

async function run(store: RecordStore, settings: SettingsInput, own: Partial<Parts> & { approve?: Approver } = {}) {
  const parts = { ...houseParts(), ...own };
  const all = { ...optimistic, ...settings };
  const result = await (
    await optimize({ ...parts, program: houseProgram, tasks: houseSuites, settings: all, run: "house", store })
  ).result();
  return { result, timeline: (await show("house", { store })).timeline };
}

/** How many rollouts are listed. */
async function listed(store: RecordStore): Promise<number> {
  let lines = 0;
  for await (const { suite } of readRollouts("house", { store })) if (suite !== "test") lines += 1;
  return lines;
}

describe("a run with audits", () => {
  test("ends with a head that was checked, and lists every rollout it asked for", async () => {
    const store = createMemoryStore();
    const { result, timeline } = await run(store, { generations: 4, budgetRollouts: 130 });
    const last = timeline.at(-1)!;
    expect(last.standing).not.toBe("provisional");
    expect(timeline.some(({ standing }) => standing === "provisional")).toBe(true);
    expect(result).toMatchObject({ status: "finished", skill: { hash: last.head } });
    const first = timeline.find(({ audit }) => audit !== null)?.audit;
    expect(result.auditedOn).toEqual({ start: first?.counts.asked, best: last.headTasks });
    expect(result.rollouts).toBeLessThanOrEqual(130);
    expect(await listed(store)).toBe(result.rollouts);
  });

  test.each([100, 640])("lists no other rollouts where %i tokens end within an audit", async (budgetTokens) => {
    const store = createMemoryStore();
    const { result } = await run(store, { generations: 8, budgetTokens }, { agent: costly() });
    expect(await listed(store)).toBe(result.rollouts);
  });

  test("compares with the head on the tasks that the audit before has not asked it, and lists each rollout once", async () => {
    const store = createMemoryStore();
    const settings = { generations: 2, batch: 8, validation: 20, attribution: "none" } as const;
    const { result, timeline } = await run(store, settings, { analyst: remarking() });
    const [first, second] = timeline;
    const before = first!.audit!.counts.asked;
    expect(first).toMatchObject({ standing: "checked", audit: { verdict: { accepted: false } } });
    expect([second!.audit, second!.evidence?.asked]).toEqual([null, expect.any(Number)]);
    const asked = second!.spent.rollouts - first!.spent.rollouts;
    expect(asked).toBe(8 + (20 - before) + second!.evidence!.asked);
    expect(await listed(store)).toBe(result.rollouts);
  });

  test("asks a person about each candidate that is taken; one that is turned down leaves the head as it was", async () => {
    const unasked = await run(createMemoryStore(), { generations: 5, batch: 8 });
    const yes = await run(
      createMemoryStore(),
      { generations: 5, batch: 8, approve: "always" },
      { approve: () => true },
    );
    expect(yes.timeline.map(({ head }) => head)).toEqual(unasked.timeline.map(({ head }) => head));
    const store = createMemoryStore();
    const { result, timeline } = await run(
      store,
      { generations: 5, batch: 8, approve: "always" },
      { approve: ({ generation }) => generation < 5 },
    );
    const [, , , fourth, fifth, last] = timeline;
    expect(fourth).toMatchObject({ standing: "provisional", verdict: { accepted: true } });
    // What was turned down had passed its audit.
    expect(fifth).toMatchObject({ standing: "provisional", verdict: { accepted: false }, head: fourth!.head });
    expect(fifth!.audit).toMatchObject({ verdict: { accepted: true }, program: fifth!.candidate!.program });
    expect(last).toMatchObject({ standing: "checked", candidate: null, head: fourth!.head });
    expect(result).toMatchObject({ status: "finished", skill: { hash: fourth!.head } });
  });

  test("goes on after the audit that a reached target ended it with, if the head does not reach it any more", async () => {
    const { stopping, ...policies } = hillClimb.policies(parseSettings({ ...optimistic }, hillClimb));
    const once: Stopping = {
      ...stopping,
      decide: (standing, memory) => (standing.generation === 2 ? "target" : stopping.decide(standing, memory)),
    };
    const recipe = defineRecipe({ ...hillClimb, policies: () => ({ ...policies, stopping: once }) });
    const { result, timeline } = await run(createMemoryStore(), { generations: 4 }, { recipe });
    expect(timeline[1]).toMatchObject({ standing: "provisional" });
    expect(timeline[2]).toMatchObject({ batch: { tasks: 0 }, candidate: null });
    expect(timeline[3]!.batch.tasks).toBeGreaterThan(0);
    expect(result).toMatchObject({ status: "finished", reason: "generations" });
  });

  test("works in a recipe that trains in epochs", async () => {
    const epochs = { recipe: "skillopt", epochs: 2, batch: 20, replay: 20, leastEdits: 1, minibatch: 4, mergeBatch: 2 };
    const { timeline } = await run(createMemoryStore(), { ...epochs, generations: null });
    expect(timeline.at(-1)!.standing).not.toBe("provisional");
    // Its drafts have no forecasts: after an audit they are compared with the head.
    expect(timeline.some(({ audit }) => audit !== null)).toBe(true);
    expect(timeline.some(({ audit, candidateScore }) => audit === null && candidateScore !== null)).toBe(true);
  });

  test("goes back where what was planted looks good on the replay, in a branch behind its parent's generations", async () => {
    const store = createMemoryStore();
    const before = await run(store, { generations: 6 });
    const at = before.timeline.findLast(({ standing }) => standing === "provisional")!.generation;
    const parts = { ...houseParts(), store };
    await branch("house", { ...parts, at, as: "planted", settings: { generations: at + 8 } });
    const result = await (await resume("planted", { ...parts, analyst: planting() })).result();
    const { timeline } = await show("planted", { store });
    const own = timeline.slice(at);
    const gone = own.find(({ standing }) => standing === "rolled back")!;
    expect(gone.audit!.back).toBeGreaterThan(0);
    expect(before.timeline.slice(0, at - 1).map(({ head }) => head)).toContain(gone.head);
    expect(result.status).toBe("finished");
    expect(own.at(-1)!.standing).not.toBe("provisional");
  });

  test("stays provisional in a branch that shows skills in another way, until an audit under that", async () => {
    const store = createMemoryStore();
    const { timeline } = await run(store, { generations: 2 });
    expect(timeline[1]).toMatchObject({ standing: "provisional" });
    const parts = { ...houseParts(), store };
    const settings = { visibility: "retrieved", generations: 2 };
    await branch("house", { ...parts, at: 2, as: "retrieving", settings });
    const result = await (await resume("retrieving", parts)).result();
    const own = (await show("retrieving", { store })).timeline.slice(2);
    expect(own).toMatchObject([{ standing: "checked", audit: { checked: timeline[0]!.head } }]);
    expect(result.status).toBe("finished");
  });

  test("goes on where a proposer counts in numbers without a difference", async () => {
    const store = createMemoryStore();
    await run(store, { generations: 2 });
    const parts = { ...houseParts(), store };
    await branch("house", { ...parts, at: 2, as: "absurd", settings: { generations: 3 } });
    const analyst = planting({ fixes: Number.MAX_VALUE, breaks: -Number.MAX_VALUE });
    expect(await (await resume("absurd", { ...parts, analyst })).result()).toMatchObject({ status: "finished" });
    expect((await show("absurd", { store })).timeline[2]!.candidate?.origin.operator).toBe("plant");
  });
});
