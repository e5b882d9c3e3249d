import { describe, expect, test } from "vitest";
import type { DraftPlan } from "../../../policies/drafting.ts";
import { nearMissDrafting } from "../../../policies/drafts/near-miss.ts";
import { Library } from "../../../policies/lifecycle/library.ts";
import { lifecycleDrafting, type LifecycleOptions } from "../../../policies/lifecycle/lifecycle-drafting.ts";
import { learnAll, recall, type Learned, type Observed, type SkillEvidence } from "../../../policies/policy.ts";
import type { Ablation } from "../../../state/evidence.ts";
import type { Json } from "../../../state/json.ts";
import { candidateOf, hashOf, recordOf, settingsOf } from "../records.ts";

const settings = { ...settingsOf({ candidates: 2 }), leastFailures: 4, newSkills: 1, leastUses: 10 };
const create = (changes: Partial<LifecycleOptions> = {}) =>
  lifecycleDrafting({ context: "kind", general: [], retirement: "threshold", revises: true, ...changes });
type Policy = ReturnType<typeof create>;
type Memories = Record<string, Json>;

const versions = (...skills: string[]) => Object.fromEntries(skills.map((skill) => [skill, hashOf(skill)]));
const rollout = (task: number, success: boolean, shown: string[], context = "a"): SkillEvidence => ({
  task: `t${task}`,
  context,
  skills: shown,
  shown,
  success,
  mode: success ? null : "wrong",
  tokens: 1,
  turns: 1,
});
/** A batch of ten tasks, of which the first ones failed, with all of these skills shown. */
const batch = (failed: number, ...skills: string[]): Observed => ({
  skills: versions(...skills),
  rollouts: Array.from({ length: 10 }, (_, task) => rollout(task, task >= failed, skills)),
});
const leftOut = (skill: string | null, scores: Ablation["with"], without: Ablation["without"]): Ablation => ({
  skill,
  hidden: [skill ?? "all of them"],
  program: hashOf(`without ${skill}`),
  sample: 0,
  from: 0,
  tasks: [...scores.keys()],
  with: scores,
  without,
  isHeadAsked: false,
});
const changesNothing = (skill: string | null) => leftOut(skill, [0, 0, 1], [0, 0, 1]);
const helps = (skill: string) => leftOut(skill, [1, 1, 1], [0, 0, 0]);

const learn = (policy: Policy, memories: Memories, record: Partial<Learned>): Memories =>
  learnAll([policy], memories, recordOf(record), settings);
const decide = (policy: Policy, memories: Memories, observed: Observed): DraftPlan =>
  policy.decide({ batch: [], settings, observed }, recall(policy, memories), () => 0);
const known = (policy: Policy, memories: Memories) => Library.parse(recall(policy, memories));
const unit = (policy: Policy, memories: Memories, skill: string) =>
  known(policy, memories).units.find((one) => one.skill === skill);

/** Memories after so many generations in which these were left out. */
function after(
  policy: Policy,
  times: number,
  of: Pick<Learned, "ablations"> & { observed: Observed },
  from: Memories = {},
) {
  let memories = from;
  for (let time = 0; time < times; time += 1) memories = learn(policy, memories, of);
  return memories;
}

const accepted: Partial<Learned> = {
  candidate: candidateOf("made"),
  verdict: { accepted: true, decided: true, reason: "", delta: 0 },
};
const rejected: Partial<Learned> = {
  candidate: candidateOf("made"),
  verdict: { accepted: false, decided: true, reason: "", delta: -0.1 },
};
const counts = { asked: 5, planned: 9, fixed: 0, broken: 0, missing: 5 };
const undecided: Partial<Learned> = {
  candidate: candidateOf("made"),
  verdict: { accepted: false, decided: false, reason: "", delta: 0 },
  evidence: counts,
};

