import { describe, expect, test } from "vitest";
import { createRollout } from "../../nodes/rollout.ts";
import { seenIndices, withSeen } from "../../state/seen.ts";
import { RolloutSet } from "../../state/task.ts";
import { createListener, createScoringExecutor, hashOf, openRoom, settingsOf, stateOf } from "../support/nodes.ts";

const suites = { ...stateOf().suites, train: { hash: hashOf("train"), size: 20 } };
const room = await openRoom();

function setUp() {
  const scoring = createScoringExecutor((_, index) => (index === 3 ? null : index % 2));
  const node = createRollout({ executor: scoring.executor, archive: room.archive });
  return { ...scoring, ...createListener(), node };
}

describe("the rollout node", () => {
  test("rolls out the batch under the parent and keeps the rollouts in the payload", async () => {
    const { node, requests, runtime } = setUp();
    const state = stateOf({ suites, batch: [5, 3, 8], parents: [hashOf("parent")] });
    const update = await node(state, runtime);
    expect(requests).toEqual([
      { program: hashOf("parent"), suite: "train", tasks: suites.train, indices: [5, 3, 8], samples: 1 },
    ]);
    const { rows } = await room.payload.json(update.rollouts as string, RolloutSet);
    expect(rows.map(({ task, score }) => [task, score?.value ?? null])).toEqual([
      ["task-5", 1],
      ["task-3", null],
      ["task-8", 0],
    ]);
    expect(update.spent).toEqual({ rollouts: 3, tokens: 0 });
  });

  test("tells each rollout, missing ones with null", async () => {
    const { node, runtime, events } = setUp();
    await node(stateOf({ suites, batch: [1, 3], generation: 4 }), runtime);
    const told = { type: "rollout-end", generation: 4, suite: "train", paid: true };
    expect(events).toEqual([
      { ...told, task: "task-1", value: 1 },
      { ...told, task: "task-3", value: null },
    ]);
  });

  test("adds to what was seen, and to nothing but what was rolled out", async () => {
    const { node, runtime } = setUp();
    const seen = withSeen("", 20, [0, 19]);
    const update = await node(stateOf({ suites, batch: [7, 3], seen }), runtime);
    expect(seenIndices(update.seen as string)).toEqual([0, 3, 7, 19]);
  });

  test.each([
    [8, [5, 6]],
    [10, []],
    [0, [5, 6, 7]],
  ])("cuts the batch to the budget of 10 with %d spent", async (rollouts, asked) => {
    const { node, runtime, requests } = setUp();
    const settings = settingsOf({ budgetRollouts: 10 });
    const state = stateOf({ suites, settings, batch: [5, 6, 7], spent: { rollouts, simulations: 0, tokens: 0 } });
    const update = await node(state, runtime);
    expect(requests.flatMap(({ indices }) => indices)).toEqual(asked);
    expect(seenIndices(update.seen as string)).toEqual(asked);
    expect(update.spent).toEqual({ rollouts: asked.length, tokens: 0 });
  });

  test("keeps the newest rollouts, as many sets as the replay window may need", async () => {
    const { node, runtime } = setUp();
    const settings = settingsOf({ batch: 2, replay: 5 });
    const before = ["a", "b", "c", "d", "e"].map(hashOf);
    const { replay, rollouts } = await node(stateOf({ suites, settings, batch: [1, 2], replay: before }), runtime);
    expect(replay).toEqual([...before.slice(-3), rollouts]);
  });

  test("rolls out nothing for two parents: they are merged without a batch", async () => {
    const { node, runtime, requests } = setUp();
    const seen = withSeen("", 20, [4]);
    const state = stateOf({ suites, batch: [1, 2], seen, parents: [hashOf("one"), hashOf("other")] });
    expect(await node(state, runtime)).toEqual({ rollouts: null });
    expect(requests).toEqual([]);
  });
});
