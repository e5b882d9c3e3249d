import { describe, expect, test } from "vitest";
import { anyShortfall } from "../../policies/feedback/failing.ts";
import { z } from "zod";
import type { EditBudget, Proposer } from "../../analysts/analyst.ts";
import { createOptimizer } from "../../nodes/optimizer.ts";
import { minibatchDrafting, oneDraft } from "../../policies/drafting.ts";
import { constantEdits, withOperations } from "../../policies/edit-budget.ts";
import { rejectedSinceAccepted } from "../../policies/rejected-edits.ts";
import { triedPrograms } from "../../policies/feedback/tried.ts";
import { textOf } from "../../skills/folder.ts";
import { EditError, StateError } from "../../state/errors.ts";
import { Edit, type Draft } from "../../state/program.ts";
import { withSeen } from "../../state/seen.ts";
import type { ScoredRollout } from "../../state/task.ts";
import {
  addTopic,
  createListener,
  listingAnalyst,
  memberWith,
  openRoom,
  settingsOf,
  skillOf,
  stateOf,
  tasksOf,
} from "../support/nodes.ts";

const policies = {
  drafting: oneDraft,
  edits: constantEdits,
  rejected: rejectedSinceAccepted,
  tried: triedPrograms,
  failing: anyShortfall,
  trial: { takesShorter: false },
};
const train = tasksOf("train", ["cats", "dogs", "owls", "bees"]);
const draftOf = (operator: string, ...edits: Edit[]): Draft => ({
  edits,
  origin: { operator, target: "guide", features: {} },
});
const misplaced: Edit = { ...addTopic("x"), op: "insert-after", anchor: "no such line" };
const [deficiency] = await listingAnalyst.diagnose(
  [{ task: "train-0", category: "cats", place: null, expected: null, got: null, evidence: "" }],
  [],
  [],
);

/** The optimizer over a proposer that makes these drafts and keeps what it was given. */
async function setUp(...drafts: Draft[]) {
  const room = await openRoom({ train });
  const { payload, archive, ledger, suites, start } = room;
  const given: Array<{ replay: readonly ScoredRollout[]; budget: EditBudget }> = [];
  const proposer: Proposer = {
    async propose(_deficiencies, _skills, replay, budget) {
      given.push({ replay, budget });
      return { drafts, simulations: 7 };
    },
  };
  const node = createOptimizer({ ...policies, proposer, payload, archive, ledger });
  const deficiencies = await payload.putJson([deficiency!]);
  const state = stateOf({ suites, start, head: start, parents: [start], generation: 3, deficiencies });
  return { ...room, ...createListener(), node, given, state };
}

