import { describe, expect, test } from "vitest";
import { anyShortfall } from "../../policies/feedback/failing.ts";
import { z } from "zod";
import type { Analyzer } from "../../analysts/analyst.ts";
import { allStudied } from "../../policies/advantages/studied.ts";
import { createFailureAnalyzer } from "../../nodes/failure-analyzer.ts";
import { StateError } from "../../state/errors.ts";
import { withSeen } from "../../state/seen.ts";
import { Failure } from "../../state/study.ts";
import type { ScoredRollout } from "../../state/task.ts";
import { createListener, listingAnalyst, openRoom, stateOf, tasksOf } from "../support/nodes.ts";

const train = tasksOf("train", ["cats", "dogs", "owls"]);
const { runtime } = createListener();

/** A room in which the train tasks at some places have been rolled out under the start program. */
async function setUp(indices: number[]) {
  const room = await openRoom({ train });
  const { executor, archive, ledger, suites, start, payload } = room;
  const request = { program: start, suite: "train" as const, tasks: suites.train, indices, samples: 1 };
  const rollouts = await archive.save(await executor.roll(request, {}));
  const given: ScoredRollout[][] = [];
  const analyzer: Analyzer = {
    async analyze(batch, skills) {
      given.push([...batch]);
      return listingAnalyst.analyze(batch, skills);
    },
  };
  const studied = allStudied;
  const node = createFailureAnalyzer({ failing: anyShortfall, analyzer, studied, payload, archive, ledger });
  const seen = withSeen("", train.length, indices);
  return { ...room, node, given, state: stateOf({ suites, parents: [start], rollouts, seen }) };
}

describe("the failure analyzer", () => {
  test("keeps the failures of the batch in the payload", async () => {
    const { node, state, payload } = await setUp([2, 0]);
    const { failures } = await node(state, runtime);
    const stored = await payload.json(failures as string, z.array(Failure));
    expect(stored.map(({ task, category }) => [task, category])).toEqual([
      ["train-2", "owls"],
      ["train-0", "cats"],
    ]);
  });

  test("has nothing to say where nothing was rolled out", async () => {
    const { node, state, given } = await setUp([0]);
    expect(await node({ ...state, rollouts: null }, runtime)).toEqual({ failures: null });
    expect(given).toEqual([]);
  });

  test("shows the analyst the labels of the tasks seen, never their meta, and no other task", async () => {
    const { node, state, given } = await setUp([0, 2]);
    await node(state, runtime);
    expect(given[0]?.map(({ expected, score }) => [expected, score?.value])).toEqual([
      ["label-of-train-0.", 0],
      ["label-of-train-2.", 0],
    ]);
    const shown = JSON.stringify(given);
    expect(shown).not.toContain("meta-of");
    expect(shown).not.toContain("label-of-train-1.");
    expect(shown).not.toContain("dogs");
  });

  test("refuses rollouts of tasks that are not in what was seen", async () => {
    const { node, state } = await setUp([0, 2]);
    await expect(node({ ...state, seen: withSeen("", 3, [0]) }, runtime)).rejects.toThrow(StateError);
  });

  test("refuses them also after the same rollouts were studied with more tasks seen", async () => {
    const { node, state } = await setUp([0, 2]);
    await node(state, runtime);
    await expect(node({ ...state, seen: withSeen("", 3, [0]) }, runtime)).rejects.toThrow(StateError);
  });
});
