import { describe, expect, test } from "vitest";
import { chebyshevSelection, chebyshevTrial } from "../../policies/chebyshev-climb.ts";
import { complianceWith } from "../../policies/objectives.ts";
import type { Comparison, TrialInput } from "../../policies/trial.ts";
import { createSkillFolder } from "../../skills/folder.ts";
import type { Means } from "../../state/archive.ts";
import type { SettingsInput } from "../../state/settings.ts";
import { evidenceOf } from "../support/gate/evidence.ts";
import { hashOf, openMemberOf, settingsOf } from "./records.ts";

const of = { objectives: ["score", "body"], alpha: 1, augmentation: 0 };
const member = (name: string, means: Means) => openMemberOf(hashOf(name), { means, column: hashOf(`${name}-column`) });
const members = [member("right", { score: 0.9, body: 0.1 }), member("short", { score: 0.1, body: 0.9 })];
const archive = { members, head: hashOf("right") };

describe("the parent under drawn weights", () => {
  const parentIn = (generation: number, seed = 1) => {
    const settings = settingsOf({ seed });
    return chebyshevSelection(of).decide({ archive, generation, settings }, null, () => 0).parents[0];
  };

  test("is another member with other weights, and the same in a generation and seed", () => {
    const drawn = Array.from({ length: 40 }, (_, at) => parentIn(at + 1));
    expect(new Set(drawn)).toEqual(new Set([hashOf("right"), hashOf("short")]));
    expect(parentIn(7)).toBe(drawn[6]);
  });

  test("is the head before anything was measured", () => {
    const start = openMemberOf(hashOf("start"));
    const empty = { members: [start], head: start.program };
    const decided = chebyshevSelection(of).decide(
      { archive: empty, generation: 1, settings: settingsOf() },
      null,
      () => 0,
    );
    expect(decided).toEqual({ parents: [start.program], ancestor: null });
  });
});

describe("the trial by objectives", () => {
  function acceptance(draw: number, { settings = {} as SettingsInput, spent = 0 } = {}) {
    const input: TrialInput = {
      settings: settingsOf({ budgetRollouts: 1000, ...settings }),
      generation: 2,
      spent: { rollouts: spent, simulations: 0, tokens: 0 },
      batch: [0, 1],
      batchScores: [],
      costInRollouts: 10,
      later: [],
      validation: [0, 1],
      parents: [hashOf("right")],
      archive,
      closes: false,
    };
    const [minibatch, validation] = chebyshevTrial({ ...of, rate: Math.LN2 * 2 }).stages(input, null, () => draw);
    expect(validation).toEqual({ name: "validation", against: "none" });
    return (minibatch as Comparison).acceptance;
  }
  const decide = (draw: number, candidate: Means, other: Means, spent = 0) =>
    acceptance(draw, { spent }).decide(evidenceOf([1, 1], [1, 1], { means: { candidate, other } }));

  test("takes what widens the front while it explores, also where the score falls", () => {
    const parent = { score: 0.5, body: 0.1 };
    expect(decide(0, { score: 0.3, body: 0.6 }, parent)).toMatchObject({ accepted: true, reason: "widens the front" });
    expect(decide(0, { score: 0.4, body: 0.1 }, parent)).toMatchObject({ accepted: false });
  });

  test("explores by the share of the budget that is spent: half of the time at half of it", () => {
    const reasonAt = (draw: number, spent: number) =>
      decide(draw, { score: 0.5, body: 0.1 }, { score: 0.5, body: 0.1 }, spent).reason;
    expect(reasonAt(0.99, 0)).toBe("does not widen the front");
    expect(reasonAt(0.49, 500)).toBe("does not widen the front");
    expect(reasonAt(0.51, 500)).toBe("not nearer to the ideal");
  });

  test("takes what is nearer to the ideal while it exploits, and needs all of the minibatch", () => {
    const parent = { score: 0.5, body: 0.1 };
    expect(decide(0.99, { score: 0.6, body: 0.2 }, parent, 999)).toMatchObject({
      accepted: true,
      delta: expect.closeTo(0.1),
    });
    expect(decide(0.99, { score: 0.4, body: 0.05 }, parent, 999)).toMatchObject({ accepted: false, decided: true });
    expect(acceptance(0).decide(evidenceOf([1], [1, 1]))).toMatchObject({ accepted: false, decided: false });
  });
});

describe("compliance with limits", () => {
  const { of: worth } = complianceWith({ description: 10, body: 20 });
  const skill = (description: string, body: string) =>
    createSkillFolder("s", {
      "SKILL.md": new TextEncoder().encode(`---\nname: s\ndescription: ${description}\n---\n${body}`),
    });

  test("is 1 up to a limit, a half at one and a half of it, and 0 from twice of it on", () => {
    expect(worth([skill("a".repeat(10), "b".repeat(20))])).toEqual({ description: 1, body: 1 });
    expect(worth([skill("a".repeat(15), "b".repeat(30))])).toEqual({ description: 0.5, body: 0.5 });
    expect(worth([skill("a".repeat(99), "b".repeat(99))])).toEqual({ description: 0, body: 0 });
  });

  test("is the mean over skills, and reads a text without frontmatter as a body", () => {
    const plain = createSkillFolder("p", { "AGENTS.md": new TextEncoder().encode("b".repeat(40)) });
    expect(worth([skill("a", "b"), plain])).toEqual({ description: 1, body: 0.5 });
  });
});
