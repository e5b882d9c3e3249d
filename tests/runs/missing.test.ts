import { describe, expect, test } from "vitest";
import type { TaskAgent } from "../../agents/agent.ts";
import { createProcedureAgent } from "../../agents/procedure/procedure-agent.ts";
import type { Analyst } from "../../analysts/analyst.ts";
import { optimize } from "../../runs/cycle/optimize.ts";
import { resume } from "../../runs/cycle/resume.ts";
import { show } from "../../runs/reading/show.ts";
import { textOf } from "../../skills/folder.ts";
import type { SettingsInput } from "../../state/settings.ts";
import { createMemoryStore } from "../../stores/drivers/memory.ts";
import { goldenOptions } from "../support/durability/golden.ts";
import { houseParts, houseProgram, houseSettings, houseSuites } from "../support/world.ts";

/** Times out on the first validation tasks, whatever the skill. */
function createSlowAgent(tasks: number): TaskAgent {
  const embedded = createProcedureAgent();
  const slow = houseSuites.validation.slice(0, tasks).map(({ input }) => input);
  return {
    fingerprint: "slow@1",
    async answer(question, skills, options) {
      if (slow.includes(question.input)) throw new Error("timed out");
      return embedded.answer(question, skills, options);
    },
  };
}

async function run(agent: TaskAgent, settings: SettingsInput = {}) {
  const store = createMemoryStore();
  const parts = houseParts(agent);
  const started = { ...parts, program: houseProgram, tasks: houseSuites, store };
  const handle = await optimize({ ...started, settings: { ...houseSettings, target: null, ...settings } });
  const result = await handle.result();
  return { result, store, parts, timeline: (await show("run", { store })).timeline };
}

describe("a run whose agent times out", () => {
  test("on few validation tasks accepts what it accepts without them, and says how many were missing", async () => {
    const [sound, slow] = [await run(createProcedureAgent()), await run(createSlowAgent(2))];
    const outcomes = ({ timeline }: typeof sound) =>
      timeline.map(({ verdict: { accepted, decided } }) => ({ accepted, decided }));
    expect(outcomes(sound)[0]).toEqual({ accepted: true, decided: true });
    expect(outcomes(slow)).toEqual(outcomes(sound));
    expect(slow.timeline[0]).toMatchObject({ evidence: { planned: 24, missing: 2 }, headMissing: 2, parentMissing: 2 });
  });

  test("on too many leaves every verdict undecided, with the counts, and learns nothing from it", async () => {
    const { timeline, result } = await run(createSlowAgent(6));
    const reason = "too many missing results: 6 of 24 tasks, maxMissing is 0.2";
    expect(timeline.map(({ verdict }) => verdict)).toMatchObject(
      [1, 2, 3].map(() => ({ accepted: false, decided: false, reason })),
    );
    expect(new Set(timeline.map(({ head }) => head)).size).toBe(1);
    expect(result.skill.hash).toBe(timeline[0]?.parents[0]);
    // Turned down by the gate it would not be proposed again: this one is.
    expect(timeline[1]?.candidate).not.toBeNull();
    expect((await run(createSlowAgent(6), { maxMissing: 0.25 })).timeline[0]?.verdict.accepted).toBe(true);
  });

  test("for a while asks again what a candidate lacks that is proposed again, and pays for nothing twice", async () => {
    const { agent: sound, analyst: given, ...golden } = goldenOptions();
    const analyst: Analyst = {
      ...given,
      analyze: async (...input) => (await given.analyze(...input)).toSorted((a, b) => a.task.localeCompare(b.task)),
    };
    const store = createMemoryStore();
    let generation = 1;
    const answered: Record<number, string[]> = { 1: [], 2: [] };
    const agent: TaskAgent = {
      ...sound,
      async answer(question, skills, options) {
        const answer = await sound.answer(question, skills, options);
        const isCandidate = question.id.startsWith("validation-") && textOf(skills[0]!)!.includes(" means ");
        if (isCandidate && generation === 1 && /[12]$/.test(question.id)) throw new Error("timed out");
        if (isCandidate) answered[generation]?.push(question.id);
        return answer;
      },
    };
    const handle = await optimize({ ...golden, agent, analyst, store });
    for await (const event of handle.events()) {
      if (event.type !== "verdict") continue;
      if (event.generation === 1)
        expect(event).toMatchObject({ verdict: { accepted: false, decided: false }, missing: 2 });
      generation += 1;
    }
    const [first, second] = (await show(golden.run, { store })).timeline;
    expect(second?.candidate?.program).toBe(first?.candidate?.program);
    expect(second).toMatchObject({ verdict: { accepted: true }, headMissing: 0, evidence: { missing: 0, asked: 6 } });
    // What the first race had of it is not paid for again.
    expect([...answered[1]!, ...answered[2]!].toSorted()).toEqual(golden.tasks.validation.map(({ id }) => id));
    expect(answered[2]).toEqual(expect.arrayContaining(["validation-1", "validation-2"]));
  });

  test("and is paused in the middle ends as one that was not", async () => {
    const whole = await run(createSlowAgent(7));
    const store = createMemoryStore();
    const parts = houseParts(createSlowAgent(7));
    const settings = { ...houseSettings, target: null };
    const handle = await optimize({ ...parts, program: houseProgram, tasks: houseSuites, store, settings });
    for await (const event of handle.events()) if (event.type === "verdict" && event.generation === 1) handle.pause();
    expect((await handle.result()).status).toBe("paused");
    expect((await (await resume("run", { ...parts, store })).result()).digest).toBe(whole.result.digest);
  });
});
