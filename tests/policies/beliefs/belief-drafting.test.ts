import { describe, expect, test } from "vitest";
import { beliefDrafting, type BeliefOptions } from "../../../policies/beliefs/belief-drafting.ts";
import { learnAll, recall, type Learned, type SkillEvidence, type Observed } from "../../../policies/policy.ts";
import { nearMissDrafting } from "../../../policies/drafts/near-miss.ts";
import type { Json } from "../../../state/json.ts";
import { candidateOf, hashOf, recordOf, settingsOf } from "../records.ts";

const settings = settingsOf({ candidates: 2 });
const create = (changes: Partial<BeliefOptions> = {}) =>
  beliefDrafting({
    context: "category",
    posterior: "categorical",
    window: 100,
    support: 2,
    perVersion: true,
    ...changes,
  });
type Policy = ReturnType<typeof create>;

let count = 0;
/** A rollout that failed in this way; a success for null. */
const rollout = (mode: string | null, changes: Partial<SkillEvidence> = {}): SkillEvidence => {
  count += 1;
  const task = `t${count}`;
  return {
    task,
    context: "a",
    skills: ["guide"],
    shown: ["guide"],
    success: mode === null,
    mode,
    tokens: 10,
    turns: 1,
    ...changes,
  };
};
const several = (number: number, mode: string | null, changes: Partial<SkillEvidence> = {}) =>
  Array.from({ length: number }, () => rollout(mode, changes));
const batch = (rollouts: readonly SkillEvidence[], skills: Observed["skills"] = { guide: hashOf("v1") }): Observed => ({
  skills,
  rollouts,
});
const both = { guide: hashOf("v1"), other: hashOf("v1") };

const decide = (policy: Policy, memories: Record<string, Json>, observed?: Observed) =>
  policy.decide(
    { batch: [], settings, ...(observed === undefined ? {} : { observed }) },
    recall(policy, memories),
    () => 0,
  );
const learn = (policy: Policy, memories: Record<string, Json>, observed: Observed, record: Partial<Learned> = {}) =>
  learnAll([policy], memories, recordOf({ observed, ...record }), settings);
const actionOf = (plan: ReturnType<typeof decide>) =>
  (plan.extra?.["belief"] as { action: string } | undefined)?.action;

const rejected: Partial<Learned> = {
  candidate: candidateOf("made"),
  verdict: { accepted: false, decided: true, reason: "no improvement", delta: 0 },
};

