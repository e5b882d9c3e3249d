import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { oneDraft } from "../../../policies/drafting.ts";
import { coolingAt, uctChances, uctOf } from "../../../policies/drafts/bottom-up.ts";
import { bottomUpDrafting, type BottomUpOptions } from "../../../policies/drafts/bottom-up-drafting.ts";
import { learnAll, recall, type Learned, type Observed, type SkillEvidence } from "../../../policies/policy.ts";
import { SettingsError, StateError } from "../../../state/errors.ts";
import { createDraw } from "../../../state/draw.ts";
import type { Json } from "../../../state/json.ts";
import { candidateOf, hashOf, recordOf, settingsOf } from "../records.ts";

describe("the bounds of Bottom-Up Agent, solved by hand", () => {
  test("a sum of what was earned, and what is seldom tried above it", () => {
    // 2 + 5 sqrt(ln 4 / 2), 0 + 5 sqrt(ln 4).
    expect(uctOf({ fitness: 2, tries: 2 }, { total: 4, c: 5 })).toBeCloseTo(6.16277, 5);
    expect(uctOf({ fitness: 0, tries: 1 }, { total: 4, c: 5 })).toBeCloseTo(5.88705, 5);
    expect(() => uctOf({ fitness: 0, tries: 0 }, { total: 4, c: 5 })).toThrow(StateError);
  });

  test("the more tries, the less evenly is chosen, to a tenth at the least", () => {
    expect([0, 4, 100].map((total) => Number(coolingAt(total).toFixed(5)))).toEqual([1, 0.67032, 0.1]);
  });

  test("chances are a softmax of the bounds at that temperature", () => {
    const arms = [
      { fitness: 2, tries: 2 },
      { fitness: 0, tries: 1 },
      { fitness: 0, tries: 1 },
    ];
    const chances = uctChances(arms, 5);
    // exp((5.88705 - 6.16277) / .67032) = .66278
    expect(chances[0]).toBeCloseTo(1 / (1 + 2 * 0.66278), 5);
    expect(chances[1]).toBe(chances[2]);
  });

  test("sum to 1, and none is 0", () => {
    const arm = fc.record({ fitness: fc.integer({ min: -50, max: 50 }), tries: fc.integer({ min: 1, max: 500 }) });
    fc.assert(
      fc.property(
        fc.array(arm, { minLength: 1, maxLength: 12 }),
        fc.double({ min: 0.1, max: 10, noNaN: true }),
        (arms, c) => {
          const chances = uctChances(arms, c);
          expect(chances.reduce((sum, chance) => sum + chance, 0)).toBeCloseTo(1, 9);
          for (const chance of chances) expect(chance).toBeGreaterThan(0);
        },
      ),
    );
  });
});

const settings = settingsOf();
const rollout = (task: string, skill: string, success: boolean): SkillEvidence => {
  const own = { task, context: "", skills: [skill], shown: [skill], success, mode: success ? null : "missing_rule" };
  return { ...own, tokens: 1, turns: 1, idle: 0 };
};
const skills = { guide: hashOf("guide"), other: hashOf("other") };
const failures: Observed = { skills, rollouts: [rollout("one", "guide", false), rollout("two", "other", false)] };

function after(records: ReadonlyArray<Partial<Learned>>, options: BottomUpOptions = {}) {
  const policy = bottomUpDrafting(options);
  const memories = records.reduce<Record<string, Json>>(
    (known, record) => learnAll([policy], known, recordOf({ observed: failures, ...record }), settings),
    {},
  );
  const own = recall(policy, memories);
  return {
    rows: policy.describe?.(own).rows.map((row) => row.slice(0, 3)),
    planAt: (drawn: number, observed = failures) => policy.decide({ batch: [], settings, observed }, own, () => drawn),
    plansOf: (count: number) =>
      Array.from({ length: count }, (_, at) =>
        policy.decide({ batch: [], settings, observed: failures }, own, createDraw(at, 1, "drafting")),
      ),
  };
}
const trial = (action: string, skill: string, accepted: boolean): Partial<Learned> => ({
  candidate: candidateOf("new", { extra: { bottomUp: { action, skill } } }),
  verdict: { accepted, decided: true, reason: "", delta: 0 },
});

