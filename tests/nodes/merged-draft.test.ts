import { describe, expect, test } from "vitest";
import { anyShortfall } from "../../policies/feedback/failing.ts";
import type { Analyst, EditBudget, Patch } from "../../analysts/analyst.ts";
import { createOptimizer } from "../../nodes/optimizer.ts";
import { minibatchDrafting, type Minibatches } from "../../policies/drafting.ts";
import { chosenNumber, constantEdits, type EditSchedule } from "../../policies/edit-budget.ts";
import { rejectedSinceAccepted } from "../../policies/rejected-edits.ts";
import { triedPrograms } from "../../policies/feedback/tried.ts";
import { textOf } from "../../skills/folder.ts";
import type { TextEdit } from "../../state/program.ts";
import { withSeen } from "../../state/seen.ts";
import type { Deficiency } from "../../state/study.ts";
import type { ScoredRollout } from "../../state/task.ts";
import {
  addTopic,
  createListener,
  listingAnalyst,
  openRoom,
  settingsOf,
  skillOf,
  stateOf,
  tasksOf,
} from "../support/nodes.ts";

const topics = ["cats", "dogs", "owls", "bees", "cats", "ants", "cows", "hens"];
const known = ["ants", "cows", "hens"];
const minibatches: Minibatches = { minibatch: 2, mergeBatch: 2, failureOnly: false, mode: "patch" };

interface Given {
  deficiencies: readonly Deficiency[];
  replay: readonly ScoredRollout[];
  budget: EditBudget;
}

/** The optimizer over a batch of five failures and three successes; the listing analyst proposes. */
async function setUp(
  analyst: Partial<Analyst> = {},
  { edits = constantEdits as EditSchedule, ...of }: Partial<Minibatches> & { edits?: EditSchedule } = {},
) {
  const room = await openRoom({ train: tasksOf("train", topics) });
  const { payload, archive, ledger, suites, executor } = room;
  const start = await payload.putProgram([skillOf(...known)]);
  const request = {
    program: start,
    suite: "train" as const,
    tasks: suites.train,
    indices: [...topics.keys()],
    samples: 1,
  };
  const rollouts = await archive.save(await executor.roll(request, {}));
  const seen = withSeen("", topics.length, [...topics.keys()]);
  const batch = await archive.study([rollouts], { suite: suites.train, seen });
  const deficiencies = await listingAnalyst.diagnose(await listingAnalyst.analyze(batch, []), [], batch);
  const given: Given[] = [];
  const proposer: Analyst = {
    ...listingAnalyst,
    async propose(own, skills, replay, budget) {
      given.push({ deficiencies: own, replay, budget });
      return (analyst.propose ?? listingAnalyst.propose)(own, skills, replay, budget);
    },
    ...Object.fromEntries(Object.entries(analyst).filter(([name]) => name !== "propose")),
  };
  const drafting = minibatchDrafting({ ...minibatches, ...of });
  const trial = { takesShorter: false };
  const node = createOptimizer({
    proposer,
    drafting,
    edits,
    rejected: rejectedSinceAccepted,
    tried: triedPrograms,
    failing: anyShortfall,
    trial,
    payload,
    archive,
    ledger,
  });
  const state = stateOf({
    suites,
    start,
    head: start,
    parents: [start],
    generation: 1,
    rollouts,
    replay: [rollouts],
    seen,
    deficiencies: await payload.putJson(deficiencies),
  });
  return { ...room, ...createListener(), node, given, state: { ...state, settings: settingsOf({ edits: 4 }) } };
}

const tasksIn = ({ replay }: Given) => replay.map(({ rollout }) => Number(rollout.task.slice(6)));
const failing = new Set([0, 1, 2, 3, 4]);

