import { describe, expect, test } from "vitest";
import { optimize } from "../../runs/cycle/optimize.ts";
import { show } from "../../runs/reading/show.ts";
import { createSkillFolder, textOf } from "../../skills/folder.ts";
import type { SettingsInput } from "../../state/settings.ts";
import { createMemoryStore } from "../../stores/drivers/memory.ts";
import { buryOwner } from "../support/durability/crashes.ts";
import { createMortalStore } from "../support/durability/mortal-store.ts";
import { createExact } from "../../verifiers/exact.ts";
import { runAnalyzed } from "../support/analyzed-runs.ts";
import { titleOf } from "../support/model-server/analyst-brain.ts";
import { houseParts, houseSuites } from "../support/world.ts";

const [lamp, door] = [
  '- When the message mentions "lamp", answer `lights`.',
  '- When the message mentions "door", answer `doors`.',
];
const page = (rules: string) => `---
name: house
description: Sorts messages of tenants into lights, doors and water. A friendly team of volunteers wrote it many years ago. Use it when a tenant writes.
---

# House

## Overview

Houses have been built for thousands of years, and tenants have written letters to landlords for nearly as long as that.

Nobody knows who wrote the first letter about a lamp, but historians have often guessed that it came from a small town by the sea.

${rules}

## Examples

Dear landlord, the lamp in the hall has been broken since the middle of last week, and nobody has come to have a look at it yet.

Dear landlord, the front door cannot be closed any more because of the rain, which has lasted for so long that all of the wood is wet.

Tenants must be answered on the same day: lights, doors, water.
`;
const skillOf = (rules: string) => createSkillFolder("house", { "SKILL.md": new TextEncoder().encode(page(rules)) });
const rules = `## Rules\n\n${lamp}\n${door}\n- Otherwise, answer \`water\`.`;

async function run(skill = skillOf(rules), store = createMemoryStore(), settings: SettingsInput = {}) {
  const options = { ...houseParts(), tasks: houseSuites, program: [skill], run: "house", store };
  const started = await optimize({ ...options, settings: { recipe: "reduce", ...settings } });
  const result = await started.result();
  return { result, view: await show("house", { store }) };
}

describe("reduce with the embedded agent", () => {
  test("ends with its budget, although a generation can do without a rollout", async () => {
    const { result } = await run(undefined, undefined, { budgetRollouts: 24 + 20 + 3 });
    expect(result).toMatchObject({ status: "finished", reason: "budget", generations: 1 });
  });

  const counted = createMortalStore(createMemoryStore());
  const whole = run(skillOf(rules), counted);

  test("shortens a description and a body of a skill, keeps its score, and runs no train task", async () => {
    const { result, view } = await whole;
    expect(result).toMatchObject({ status: "finished", reason: "finished", generations: 3, rollouts: 3 * 24 });
    expect(result.score.validation.best).toBe(result.score.validation.start);
    expect(
      view.timeline.map(({ candidate, verdict, batch }) => [candidate?.origin.operator, verdict.accepted, batch.tasks]),
    ).toEqual([
      ["reduce_description", true, 0],
      ["reduce_body", true, 0],
      [undefined, false, 0],
    ]);
    const [skill] = view.best;
    expect(textOf(skill!)).not.toMatch(/volunteers|historians|last week/);
    expect(textOf(skill!)).toContain(rules);
    expect(textOf(skill!)).toMatch(/- Read `references\/examples.md` when you need an example: .*Dear landlord/);
    expect(textOf(skill!, "references/background.md")).toContain("historians");
    const [description, body] = view.memories[0]!.rows;
    expect([description!.slice(0, 2), body!.slice(0, 2)]).toEqual([
      ["house/description", "shorter"],
      ["house/body", "shorter"],
    ]);
    expect(Number(body![3])).toBeLessThan(Number(description![2]));
  });

  test("killed anywhere resumes to the same digest", async () => {
    const { result } = await whole;
    for (const atCommit of [3, Math.floor(counted.commits / 2), counted.commits - 3]) {
      const store = createMemoryStore();
      await expect(run(skillOf(rules), createMortalStore(store, { atCommit, when: "after" }))).rejects.toThrow("died");
      await buryOwner(store);
      const { digest } = (await run(skillOf(rules), store)).result;
      expect([atCommit, digest]).toEqual([atCommit, result.digest]);
    }
  });

  test("gives back half of what left a body where the tasks miss it", async () => {
    const { agent } = houseParts();
    const nostalgic: typeof agent = {
      ...agent,
      fingerprint: "nostalgic@1",
      async answer(question, skills, options) {
        const answer = await agent.answer(question, skills, options);
        return (textOf(skills[0]!) ?? "").includes("thousands of years") ? answer : { ...answer, text: "lost" };
      },
    };
    const store = createMemoryStore();
    const parts = { ...houseParts(nostalgic), tasks: houseSuites, program: [skillOf(rules)], run: "house", store };
    const result = await (await optimize({ ...parts, settings: { recipe: "reduce" } })).result();
    const { timeline, best } = await show("house", { store });
    const tried = timeline.map(({ candidate, verdict }) => [candidate?.origin.features["kept"], verdict.accepted]);
    expect(tried).toEqual([
      [0, true],
      [0, false],
      [0.5, true],
      [undefined, false],
    ]);
    expect(textOf(best[0]!)).toMatch(/thousands of years/);
    expect(textOf(best[0]!)).not.toMatch(/last week/);
    expect(result.score.validation.best).toBe(result.score.validation.start);
  });
});

test("reduce with a language model asks it for routes and for the kinds of paragraphs, and what it says is gated", async () => {
  const store = createMemoryStore();
  const settings = { recipe: "reduce" };
  const { result, requests } = await runAnalyzed(store, {
    settings,
    verifier: createExact(),
    program: [skillOf(rules)],
  });
  expect(result).toMatchObject({ status: "finished", reason: "finished" });
  const titles = requests.map(titleOf);
  expect(new Set(titles)).toEqual(new Set(["Routing", "Kinds of paragraphs"]));
  expect(titles.filter((title) => title === "Routing").length % 3).toBe(0);
  const { best } = await show("house", { store });
  expect(textOf(best[0]!)).not.toMatch(/last week/);
  expect(textOf(best[0]!)).toContain("thousands of years");
});
