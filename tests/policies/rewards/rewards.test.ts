import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { rewardAcceptance, rewardOf } from "../../../policies/rewards/reward.ts";
import { idleShare } from "../../../policies/rewards/steps.ts";
import { SettingsError, StateError } from "../../../state/errors.ts";
import type { Json } from "../../../state/json.ts";
import type { TraceStep } from "../../../state/task.ts";
import { evidenceOf } from "../../support/gate/evidence.ts";

describe("steps without effect", () => {
  const step = (event: string, more: Record<string, Json> = {}): TraceStep => ({ event, ...more });
  test.each<[string, TraceStep[], number]>([
    ["an empty trace", [], 0],
    ["only words", [step("model", { text: "a" }), step("message", { text: "a" }), step("more", { steps: 3 })], 0],
    ["a tool that failed", [step("tool", { tool: "ls", ok: false }), step("tool", { tool: "cat", ok: true })], 0.5],
    ["a tool with an error", [step("tool", { tool: "ls", error: "none" })], 1],
    [
      "a file that was not there",
      [step("read", { path: "a", isFound: false }), step("read", { path: "b", isFound: true })],
      0.5,
    ],
    ["a rule that found nothing", [step("nothing", { rule: "r1" }), step("rule", { rule: "r2" })], 0.5],
    ["no rule", [step("no-rule")], 1],
    ["a repeat with the same outcome", [1, 1, 2].map((output) => step("tool", { tool: "ls", output })), 1 / 3],
  ])("of %s are their share", (_, trace, share) => {
    expect(idleShare(trace)).toBeCloseTo(share, 12);
  });
});

describe("the reward", () => {
  test("is the score minus lambda times the share of steps without effect", () => {
    expect(rewardOf({ score: 0.6, effect: 0.7 }, 0.1)).toBe(0.57);
    expect(rewardOf({ score: 0, effect: 0 }, 1)).toBe(-1);
    expect(rewardOf({ score: 0.6, effect: 0.2 }, 0)).toBe(0.6);
    expect(rewardOf({ score: 0.6 }, 0.5)).toBe(0.6);
    expect(rewardOf({ score: null, effect: 1 }, 0.5)).toBeNull();
  });

  test.each([-0.1, 1.1, Number.NaN, Infinity])("refuses a lambda of %s", (lambda) => {
    expect(() => rewardOf({ score: 1 }, lambda)).toThrow(SettingsError);
    expect(() => rewardAcceptance(lambda)).toThrow(`lambda is ${lambda}; it must be from 0 to 1.`);
  });

  test.each([{ score: Number.NaN }, { score: 1.5 }, { score: 1, effect: Number.NaN }, { score: 1, effect: -0.1 }])(
    "refuses %o",
    (means) => expect(() => rewardOf(means, 0.1)).toThrow(StateError),
  );

  test("rises with the score and with the effect, between -lambda and 1", () => {
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(share, share, share, share, (score, effect, more, lambda) => {
        const reward = rewardOf({ score, effect }, lambda)!;
        expect(reward).toBeGreaterThanOrEqual(-lambda - 1e-12);
        expect(reward).toBeLessThanOrEqual(1);
        expect(rewardOf({ score: Math.max(score, more), effect }, lambda)!).toBeGreaterThanOrEqual(reward);
        expect(rewardOf({ score, effect: Math.max(effect, more) }, lambda)!).toBeGreaterThanOrEqual(reward);
      }),
    );
  });
});

describe("acceptance by reward", () => {
  const acceptance = rewardAcceptance(0.5);
  const decide = (candidate: Array<number | null>, other: Array<number | null>, effect?: [number, number]) =>
    acceptance.decide(
      evidenceOf(candidate, other, {
        means:
          effect === undefined
            ? { candidate: {}, other: {} }
            : { candidate: { effect: effect[0] }, other: { effect: effect[1] } },
      }),
    );

  test("wants strictly more", () => {
    expect(decide([1, 0], [0, 0])).toEqual({ accepted: true, decided: true, reason: "more reward", delta: 0.5 });
    expect(decide([1, 0], [0, 1])).toMatchObject({
      accepted: false,
      decided: true,
      reason: "no more reward",
      delta: 0,
    });
  });

  test("takes an equal score with fewer steps without effect, and no higher one with many more", () => {
    expect(decide([1, 0], [0, 1], [0.8, 0.4])).toMatchObject({ accepted: true, delta: 0.2 });
    expect(decide([1, 0, 0, 0], [0, 0, 0, 0], [0, 0.6])).toMatchObject({ accepted: false, delta: -0.05 });
  });

  test("compares scores alone where one side counted no steps", () => {
    const means = { candidate: { effect: 0 }, other: {} };
    expect(acceptance.decide(evidenceOf([1], [0], { means }))).toMatchObject({ accepted: true, delta: 1 });
  });

  test("asks all tasks in their order, and decides nothing before", () => {
    expect(acceptance.plan([1, 0, 1], () => 0).tasks).toEqual([0, 1, 2]);
    expect(acceptance.look(evidenceOf([0], [1, 1, 1]))).toBe("more");
    expect(decide([0], [1, 1, 1])).toMatchObject({ accepted: false, decided: false });
    expect(decide([null, null, 1], [0, 0, 0])).toMatchObject({ accepted: false, decided: false });
  });
});
