import { describe, expect, test } from "vitest";
import type { TaskAgent } from "../../agents/agent.ts";
import { visibilityOf } from "../../policies/visibility.ts";
import { createLocalPool } from "../../rollouts/executor.ts";
import { createSkillFolder, programHash, type SkillFolder } from "../../skills/folder.ts";
import type { SettingsInput } from "../../state/settings.ts";
import { createMemoryStore } from "../../stores/drivers/memory.ts";
import { createLedger } from "../../stores/ledger/ledger.ts";
import { createPayload } from "../../stores/payload/payload.ts";
import { readScoredRollouts } from "../../stores/payload/scored-rollouts.ts";
import { answerOf, knownVerifier, settingsOf, tasksOf } from "../support/nodes.ts";

const skillOn = (topic: string): SkillFolder => {
  const text = `---\nname: on-${topic}\ndescription: Knows ${topic}.\n---\n\n# ${topic}\n`;
  return createSkillFolder(`on-${topic}`, { "SKILL.md": new TextEncoder().encode(text) });
};
const library = ["apples", "pears", "plums"].map(skillOn);
const tasks = tasksOf("train", ["ripe pears", "apples or plums", "nuts"]);

/** A store with the library in it, and rollouts of it under some settings; `asked` counts what the agent was asked. */
async function openLibrary() {
  const place = { store: createMemoryStore(), family: "family", run: "run" };
  const [payload, ledger] = [createPayload(place), createLedger(place)];
  const ref = { hash: await payload.putJson(tasks), size: tasks.length };
  const asked: string[][] = [];
  const agent: TaskAgent = {
    fingerprint: "listing@1",
    async answer(_, skills) {
      asked.push(skills.map(({ name }) => name));
      return answerOf(skills.length > 0 ? "known" : "unknown");
    },
  };
  const roll = async (given: SettingsInput, skills: readonly SkillFolder[] = library) => {
    const settings = settingsOf(given);
    const seeing = { visibility: visibilityOf(settings), seed: settings.seed };
    const needs = { agent, verifier: knownVerifier, ledger, payload, concurrency: 1, ...seeing };
    const request = { program: await payload.putProgram(skills), suite: "train" as const, tasks: ref, samples: 1 };
    return createLocalPool(needs).roll({ ...request, indices: [0, 1, 2] }, {});
  };
  return { roll, asked, payload, ledger };
}

describe("rollouts under a visibility", () => {
  test("show the agent what was retrieved, in order of name, and list it in each row", async () => {
    const { roll, asked, payload, ledger } = await openLibrary();
    const set = await roll({ visibility: "retrieved" });
    const expected = [["on-pears"], ["on-apples", "on-plums"], []];
    expect(asked).toEqual(expected);
    expect(set.rows.map(({ visible }) => visible)).toEqual(expected);
    expect(Object.keys(set.visible)).toEqual(["on-apples", "on-pears", "on-plums"]);
    const byId = new Map(tasks.map((task) => [task.id, task]));
    const scored = await readScoredRollouts({ payload, ledger }, await payload.putJson(set), byId);
    expect(scored.map(({ rollout }) => Object.keys(rollout.visible))).toEqual(expected);
    expect(scored[0]?.rollout.visible).toEqual({ "on-pears": library[1]?.hash });
  });

  test("have the key of the program that was seen: all skills that of the program, hidden ones that of it without them", async () => {
    const { roll, asked } = await openLibrary();
    const keysOf = async (...of: Parameters<typeof roll>) => (await roll(...of)).rows.map(({ key }) => key);
    const all = await keysOf({});
    expect(await keysOf({ visibility: "retrieved" })).not.toEqual(all);
    const before = asked.length;
    const hidden = await roll({ visibility: "all-but", hidden: ["on-pears"] });
    expect(hidden.rows.every((row) => !("visible" in row))).toBe(true);
    expect(Object.keys(hidden.visible)).toEqual(["on-apples", "on-plums"]);
    expect(programHash([library[0]!, library[2]!])).not.toBe(hidden.program);
    const without = await keysOf({}, [library[0]!, library[2]!]);
    expect(without).toEqual(hidden.rows.map(({ key }) => key));
    // One of them was known already: what is retrieved for the second question are the same two skills.
    expect(asked.length - before).toBe(2);
  });

  test("of the control are the same for another program with these skills, and for the same seed", async () => {
    const { roll, asked } = await openLibrary();
    const first = await roll({ visibility: "shuffled" });
    const count = asked.length;
    expect((await roll({ visibility: "shuffled", generations: 3 })).rows).toEqual(first.rows);
    expect(asked.length).toBe(count);
  });
});
