import { describe, expect, test } from "vitest";
import { promotedByUse, type PromotionOptions } from "../../../policies/lifecycle/promotion.ts";
import { learnAll, recall, type Learned, type Observed } from "../../../policies/policy.ts";
import { SettingsError } from "../../../state/errors.ts";
import type { Json } from "../../../state/json.ts";
import { candidateOf, hashOf, recordOf, settingsOf } from "../records.ts";

const settings = settingsOf();

/** A batch with these skills, in which tasks used one well (`a+`), badly (`a-`), or none of those that are asked about (``). */
function batchOf(skills: readonly string[], uses: Readonly<Record<string, string>>): Observed {
  const all = ["first", ...skills];
  return {
    skills: Object.fromEntries(all.map((skill) => [skill, hashOf(skill)])),
    rollouts: Object.entries(uses).map(([task, use]) => {
      const own = { task, context: "", skills: [use.slice(0, -1) || "first"], shown: all, success: use.endsWith("+") };
      return { ...own, mode: null, tokens: 1, turns: 1, idle: 0 };
    }),
  };
}

interface Step {
  observed: Observed;
  record?: Partial<Learned>;
}

/** What is drafted out in each generation; undefined where the other policy drafts. */
function retired(steps: readonly Step[], options: PromotionOptions = {}) {
  const policy = promotedByUse({ probation: 4, ...options });
  let memories: Record<string, Json> = {};
  const gone = steps.map(({ observed, record = {} }) => {
    const plan = policy.decide({ batch: [], settings, observed }, recall(policy, memories), () => 0);
    const skill = plan.kind === "retire" ? plan.skills[0] : undefined;
    const extra = skill === undefined ? {} : { promotion: plan.extra!["promotion"] as Json };
    const made = { observed, candidate: candidateOf("made", { extra }), ...record };
    memories = learnAll([policy], memories, recordOf(made), settings);
    return skill;
  });
  return { gone, policy, memories };
}
const start: Step = { observed: batchOf([], { t1: "+" }) };
const yes = { accepted: true, decided: true, reason: "", delta: 0 };
const no = { ...yes, accepted: false };

describe("promotion by use", () => {
  test("drafts out a skill that was not used well three times in its probation, and shows what is known", () => {
    const first = batchOf(["a", "b"], { t1: "a+", t2: "a+", t3: "a-", t4: "b+" });
    const second = batchOf(["a", "b"], { t1: "a+", t2: "b-", t3: "" });
    const { gone, policy, memories } = retired([start, { observed: first }, { observed: second }]);
    // b first, as it was used least; a has its third use in the next batch.
    expect(gone).toEqual([undefined, "b", "b"]);
    expect(policy.describe?.(recall(policy, memories)).rows).toEqual([
      ["a", "promoted", 3, 7],
      ["b", "on probation", 1, 7],
    ]);
  });

  test("leaves those in peace that the run began with, or whose probation goes on", () => {
    expect(retired([{ observed: batchOf(["a"], { t1: "", t2: "", t3: "", t4: "" }) }, start]).gone).toEqual([
      undefined,
      undefined,
    ]);
    expect(retired([start, { observed: batchOf(["a"], { t1: "", t2: "", t3: "" }) }]).gone).toEqual([
      undefined,
      undefined,
    ]);
  });

  test("keeps what the gate does not let go, and tries again what it did not decide", () => {
    const observed = batchOf(["a"], { t1: "", t2: "", t3: "", t4: "" });
    const evidence = { asked: 1, planned: 2, fixed: 0, broken: 0, missing: 1 };
    const cases: Array<[Partial<Learned>, string | undefined]> = [
      [{ verdict: no, evidence }, undefined],
      [{ verdict: { ...no, decided: false }, evidence }, "a"],
      [{ verdict: no, evidence, candidate: candidateOf("merged") }, "a"],
    ];
    for (const [record, next] of cases)
      expect(retired([start, { observed, record }, { observed }]).gone).toEqual([undefined, "a", next]);
    // One that is gone and comes back is a new one.
    const back = [{ observed, record: { verdict: yes } }, { observed: batchOf(["a"], { t9: "" }) }];
    expect(retired([start, ...back]).gone).toEqual([undefined, "a", undefined]);
  });

  test("lets at most so many promoted skills stay, those with most uses", () => {
    const observed = batchOf(["a", "b", "c"], { t1: "a+", t2: "a+", t3: "b+", t4: "c+", t5: "c+" });
    expect(retired([start, { observed }], { least: 1, most: 3 }).gone).toEqual([undefined, undefined]);
    expect(retired([start, { observed }], { least: 1, most: 2 }).gone).toEqual([undefined, "b"]);
  });

  test("as credit in a chain counts only other tasks than the skill was made from", () => {
    const made: Step = { observed: batchOf([], { t1: "-", t2: "-" }) };
    const observed = batchOf(["a"], { t1: "a+", t2: "a+", t3: "a+", t4: "" });
    const steps = [made, { observed }];
    expect(retired(steps, { least: 2 }).gone).toEqual([undefined, undefined]);
    // Of four rollouts two are chances, one of which it used.
    const chained = retired(steps, { least: 2, probation: 2, counts: "chain" });
    expect(chained.gone).toEqual([undefined, "a"]);
    expect(chained.policy.describe?.(recall(chained.policy, chained.memories)).rows).toEqual([
      ["a", "on probation", 1, 2],
    ]);
  });

  test("holds the bound of its memory, and refuses options out of range", () => {
    const names = Array.from({ length: 70 }, (_, at) => `${at}${"\u4e00".repeat(90)}`);
    const tasks = Object.fromEntries(Array.from({ length: 510 }, (_, at) => [`task ${at}`, "+"]));
    const many = [start, { observed: batchOf(names.slice(0, 3), tasks) }, { observed: batchOf(names, tasks) }];
    expect(() => retired(many, { counts: "chain", probation: 10_000 })).not.toThrow();
    for (const options of [{ least: 0 }, { most: 0 }, { probation: 1.5 }])
      expect(() => promotedByUse(options)).toThrow(SettingsError);
  });
});