describe("drafting by beliefs", () => {
  test("patches from the batch at once, only the failures that two rollouts support", () => {
    const policy = create();
    const observed = batch([...several(9, null), ...several(2, "same"), rollout("once")]);
    const plan = decide(policy, {}, observed);
    const tasks = observed.rollouts.filter(({ mode }) => mode === "same").map(({ task }) => task);
    expect(plan).toMatchObject({ kind: "separate", drafts: 2, purpose: { action: "patch", skill: "guide", tasks } });
    expect(decide(create({ support: 1 }), {}, observed)).toMatchObject({ purpose: { tasks: { length: 3 } } });
  });

  test("a failure of this batch is supported by one of a batch before", () => {
    const policy = create();
    const before = batch([...several(5, null), rollout("same")]);
    expect(decide(policy, {}, before)).not.toHaveProperty("purpose.action", "patch");
    const now = batch([rollout("same")]);
    const plan = decide(policy, learn(policy, {}, before), now);
    expect(plan).toMatchObject({ purpose: { action: "patch", tasks: [now.rollouts[0]!.task] } });
  });

  test("a task that failed and then went well is one failure and one success, not the better of the two", () => {
    const policy = create();
    const failed = several(3, "same").map((each, index) => ({ ...each, mode: `m${index}` }));
    const rerun = failed.map(({ task }) => rollout(null, { task }));
    const after = learn(policy, learn(policy, {}, batch(failed, both)), batch(rerun, both));
    expect(policy.describe!(recall(policy, after)).rows[0]!.slice(4, 7)).toEqual(["0.50", 4, 4]);
  });

  test("keeps the latest rollouts of a skill, of as many as the window has", () => {
    const policy = create({ window: 4 });
    const before = batch(several(2, "same"));
    const later = batch(several(4, null));
    expect(actionOf(decide(policy, learn(policy, {}, before), later))).toBe("compress");
    expect(decide(create(), learn(create(), {}, before), later)).toEqual({ kind: "none" });
  });

  test("a new version of a skill starts without evidence; as published the old one counts on", () => {
    const observed = batch(several(2, "same"));
    const next = { guide: hashOf("v2") };
    const own = create();
    expect(decide(own, learn(own, {}, observed), batch(several(2, null), next))).toEqual({ kind: "none" });
    expect(actionOf(decide(own, learn(own, {}, observed), batch(several(3, null), next)))).toBe("compress");
    const published = create({ perVersion: false });
    const known = learn(published, {}, observed);
    // Two failures of one kind ask for a patch as long as they are remembered, and there is nothing to make it from.
    expect(decide(published, known, batch(several(90, null), next))).toEqual({ kind: "none" });
    expect(actionOf(decide(published, known, batch([...several(90, null), rollout("same")], next)))).toBe("patch");
  });

  test("retires a skill that fails mostly, but never the only one", () => {
    const failing = several(6, "same");
    const plan = decide(create(), {}, batch(failing, both));
    expect(plan).toEqual({
      kind: "retire",
      skills: ["guide"],
      extra: { belief: { action: "retire", skill: "guide", confidence: 7 / 8 } },
    });
    expect(actionOf(decide(create(), {}, batch(failing)))).toBe("patch");
  });

  test("does not retire, split or compress the same version again after that came to nothing; patches go on", () => {
    const policy = create();
    const failing = batch(several(6, "same"), both);
    const after = learn(policy, {}, failing, rejected);
    expect(actionOf(decide(policy, after, failing))).toBe("patch");
    expect(actionOf(decide(policy, learn(policy, after, failing, rejected), failing))).toBe("patch");
    const good = batch(several(3, null));
    const undrafted = learn(policy, {}, good);
    expect(decide(policy, undrafted, good)).toEqual({ kind: "none" });
    const open = { ...rejected, verdict: { ...rejected.verdict!, decided: false }, evidence: null };
    const measured = { ...open, evidence: { asked: 1, planned: 2, fixed: 0, broken: 0, missing: 1 } };
    expect(actionOf(decide(policy, learn(policy, {}, good, measured), good))).toBe("compress");
    expect(actionOf(decide(create({ perVersion: false }), learn(create({ perVersion: false }), {}, good), good))).toBe(
      "compress",
    );
  });

  test("of several skills the one goes first that does worst in the contexts of the batch", () => {
    const two = (skills: string[], context: string) => ({ skills, context });
    const before = batch(
      [
        ...several(3, null, two(["guide"], "a")),
        ...several(4, "same", two(["guide"], "b")),
        ...several(4, null, two(["guide"], "b")),
        ...several(2, "same", two(["other"], "a")),
        ...several(4, null, two(["other"], "a")),
        ...several(2, null, two(["other"], "b")),
      ],
      both,
    );
    const now = batch([rollout("same", two(["guide"], "a")), rollout("same", two(["other"], "a"))], both);
    const skillOf = (posterior: BeliefOptions["posterior"]) => {
      const policy = create({ posterior });
      return (decide(policy, learn(policy, {}, before), now).extra!["belief"] as { skill: string }).skill;
    };
    expect(["categorical", "beta"].map((posterior) => skillOf(posterior as "beta"))).toEqual(["other", "guide"]);
  });

  test("splits by context without a word about what the contexts are", () => {
    const contexts = ["secret-a", "secret-b", "secret-c"];
    const observed = batch(contexts.flatMap((context) => several(2, null, { context })));
    const plan = decide(create(), {}, observed);
    const ids = observed.rollouts.map(({ task }) => task);
    expect(plan).toMatchObject({
      purpose: { action: "split", groups: [ids.slice(0, 2), ids.slice(2, 4), ids.slice(4)] },
    });
    expect(JSON.stringify(plan)).not.toContain("secret");
  });

  test("forgets skills that are gone, and stays within its bound with the widest names", () => {
    const policy = create({ window: 500 });
    const wide = "\u0001".repeat(80);
    let memories: Record<string, Json> = {};
    for (let turn = 0; turn < 6; turn += 1)
      memories = learn(
        policy,
        memories,
        batch(
          several(500, wide, { context: wide, skills: [`s${turn}`] }),
          Object.fromEntries(Array.from({ length: 6 }, (_, index) => [`s${index}`, hashOf("v1")])),
        ),
      );
    expect(policy.describe!(recall(policy, memories)).rows.map(([skill]) => skill)).toEqual(["s2", "s3", "s4", "s5"]);
    const left = learn(policy, memories, batch(several(1, null), { guide: hashOf("v1"), s5: hashOf("v1") }));
    expect(
      policy.describe!(recall(policy, left))
        .rows.map(([skill]) => skill)
        .toSorted(),
    ).toEqual(["guide", "s5"]);
  });

  test("decides nothing and forgets nothing where nothing was rolled out", () => {
    const policy = create();
    const known = learn(policy, {}, batch(several(2, "same")));
    expect(decide(policy, known)).toEqual({ kind: "none" });
    expect(learn(policy, known, batch([], {}))).toEqual(known);
  });

  test("describes its beliefs for people, also where near misses are tried again", () => {
    const policy = create();
    const retrying = nearMissDrafting(policy);
    const observed = batch([...several(2, "same"), rollout(null)]);
    const memories = learnAll([policy, retrying], {}, recordOf({ observed }), settings);
    const row = ["guide", "patch", "same 2", "0.75", "0.40", 2, 3, 1, 10];
    for (const each of [policy, retrying]) expect(each.describe!(recall(each, memories)).rows).toEqual([row]);
  });
});
