import { describe, expect, test } from "vitest";
import { oneDraft } from "../../../policies/drafting.ts";
import {
  missingSkillProfile,
  profileDrafting,
  type ProfileOptions,
} from "../../../policies/drafts/profile-drafting.ts";
import { learnAll, recall, unexplained, type Learned, type SkillEvidence } from "../../../policies/policy.ts";
import { promotedByUse } from "../../../policies/lifecycle/promotion.ts";
import { beliefDrafting } from "../../../policies/beliefs/belief-drafting.ts";
import { SettingsError } from "../../../state/errors.ts";
import type { Json } from "../../../state/json.ts";
import { candidateOf, hashOf, recordOf, settingsOf } from "../records.ts";

const settings = settingsOf();
let count = 0;

/** Rollouts of so many tasks that failed alike; `mode` is null where they went well. */
function rollouts(tasks: number, context: string, mode: string | null, skill = "guide"): SkillEvidence[] {
  return Array.from({ length: tasks }, () => {
    count += 1;
    const own = { task: `task ${count}`, context, skills: [skill], shown: ["guide", "other"], success: mode === null };
    return { ...own, mode, tokens: 1, turns: 1, idle: 0 };
  });
}
const observedOf = (list: SkillEvidence[]) => {
  return { skills: { guide: hashOf("guide"), other: hashOf("other") }, rollouts: list };
};

describe("the Missing-Skill-Profile of STAT", () => {
  test("counts tasks by what they lacked, each once, most first, and none that nothing explained", () => {
    const [again] = rollouts(1, "geometry", "missing_rule");
    const batch = [
      ...rollouts(2, "algebra", "missing_rule"),
      ...rollouts(3, "geometry", "wrong_rule"),
      again!,
      again!,
      ...rollouts(4, "algebra", unexplained),
      ...rollouts(5, "algebra", null),
    ];
    expect(missingSkillProfile(batch)).toEqual([
      { context: "geometry", mode: "wrong_rule", tasks: 3 },
      { context: "algebra", mode: "missing_rule", tasks: 2 },
      { context: "geometry", mode: "missing_rule", tasks: 1 },
    ]);
  });
});

describe("drafting by that profile", () => {
  /** The plan for the last of some batches. */
  function planOf(batches: SkillEvidence[][], options: ProfileOptions = {}, records: Partial<Learned> = {}) {
    const policy = profileDrafting({ context: "kind", ...options });
    const memories = batches.slice(0, -1).reduce<Record<string, Json>>((known, batch) => {
      return learnAll(
        [policy],
        known,
        recordOf({ observed: observedOf(batch), candidate: candidateOf("other"), ...records }),
        settings,
      );
    }, {});
    const observed = observedOf(batches.at(-1) ?? []);
    return {
      plan: policy.decide({ batch: [], settings, observed }, recall(policy, memories), () => 0),
      policy,
      memories,
    };
  }

  test("creates a skill for what most tasks lacked, beside the one that they used", () => {
    const failed = rollouts(5, "algebra", "missing_rule", "other");
    const { plan } = planOf([[...failed, ...rollouts(4, "geometry", "missing_rule")]]);
    expect(plan).toMatchObject({
      kind: "separate",
      purpose: { action: "create", skill: "other", tasks: failed.map(({ task }) => task) },
      extra: { profile: { context: "algebra", mode: "missing_rule", tasks: 5 } },
    });
  });

  test("adds up the last batches, drafts for the tasks of this one, and shows the profile", () => {
    const failed = rollouts(2, "algebra", "missing_rule");
    const { plan, policy, memories } = planOf([rollouts(3, "algebra", "missing_rule"), failed]);
    expect(plan).toMatchObject({ purpose: { tasks: failed.map(({ task }) => task) } });
    expect(policy.describe?.(recall(policy, memories)).rows).toEqual([["algebra", "missing_rule", 3]]);
    const late = planOf([rollouts(3, "algebra", "missing_rule"), [], [], failed], { window: 1 });
    expect(late.plan).not.toHaveProperty("purpose");
  });

  test.each<[string, SkillEvidence[][], ProfileOptions?]>([
    ["too few tasks lacked the same", [rollouts(4, "algebra", "missing_rule")]],
    ["none of this batch lacks it", [rollouts(9, "algebra", "missing_rule"), rollouts(1, "algebra", null)]],
    ["it is of another kind", [rollouts(9, "algebra", "lapse")], { kinds: ["missing_rule"] }],
  ])("drafts as the other policy where %s", (_, batches, options) => {
    expect(planOf(batches, options).plan).toEqual(oneDraft.decide({ batch: [], settings }, null, () => 0));
  });

  test("counts anew once a skill was drafted for it, whatever came of it, or none could be", () => {
    const five = () => rollouts(5, "algebra", "missing_rule");
    const made = candidateOf("made", { extra: { profile: {} } });
    const few = rollouts(4, "algebra", "missing_rule");
    expect(planOf([five(), few], {}, { candidate: made }).plan).not.toHaveProperty("purpose");
    expect(planOf([five(), few], {}, { candidate: null }).plan).not.toHaveProperty("purpose");
    // Another policy drafted.
    expect(planOf([five(), few]).plan).toHaveProperty("purpose");
  });

  test("holds the bound of its memory, and refuses options out of range and two contexts", () => {
    const many = Array.from({ length: 200 }, (_, at) =>
      rollouts(1, `${at}${"\u0001".repeat(60)}`, "\u0001".repeat(60)),
    );
    expect(() => planOf([many.flat(), many.flat(), []], { window: 20 })).not.toThrow();
    for (const options of [{ least: 0 }, { window: 0.5 }])
      expect(() => profileDrafting(options)).toThrow(SettingsError);
    const believing = beliefDrafting({ context: "kind", window: 20, perVersion: true, posterior: "beta", support: 2 });
    expect(profileDrafting({ context: "kind" }, believing).observes).toEqual({ context: "kind" });
    expect(promotedByUse({}, believing).observes).toEqual({ context: "kind" });
    expect(() => profileDrafting({ context: "type" }, believing)).toThrow(/"kind".*"type"/);
  });
});