describe("the lifecycle of skills", () => {
  const policy = create();
  const two = batch(2, "guide", "idle");
  const low = after(policy, 3, { observed: two, ablations: [changesNothing("idle"), helps("guide")] });

  test("retires the skill that changes nothing three times, and retains the one that helps", () => {
    expect(decide(policy, after(policy, 2, { observed: two, ablations: [changesNothing("idle")] }), two)).toMatchObject(
      { kind: "separate" },
    );
    expect(decide(policy, low, two)).toEqual({
      kind: "retire",
      skills: ["idle"],
      extra: { lifecycle: { action: "retire", skill: "idle", contribution: 0 } },
    });
    const gone = learn(policy, low, { observed: two, ...accepted, library: versions("guide"), generation: 4 });
    expect(known(policy, gone)).toMatchObject({
      units: [{ skill: "guide", standing: "useful", due: [] }],
      retired: [{ skill: "idle", generation: 4 }],
    });
  });

  test("does not try again what the gate turned down, before the skill was low as often anew; what was not decided it does", () => {
    const again = learn(policy, low, { observed: two, ...rejected });
    expect(decide(policy, again, two)).toMatchObject({ kind: "separate" });
    expect(
      decide(policy, after(policy, 2, { observed: two, ablations: [changesNothing("idle")] }, again), two),
    ).toMatchObject({
      kind: "separate",
    });
    expect(
      decide(policy, after(policy, 3, { observed: two, ablations: [changesNothing("idle")] }, again), two),
    ).toMatchObject({
      kind: "retire",
    });
    expect(decide(policy, learn(policy, low, { observed: two, ...undecided }), two)).toMatchObject({ kind: "retire" });
  });

  test("never retires the last skill: a library is not emptied", () => {
    const one = batch(2, "idle");
    expect(
      decide(policy, after(policy, 5, { observed: one, ablations: [changesNothing("idle")] }), one),
    ).not.toMatchObject({ kind: "retire" });
    const idle = after(policy, 3, {
      observed: batch(2, "first", "second"),
      ablations: [changesNothing("first"), changesNothing("second")],
    });
    const both = batch(2, "first", "second");
    expect(decide(policy, idle, both)).toMatchObject({ skills: ["first"] });
    const left = learn(policy, idle, { observed: both, ...accepted, library: versions("second") });
    expect(decide(policy, left, batch(2, "second"))).not.toMatchObject({ kind: "retire" });
  });

  test("does nothing about a skill that is not there any more", () => {
    const other = batch(2, "guide", "new");
    expect(decide(policy, low, other)).toMatchObject({ kind: "separate" });
    expect(unit(policy, learn(policy, low, { observed: other }), "idle")).toBeUndefined();
    expect(decide(policy, low, { skills: {}, rollouts: [] })).toMatchObject({ kind: "separate" });
  });

  test("gives a skill whose text was changed as much time as any", () => {
    const changed = { ...two, skills: { ...two.skills, idle: hashOf("another text") } };
    expect(decide(policy, low, changed)).toMatchObject({ kind: "separate" });
    expect(unit(policy, learn(policy, low, { observed: changed }), "idle")).toMatchObject({ low: 0, differences: [] });
  });

  test("retires the general skills together, all of those that are there", () => {
    const general = create({ general: ["b", "a", "gone"] });
    const three = batch(2, "a", "b", "guide");
    const idle = after(general, 3, { observed: three, ablations: [changesNothing(null)] });
    expect(unit(general, idle, "")).toMatchObject({ uses: 30, failures: [] });
    expect(decide(general, idle, three)).toMatchObject({ kind: "retire", skills: ["a", "b"] });
    expect(decide(general, idle, batch(2, "a", "b"))).not.toMatchObject({ kind: "retire" });
    const gone = learn(general, idle, { observed: three, ...accepted, library: versions("guide") });
    expect(known(general, gone).units.map(({ skill }) => skill)).toEqual(["guide"]);
  });

  test("learns nothing where too many results are missing", () => {
    const memories = after(policy, 3, { observed: two, ablations: [leftOut("idle", [null, null, 1], [0, 0, 1])] });
    expect(unit(policy, memories, "idle")).toMatchObject({ ablations: 0, last: null, next: 0 });
  });

  test("without revising, a generation in which no skill is due only adds to what is known", () => {
    expect(decide(create({ revises: false }), {}, two)).toEqual({ kind: "none" });
    expect(decide(policy, {}, two)).toEqual({ kind: "separate", drafts: 2, onFiles: false });
  });
});

