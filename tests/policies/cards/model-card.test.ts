import { describe, expect, test } from "vitest";
import { cardText, modelCard } from "../../../policies/cards/model-card.ts";
import { learnAll, recall, type Observed, type SkillEvidence } from "../../../policies/policy.ts";
import { recordOf, settingsOf } from "../records.ts";

const rollout = (mode: string | null, idle = 0): SkillEvidence => ({
  task: "t",
  context: "secret",
  skills: ["guide"],
  shown: ["guide"],
  success: mode === null,
  mode,
  tokens: 100,
  turns: 4,
  idle,
});
const observed = (...rollouts: SkillEvidence[]): Observed => ({ skills: {}, rollouts });

describe("a model card", () => {
  const card = modelCard({ model: "a small model, 4B", rollouts: 4 });
  const first = observed(rollout("missing_rule", 0.5), rollout("missing_rule", 0.5), rollout("lapse"), rollout(null));

  test("is made from the rollouts of the batch, and from no more than enough", () => {
    const start = recall(card, {});
    expect(card.decide({ observed: observed() }, start)).toBeNull();
    const made = card.decide({ observed: first }, start)!;
    expect(made).toEqual({
      model: "a small model, 4B",
      rollouts: 4,
      success: 0.25,
      idle: 0.25,
      turns: 4,
      tokens: 100,
      weaknesses: [
        { mode: "missing_rule", share: 0.5 },
        { mode: "lapse", share: 0.25 },
      ],
    });
    const memories = learnAll([card], {}, { ...recordOf(), observed: first }, settingsOf());
    const later = { ...recordOf(), observed: observed(rollout(null), rollout("other")) };
    const after = learnAll([card], memories, later, settingsOf());
    expect(card.decide({ observed: later.observed }, recall(card, after))).toEqual(made);
    expect(card.describe!(recall(card, after)).rows).toContainEqual(["weakness", "missing_rule: 50 % of the rollouts"]);
  });

  test("is a text of strengths and weaknesses, which names no task and no type", () => {
    const text = cardText(card.decide({ observed: first }, recall(card, {}))!);
    expect(text.split("\n")).toEqual([
      "What is known of the agent that reads the skills (its model card):",
      "model: a small model, 4B",
      "preliminary rollouts: 4",
      "steps for each: 4.0",
      "tokens for each: 100",
      "weakness: 75 % of the rollouts failed",
      "weakness: missing_rule: 50 % of the rollouts",
      "weakness: lapse: 25 % of the rollouts",
      "weakness: 25 % of the steps have no effect",
    ]);
    const strong = observed(rollout(null), rollout(null), rollout(null), rollout(null), rollout("rare"));
    expect(cardText(modelCard({ model: "", rollouts: 9 }).decide({ observed: strong }, recall(card, {}))!)).toMatch(
      /strength: 80 % of the rollouts went well\nstrength: 100 % of the steps have an effect\nweakness: rare: 20 %/,
    );
  });

  test("stays within its bytes with failures of many kinds", () => {
    const many = observed(...Array.from({ length: 300 }, (_, index) => rollout(`mode ${index} ${"x".repeat(200)}`)));
    const wide = modelCard({ model: "", rollouts: 1000 });
    const memories = learnAll([wide], {}, { ...recordOf(), observed: many }, settingsOf());
    expect(wide.decide({ observed: observed() }, recall(wide, memories))).toMatchObject({ rollouts: 300, success: 0 });
  });
});