describe("drafting bottom-up", () => {
  test("refines a skill that failed, or creates another one for what it failed at", () => {
    const { planAt } = after([]);
    expect(planAt(0)).toMatchObject({ purpose: { action: "patch", skill: "guide", tasks: ["one"] } });
    expect(planAt(0.5)).toMatchObject({ purpose: { action: "patch", skill: "other", tasks: ["two"] } });
    expect(planAt(0.99)).toMatchObject({
      purpose: { action: "create", skill: "guide", tasks: ["one"] },
      extra: { bottomUp: { action: "explore", skill: "guide" } },
    });
  });

  test("creates beside the fittest, and leaves alone what did not fail", () => {
    const accepted = after([trial("refine", "other", true)]);
    expect(accepted.rows).toEqual([["other", 1, 2]]);
    expect(accepted.planAt(0.9999)).toMatchObject({ purpose: { action: "create", skill: "other" } });
    const one = { skills, rollouts: [rollout("one", "guide", true), rollout("two", "other", false)] };
    expect(accepted.planAt(0, one)).toMatchObject({ purpose: { action: "patch", skill: "other" } });
    const none = { skills, rollouts: [rollout("one", "guide", true)] };
    expect(accepted.planAt(0, none)).toEqual(oneDraft.decide({ batch: [], settings }, null, () => 0));
  });

  test("a trial earns one where most uses went well, and one where it was accepted", () => {
    const observed = { skills, rollouts: [rollout("one", "guide", true), rollout("two", "other", false)] };
    const trials = [trial("refine", "guide", true), trial("refine", "other", false), trial("explore", "guide", true)];
    expect(after(trials.map((one) => ({ ...one, observed }))).rows).toEqual([
      ["guide", 2, 2],
      ["other", 0, 2],
      ["another one (exploring)", 0, 2],
    ]);
  });

  test("what has earned more is chosen more often", () => {
    const { plansOf } = after(Array.from({ length: 10 }, () => trial("refine", "guide", true)));
    const chosen = plansOf(300).filter((plan) => JSON.stringify(plan).includes('"action":"patch","skill":"guide"'));
    expect(chosen.length).toBeGreaterThan(290);
  });

  test("what was chosen often and earned little is drafted out; kept by the gate, it begins anew", () => {
    const trials = Array.from({ length: 4 }, () => trial("refine", "other", false));
    const { planAt, rows } = after(trials);
    expect(rows).toEqual([["other", 0, 5]]);
    expect(planAt(0)).toMatchObject({ kind: "retire", skills: ["other"] });
    const alone = { skills: { other: hashOf("other") }, rollouts: failures.rollouts };
    expect(planAt(0, alone)).not.toMatchObject({ kind: "retire" });
    expect(after([...trials, trial("retire", "other", false)]).rows).toEqual([]);
    expect(after(trials, { trials: 5 }).planAt(0)).not.toMatchObject({ kind: "retire" });
  });

  test("what another policy drafted, or came to nothing, is no trial; skills that are gone are forgotten", () => {
    expect(after([{ candidate: candidateOf("new") }, { candidate: null }]).rows).toEqual([]);
    const gone = { observed: { skills: { guide: hashOf("guide") }, rollouts: [] }, candidate: null };
    expect(after([trial("refine", "other", true), gone]).rows).toEqual([]);
  });

  test.each<[BottomUpOptions, string]>([
    [{ c: 0 }, "c"],
    [{ c: Number.NaN }, "c"],
    [{ threshold: Infinity }, "threshold"],
    [{ trials: 0 }, "trials"],
    [{ fitness: Number.NaN }, "fitness"],
  ])("refuses %j", (options, name) => {
    expect(() => bottomUpDrafting(options)).toThrow(SettingsError);
    expect(() => bottomUpDrafting(options)).toThrow(new RegExp(`^${name} is `));
  });
});