describe("another skill beside one that does not help", () => {
  const policy = create();
  const lacking = batch(6, "guide", "other");
  const waiting = after(policy, 1, { observed: lacking, ablations: [changesNothing("guide")] });
  const tasks = ["t0", "t1", "t2", "t3", "t4", "t5"];

  test("is asked for with its failed train tasks, and notes for which one it was created", () => {
    expect(decide(policy, waiting, lacking)).toMatchObject({
      kind: "separate",
      purpose: { action: "create", skill: "guide", tasks },
      extra: { lifecycle: { action: "expand", skill: "guide" } },
    });
    const library = versions("guide", "other", "child");
    const grown = learn(policy, waiting, { observed: lacking, ...accepted, library });
    expect(unit(policy, grown, "child")).toMatchObject({ parent: "guide", contexts: [["a", 0]], ema: 0, uses: 0 });
    expect(unit(policy, grown, "guide")).toMatchObject({
      due: [],
      failures: [
        ["t4", "a"],
        ["t5", "a"],
      ],
    });
    expect(known(policy, grown).room).toBe(0);
  });

  test("is asked for once until skills are left out again, and as often as there is room", () => {
    const turnedDown = learn(policy, waiting, { observed: lacking, ...rejected });
    expect(decide(policy, turnedDown, lacking)).not.toHaveProperty("purpose");
    expect(
      decide(
        policy,
        after(policy, 1, { observed: lacking, ablations: [changesNothing("guide")] }, turnedDown),
        lacking,
      ),
    ).toHaveProperty("purpose");
    const none = learn(policy, waiting, { observed: lacking });
    expect(decide(policy, none, lacking)).not.toHaveProperty("purpose");
    const full = { [policy.name]: { ...known(policy, waiting), room: 0 } };
    expect(decide(policy, full, lacking)).not.toHaveProperty("purpose");
  });

  test("comes before the skill is retired", () => {
    const idle = after(policy, 3, { observed: lacking, ablations: [changesNothing("guide")] });
    expect(decide(policy, idle, lacking)).toMatchObject({ purpose: { action: "create" } });
    const next = learn(policy, idle, { observed: lacking, ...rejected });
    expect(decide(policy, next, lacking)).toMatchObject({ kind: "retire", skills: ["guide"] });
  });

  test("knows the last 32 failures, each task once, without those that went well since", () => {
    const many: Observed = {
      skills: versions("guide", "other"),
      rollouts: Array.from({ length: 40 }, (_, task) => rollout(task, false, ["guide"], `context ${task % 2}`)),
    };
    const first = learn(policy, {}, { observed: many });
    const failures = unit(policy, first, "guide")!.failures.map(([task]) => task);
    expect(failures).toEqual(Array.from({ length: 32 }, (_, task) => `t${task + 8}`));
    const solved = { ...many, rollouts: [rollout(39, true, ["guide"]), rollout(8, false, ["guide"])] };
    const later = unit(policy, learn(policy, first, { observed: solved }), "guide")!.failures.map(([task]) => task);
    expect(later).toEqual([...failures.slice(1, -1), "t8"]);
  });
});

test("keeps its memory within another policy that tries near misses again", () => {
  const policy = nearMissDrafting(create());
  const two = batch(2, "guide", "idle");
  const memories = after(policy, 3, { observed: two, ablations: [changesNothing("idle")] });
  expect(decide(policy, memories, two)).toMatchObject({ kind: "retire", skills: ["idle"] });
  const tasks = [0, 1, 2, 3].map((task) => ({ task, shows: ["guide", "idle"] }));
  const plans = policy.ablates!.plan({ settings, head: hashOf("start"), tasks }, recall(policy, memories));
  expect(plans).toMatchObject([
    { skill: "idle", from: 3 },
    { skill: "guide", from: 0 },
  ]);
});

describe("what is remembered", () => {
  test("is shown as a table, with the skills that were retired", () => {
    const policy = create({ retirement: "interval" });
    const two = batch(1, "guide", "idle");
    const memory = recall(
      policy,
      after(policy, 1, {
        observed: two,
        ablations: [helps("guide"), leftOut("idle", Array(12).fill(0), Array(12).fill(1))],
      }),
    );
    const { title, columns, rows } = policy.describe!({
      ...(memory as object),
      retired: [{ skill: "", parent: null, ema: 0, generation: 7 }],
    });
    expect(title).toBe("What the skills contribute");
    expect(rows).toEqual([
      ["guide", "useful", "", "0.100", "1.000", "1.000", "0.000", 1, 0, 10, 1],
      ["idle", "retained, to be retired", "", "-0.100", "-0.538", "0.000", "1.000", 1, 1, 10, 1],
      ["the general skills", "retired in generation 7", "", "0.000", "", "", "", "", "", "", ""],
    ]);
    expect(rows.every(({ length }) => length === columns.length)).toBe(true);
  });

  test("stays within its bound however many skills there are, and forgets those that were not shown for longest", () => {
    const policy = create();
    const wide = "\u0007".repeat(60);
    const nameOf = (skill: number) => `${"ü".repeat(90)}${skill}`;
    let memories: Memories = {};
    for (let from = 0; from < 1200; from += 400) {
      const names = Array.from({ length: 400 }, (_, at) => nameOf(from + at));
      const skills = versions(...Array.from({ length: from + 400 }, (_, at) => nameOf(at)));
      const failed = Array.from({ length: 3 }, (_, task): SkillEvidence => ({
        ...rollout(task, false, names, `${wide}${task}`),
        task: `${task}${"t".repeat(1200)}`,
      }));
      memories = learn(policy, memories, { observed: { skills, rollouts: failed } });
    }
    const { units } = known(policy, memories);
    expect(units.length).toBeGreaterThan(100);
    expect(units.length).toBeLessThan(1200);
    expect(units.at(-1)!.skill).toBe(nameOf(1199));
  });
});
