import { describe, expect, test } from "vitest";
import { createProcedureAgent } from "../../agents/procedure/procedure-agent.ts";
import type { EditBudget } from "../../analysts/analyst.ts";
import { createStatisticalAnalyst } from "../../analysts/statistical/statistical-analyst.ts";
import type { ModelCard } from "../../policies/cards/model-card.ts";
import { applyEdits } from "../../skills/edits.ts";
import { createSkillFolder, textOf, type SkillFolder } from "../../skills/folder.ts";
import { unpublishable } from "../../skills/limits.ts";
import { minimalSkill } from "../../skills/minimal.ts";
import { budgetOf, rollOut, times, type Labelled } from "./rollouts.ts";

const analyst = createStatisticalAnalyst();
const ruled = (name: string, ...bullets: string[]): SkillFolder => {
  const text = `${textOf(minimalSkill(name, "Sorts."))}\n## Rules\n\n${bullets.map((bullet) => `- ${bullet}\n`).join("")}`;
  return createSkillFolder(name, { "SKILL.md": new TextEncoder().encode(text) });
};
const otherwise = "Otherwise, answer `other`. <!-- r0 -->";
const general = ruled("house", otherwise);
const others = times(9, "hello there", "other");
const lamps = times(6, "the lamp is broken", "lights");
const bulbs = times(6, "my bulb burst", "lights");

async function propose(
  skills: readonly SkillFolder[],
  labelled: readonly Labelled[],
  changes: Partial<EditBudget> = {},
  agent = createProcedureAgent(),
) {
  const tasks = [...labelled, ...others];
  const replay = await rollOut(skills, tasks, agent);
  const deficiencies = await analyst.diagnose(await analyst.analyze(replay, skills), skills, replay);
  const budget = { ...budgetOf(), scope: "program" as const, ...changes };
  const { drafts } = await analyst.propose(deficiencies, skills, replay, budget);
  const after = drafts[0] === undefined ? skills : applyEdits(skills, drafts[0].edits);
  const answered = await rollOut(after, tasks, createProcedureAgent());
  return { draft: drafts[0], after, wrong: answered.filter(({ score }) => score?.value !== 1).length };
}

describe("the statistical analyst where skills stay as they are", () => {
  const frozen = ["house"];

  test("creates one skill with all new rules, and leaves the others byte for byte", async () => {
    const taps = times(4, "the tap drips", "water");
    const { draft, after, wrong } = await propose([general], [...lamps, ...taps], { frozen });
    expect(draft!.edits.map(({ op, skill }) => [op, skill])).toEqual([["create-file", "lights"]]);
    expect(draft!.origin).toMatchObject({ operator: "create_skill", target: "lights" });
    expect(after.find(({ name }) => name === "house")).toEqual(general);
    expect(textOf(after[1]!)).toMatch(/answer `lights`[^]*answer `water`|answer `water`[^]*answer `lights`/);
    expect(wrong).toBe(0);
  });

  test("then edits the skill that it created, and no other", async () => {
    const first = await propose([general], lamps, { frozen });
    const { draft, after, wrong } = await propose(first.after, [...lamps, ...bulbs], { frozen });
    expect(new Set(draft!.edits.map(({ skill }) => skill))).toEqual(new Set(["lights"]));
    expect(draft!.origin.operator).not.toBe("create_skill");
    expect(after.find(({ name }) => name === "house")).toEqual(general);
    expect([after.length, wrong]).toEqual([2, 0]);
  });

  test("finds what they do not in a skill named after them", async () => {
    const prices = Array.from({ length: 8 }, (_, index): Labelled => [`pay ${100 + index} now`, String(100 + index)]);
    const { draft, after, wrong } = await propose([general], prices, { frozen });
    expect(draft!.origin).toMatchObject({ operator: "create_skill", target: "house-extraction" });
    const made = after.find(({ name }) => name === "house-extraction")!;
    expect(textOf(made)).toMatch(/description: What to find in a message\.[^]*## Extract\n\n- /);
    expect(unpublishable(made)).toEqual([]);
    expect(after.find(({ name }) => name === "house")).toEqual(general);
    expect(wrong).toBe(0);
  });

  test("changes no rule of theirs, where only that would help", async () => {
    const wide = ruled("aaa", 'When the message mentions "the", answer `other`. <!-- r1 -->', otherwise);
    const tasks = [...lamps, ...times(6, "the end", "other")];
    expect((await propose([wide], tasks)).draft).toBeDefined();
    expect((await propose([wide], tasks, { frozen: ["aaa"] })).draft).toBeUndefined();
  });
});

describe("the statistical analyst with a size and a card", () => {
  const redundant = 'When the message mentions "lamp", answer `lights`. <!-- r2 -->';
  const long = ruled("house", 'When the message mentions "lamp", answer `lights`. <!-- r1 -->', redundant, otherwise);
  const taps = times(6, "the tap drips", "water");

  test("begins with what makes a skill shorter if it is too long, and else with what it lacks", async () => {
    const sized = async (tokens: number) =>
      (await propose([long], [...lamps, ...taps], { granularity: { tokens, now: 100 }, edits: 1 })).draft!.origin;
    expect(await sized(50)).toMatchObject({ operator: "prune" });
    expect(await sized(370)).toMatchObject({ operator: "create_skill", target: "water" });
  });

  test("looks first for what helps against lapses where they are the main weakness of its agent", async () => {
    const cardOf = (mode: string): ModelCard => ({
      model: "",
      rollouts: 100,
      success: 0.5,
      idle: 0,
      turns: 1,
      tokens: 10,
      weaknesses: [{ mode, share: 0.4 }],
    });
    const agent = createProcedureAgent({ slip: { base: 0.3, freeWords: 100, slope: 0 } });
    const skill = ruled("house", 'When the message mentions "lamp", answer `lights`. <!-- r1 -->', otherwise);
    const tasks = [...times(20, "the lamp is broken", "lights"), ...times(30, "the tap drips", "water")];
    const operatorOf = async (card: ModelCard) =>
      (await propose([skill], tasks, { card }, agent)).draft?.origin.operator;
    expect(await operatorOf(cardOf("execution_lapse"))).toBe("set_important");
    expect(await operatorOf(cardOf("missing_rule"))).toBe("create_skill");
  });
});