describe("drafting in minibatches", () => {
  test("shows each group its own failures with what went well, or what went well alone", async () => {
    const { node, state, runtime, given } = await setUp();
    await node(state, runtime);
    const ofFailures = given.filter(({ budget }) => budget.fromSuccesses === undefined);
    const ofSuccesses = given.filter(({ budget }) => budget.fromSuccesses === true);
    expect([ofFailures.length, ofSuccesses.length]).toEqual([3, 2]);
    const shown = ofFailures.flatMap((each) => tasksIn(each).filter((task) => failing.has(task)));
    expect(shown.toSorted()).toEqual([...failing]);
    for (const each of ofFailures) {
      expect(tasksIn(each)).toEqual(expect.arrayContaining([5, 6, 7]));
      const blamed = each.deficiencies.flatMap(({ tasks }) => tasks.map((task) => Number(task.slice(6))));
      expect(blamed.every((task) => tasksIn(each).includes(task))).toBe(true);
    }
    expect(ofSuccesses.flatMap(tasksIn).toSorted()).toEqual([5, 6, 7]);
    expect(ofSuccesses.flatMap(({ deficiencies }) => deficiencies)).toEqual([]);
    expect(new Set(given.map(({ budget }) => budget.draw(0))).size).toBe(5);
  });

  test("makes one draft of what all groups propose, the same edit once", async () => {
    const { node, state, runtime, payload } = await setUp();
    const { candidates, spent } = await node(state, runtime);
    expect(candidates).toHaveLength(1);
    expect(candidates![0]!.origin).toMatchObject({
      operator: "merged",
      features: { groups: 5, kept: 4, operators: ["add"] },
    });
    const [skill] = await payload.program(candidates![0]!.program);
    const added = textOf(skill!)!
      .split("\n")
      .filter((line) => line.startsWith("- "))
      .slice(known.length);
    expect(added.toSorted()).toEqual(["- bees", "- cats", "- dogs", "- owls"]);
    expect(spent).toMatchObject({ simulations: expect.toSatisfy((count: number) => count > 3) });
  });

  test("keeps no more edits than the schedule allows, those that most tasks ask for first", async () => {
    const two: EditSchedule = { name: "edits.two", version: 1, decide: () => 2 };
    const { node, state, runtime, given } = await setUp({}, { edits: two, minibatch: 8 });
    const { candidates } = await node(state, runtime);
    expect(candidates![0]!.origin.features).toMatchObject({ merged: 4, kept: 2 });
    expect(given.map(({ budget }) => budget.edits)).toEqual([4, 4]);
  });

  test("lets edits from failures win over edits from successes that are in their way", async () => {
    const edit = (text: string): TextEdit => ({ ...addTopic(text), op: "replace", anchor: "# Guide" });
    const { node, state, runtime, payload } = await setUp({
      propose: async (_own, _skills, _replay, { fromSuccesses }) => ({
        drafts: [
          {
            edits: [edit(fromSuccesses === true ? "# Success" : "# Failure")],
            origin: { operator: "title", target: "", features: {} },
          },
        ],
        simulations: 0,
      }),
    });
    const { candidates } = await node(state, runtime);
    const [skill] = await payload.program(candidates![0]!.program);
    expect(textOf(skill!)).toContain("- # Failure");
    expect(textOf(skill!)).not.toContain("- # Success");
    expect(candidates![0]!.origin.features["support"]).toEqual([5]);
  });

  test("merges by the analyst as a tree, failures apart from successes, and then both", async () => {
    const merged: string[] = [];
    const { node, state, runtime } = await setUp(
      {
        propose: async (_own, _skills, replay, { fromSuccesses }) => ({
          drafts: [
            {
              edits: [addTopic(`${fromSuccesses === true ? "good" : "bad"} ${replay[0]!.rollout.task}`)],
              origin: { operator: "say", target: "", features: {} },
            },
          ],
          simulations: 0,
        }),
        async merge(patches: readonly Patch[]) {
          merged.push(patches.map((patch) => [...new Set(patch.map(({ outcome }) => outcome))].join()).join(" + "));
          return patches.flat();
        },
      },
      { minibatch: 1 },
    );
    const { candidates } = await node(state, runtime);
    expect(merged.toSorted()).toEqual([
      ...Array.from({ length: 4 }, () => "failures + failures"),
      "failures + successes",
      "successes + successes",
      "successes + successes",
    ]);
    expect(candidates).toHaveLength(1);
  });

  test("falls back to merging by counting where the analyst's merge is missing", async () => {
    const { node, state, runtime } = await setUp({ merge: async () => null });
    const { candidates } = await node(state, runtime);
    expect(candidates![0]!.origin.features).toMatchObject({ kept: 4 });
  });

  test.each<[string, unknown, number]>([
    ["a number", 1, 1],
    ["digits", " 3 ", 3],
    ["nonsense", "as many as it takes", 0],
    ["nothing", null, 0],
    ["a part of an edit", 1.5, 0],
  ])("applies as many edits as the analyst chooses: %s", async (_, reply, kept) => {
    const { node, state, runtime } = await setUp({ choose: async () => reply as never }, { edits: chosenNumber });
    const { candidates } = await node(state, runtime);
    expect(candidates!.map(({ origin }) => origin.features["kept"])).toEqual(kept === 0 ? [] : [kept]);
  });

  test("has the skills written anew from the edits that were kept", async () => {
    const suggested: Patch[] = [];
    const { node, state, runtime, payload } = await setUp(
      {
        async rewrite(patch, { skills }) {
          suggested.push(patch);
          const anchor = textOf(skills[0]!)!;
          return [{ skill: "guide", file: "SKILL.md", op: "replace", anchor, text: `${anchor}- all\n` }];
        },
      },
      { mode: "rewrite" },
    );
    const { candidates } = await node(state, runtime);
    expect(suggested.map((patch) => patch.length)).toEqual([4]);
    const [skill] = await payload.program(candidates![0]!.program);
    expect(textOf(skill!)).toMatch(/- all\n$/);
    expect(candidates![0]!.origin.operator).toBe("rewritten");
  });

  test("asks nobody where the batch has no result", async () => {
    const { node, state, runtime, given } = await setUp();
    expect((await node({ ...state, rollouts: null }, runtime)).candidates).toEqual([]);
    expect(given).toEqual([]);
  });
});