describe("the optimizer", () => {
  test("applies each draft to the parent, and keeps program and edits in the payload", async () => {
    const { node, state, runtime, payload, start, events } = await setUp(
      draftOf("one", addTopic("cats")),
      draftOf("two", addTopic("dogs")),
    );
    const { candidates, spent } = await node(state, runtime);
    expect(candidates).toMatchObject([
      { parents: [start], origin: { operator: "one" } },
      { parents: [start], origin: { operator: "two" } },
    ]);
    const [first, second] = candidates!;
    const [skill] = await payload.program(second!.program);
    expect(textOf(skill!)).toMatch(/# Guide\n\n- dogs\n$/);
    expect(await payload.json(first!.edits, z.array(Edit))).toEqual([addTopic("cats")]);
    expect(spent).toEqual({ simulations: 7, tokens: 0 });
    expect(events[0]).toEqual({
      type: "candidate-made",
      generation: 3,
      program: first!.program,
      operator: "one",
      edits: 1,
    });
  });

  test("edits the parent and not the head, where they differ", async () => {
    const { node, state, runtime, payload } = await setUp(draftOf("one", addTopic("cats")));
    const [made] = (await node(state, runtime)).candidates!;
    const [again] = (await node({ ...state, parents: [made!.program] }, runtime)).candidates!;
    expect(again!.parents).toEqual([made!.program]);
    expect(textOf((await payload.program(again!.program))[0]!)).toMatch(/- cats\n- cats\n$/);
  });

  test("drops a draft whose edits do not apply, as a whole, says so, and keeps the others", async () => {
    const { node, state, runtime, events } = await setUp(
      draftOf("broken", addTopic("cats"), misplaced),
      draftOf("whole", addTopic("dogs")),
    );
    const { candidates } = await node(state, runtime);
    expect(candidates!.map(({ origin }) => origin.operator)).toEqual(["whole"]);
    expect(events[0]).toMatchObject({ type: "draft-refused", generation: 3 });
    expect(events[0]).toHaveProperty("message", expect.stringContaining("no such line"));
  });

  test("drops a draft that makes the program of another one, says so, and keeps that one", async () => {
    const { node, state, runtime, events } = await setUp(
      draftOf("one", addTopic("cats")),
      draftOf("same", addTopic("cats")),
      draftOf("other", addTopic("dogs")),
    );
    const { candidates } = await node(state, runtime);
    expect(candidates!.map(({ origin }) => origin.operator)).toEqual(["one", "other"]);
    expect(events[0]).toMatchObject({ type: "draft-refused", message: expect.stringContaining("the same program") });
  });

  test("asks again for as many drafts as candidates are measured, with those before among the rejected edits, until there is none", async () => {
    const { node, state, runtime, given } = await setUp(draftOf("one", addTopic("cats")));
    const drafts = ["cats", "dogs"].map((topic) => draftOf(topic, addTopic(topic)));
    const { payload, archive, ledger } = await openRoom({ train });
    const proposer: Proposer = {
      async propose(_deficiencies, _skills, replay, budget) {
        given.push({ replay, budget });
        return { drafts: drafts.slice(given.length - 1, given.length), simulations: 7 };
      },
    };
    const program = [skillOf()];
    const start = await payload.putProgram(program);
    await payload.putJson(train);
    await payload.putJson([deficiency!]);
    const again = createOptimizer({ ...policies, proposer, payload, archive, ledger });
    const several = { ...state, start, head: start, parents: [start], settings: settingsOf({ candidates: 4 }) };
    const { candidates, spent } = await again(several, runtime);
    expect(candidates!.map(({ origin }) => origin.operator)).toEqual(["cats", "dogs"]);
    expect(given.map(({ budget }) => budget.rejected)).toEqual([
      [],
      [addTopic("cats")],
      [addTopic("cats"), addTopic("dogs")],
    ]);
    expect(new Set(given.map(({ budget }) => budget.draw(0))).size).toBe(3);
    expect(spent).toMatchObject({ simulations: 21 });
    given.length = 0;
    await node(state, runtime);
    expect(given).toHaveLength(1);
  });

  test("asks for nothing where nothing is deficient", async () => {
    const { node, state, runtime, given } = await setUp(draftOf("one", addTopic("cats")));
    expect(await node({ ...state, deficiencies: null }, runtime)).toEqual({ candidates: [], curated: null });
    expect(given).toEqual([]);
  });

  test("gives the proposer its bound of edits, what was rejected, and a draw of the generation", async () => {
    const { node, state, runtime, payload, given } = await setUp();
    const lists = [[addTopic("cats"), addTopic("dogs")], [misplaced]];
    const hashes = await Promise.all(lists.map((list) => payload.putJson(list)));
    const memories = await payload.putJson({ [rejectedSinceAccepted.name]: hashes });
    await node({ ...state, memories, settings: settingsOf({ edits: 2 }) }, runtime);
    await node({ ...state, generation: 4 }, runtime);
    expect(given[0]!.budget).toMatchObject({ edits: 2, rejected: lists.flat(), takesShorter: false });
    expect(given[0]!.budget.draw(0)).not.toBe(given[1]!.budget.draw(0));
  });

  test("shows the proposer the last tasks rolled out, each in its newest rollout, newest last", async () => {
    const { node, state, runtime, executor, archive, given } = await setUp();
    const roll = async (indices: number[]) => {
      const request = { program: state.head, suite: "train" as const, tasks: state.suites.train, indices, samples: 1 };
      return archive.save(await executor.roll(request, {}));
    };
    const replay = [await roll([0, 1]), await roll([2, 0])];
    const seen = withSeen("", 4, [0, 1, 2]);
    for (const window of [10, 2])
      await node({ ...state, replay, seen, settings: settingsOf({ replay: window }) }, runtime);
    const shown = given.map((call) => call.replay.map(({ rollout }) => rollout.task));
    expect(shown).toEqual([
      ["train-1", "train-2", "train-0"],
      ["train-2", "train-0"],
    ]);
    expect(JSON.stringify(given)).not.toContain("label-of-train-3.");
    expect(JSON.stringify(given)).not.toContain("meta-of");
  });

  test("drops a draft with an operation where the schedule edits texts only, and takes it where it may be", async () => {
    const created = draftOf("create", {
      op: "create-file",
      skill: "alarm",
      file: "SKILL.md",
      text: "---\nname: alarm\ndescription: Wakes.\n---\n",
    });
    const { state, runtime, events, payload, archive, ledger, given } = await setUp();
    const proposer: Proposer = {
      async propose(_deficiencies, _skills, replay, budget) {
        given.push({ replay, budget });
        return { drafts: [created], simulations: 0 };
      },
    };
    const of = { ...policies, proposer, payload, archive, ledger };
    expect((await createOptimizer(of)(state, runtime)).candidates).toEqual([]);
    expect(events[0]).toHaveProperty("message", expect.stringMatching(/has a create-file.*edits texts only/));
    const { candidates } = await createOptimizer({ ...of, edits: withOperations(constantEdits) })(state, runtime);
    expect((await payload.program(candidates![0]!.program)).map(({ name }) => name)).toEqual(["alarm", "guide"]);
    expect(given.map(({ budget }) => budget.scope)).toEqual(["files", "program"]);
    const drafting = minibatchDrafting({ minibatch: 2, mergeBatch: 2, failureOnly: false, mode: "patch" });
    const wide = createOptimizer({ ...of, drafting, edits: withOperations(constantEdits) });
    await expect(wide(state, runtime)).rejects.toThrow(/joins edits of several drafts, which edit texts only/);
  });

  test("does not swallow an error of the proposer, not even one about edits", async () => {
    const { payload, archive, ledger, state, runtime } = await setUp();
    const error = new EditError("overlap", misplaced, "mine");
    const proposer: Proposer = { propose: () => Promise.reject(error) };
    const node = createOptimizer({ ...policies, proposer, payload, archive, ledger });
    await expect(node(state, runtime)).rejects.toBe(error);
  });

  test("drops a draft with more edits than are allowed, and says so", async () => {
    const { node, state, runtime, events } = await setUp(
      draftOf("large", ...["cats", "dogs", "owls"].map(addTopic)),
      draftOf("full", ...["cats", "dogs"].map(addTopic)),
    );
    const { candidates } = await node({ ...state, settings: settingsOf({ edits: 2 }) }, runtime);
    expect(candidates!.map(({ origin }) => origin.operator)).toEqual(["full"]);
    expect(events[0]).toMatchObject({
      type: "draft-refused",
      generation: 3,
      message: expect.stringContaining("allows"),
    });
    expect(events[0]).toHaveProperty("message", expect.stringMatching(/has 3 edits.*allows 2.*"edits"/));
  });

  test.each<[string, unknown[]]>([
    ["without edits", []],
    ["with an edit of an unknown kind", [{ ...addTopic("cats"), op: "rewrite" }]],
  ])("drops a draft %s, says so, and keeps the others", async (_, edits) => {
    const { node, state, runtime, events } = await setUp(
      draftOf("invalid", ...(edits as Edit[])),
      draftOf("whole", addTopic("dogs")),
    );
    const { candidates, spent } = await node(state, runtime);
    expect(candidates!.map(({ origin }) => origin.operator)).toEqual(["whole"]);
    expect(spent).toEqual({ simulations: 7, tokens: 0 });
    expect(events[0]).toMatchObject({ type: "draft-refused", generation: 3 });
  });

  test("refuses a replay of tasks that are not in what was seen", async () => {
    const { node, state, runtime, executor, archive, given } = await setUp();
    const request = {
      program: state.head,
      suite: "train" as const,
      tasks: state.suites.train,
      indices: [0, 1],
      samples: 1,
    };
    const replay = [await archive.save(await executor.roll(request, {}))];
    await expect(node({ ...state, replay, seen: withSeen("", 4, [0]) }, runtime)).rejects.toThrow(StateError);
    expect(given).toEqual([]);
  });
});

describe("the optimizer with two parents", () => {
  const [one, other] = [skillOf("cats", "owls"), skillOf("dogs", "owls")];

  /** Two members that both changed the guide's only section, with these means. */
  async function setUpMerge(...means: [number, number]) {
    const setting = await setUp();
    const { payload, start, state } = setting;
    const parents = [await payload.putProgram([one]), await payload.putProgram([other])] as const;
    const members = await Promise.all(
      parents.map((program, at) => memberWith(payload, program, [means[at] as number])),
    );
    const archive = await payload.putJson([await memberWith(payload, start, [0]), ...members]);
    return { ...setting, parents, state: { ...state, parents: [...parents], ancestor: start, archive } };
  }

  test("merges them over their ancestor without asking the proposer, and says so", async () => {
    const { node, state, runtime, payload, given, events, parents } = await setUpMerge(1, 0);
    const { candidates, spent } = await node({ ...state, deficiencies: null }, runtime);
    const [made] = candidates!;
    expect(candidates).toHaveLength(1);
    expect(made).toMatchObject({ parents, origin: { operator: "merge" } });
    expect(await payload.json(made!.edits, z.array(Edit))).toEqual([]);
    expect(spent).toBeUndefined();
    expect(given).toEqual([]);
    expect(events).toEqual([
      { type: "candidate-made", generation: 3, program: made!.program, operator: "merge", edits: 0 },
    ]);
  });

  test("takes what both changed from the one with the higher mean, and names it first", async () => {
    for (const [first, second, best] of [
      [1, 0, 0],
      [0, 1, 1],
    ] as const) {
      const { node, state, runtime, parents } = await setUpMerge(first, second);
      const [made] = (await node(state, runtime)).candidates!;
      expect(made).toMatchObject({ program: parents[best], parents: [parents[best], parents[1 - best]] });
    }
  });

  test("lets a draw of seed and generation decide between equals", async () => {
    const { node, state, runtime, parents } = await setUpMerge(1, 1);
    const chosen = async (generation: number) =>
      (await node({ ...state, generation }, runtime)).candidates![0]!.program;
    const all = await Promise.all(Array.from({ length: 20 }, (_, generation) => chosen(generation)));
    expect(new Set(all)).toEqual(new Set(parents));
    expect(await chosen(5)).toBe(all[5]);
  });

  test("refuses to merge without an ancestor", async () => {
    const { node, state, runtime } = await setUpMerge(1, 0);
    await expect(node({ ...state, ancestor: null }, runtime)).rejects.toThrow("without a common ancestor");
  });
});
