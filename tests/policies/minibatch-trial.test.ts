import { expect, test } from "vitest";
import { minibatchTrial } from "../../policies/minibatch-trial.ts";
import type { Comparison, TrialInput } from "../../policies/trial.ts";
import type { Values } from "../../state/archive.ts";
import { evidenceOf } from "../support/gate/evidence.ts";
import { hashOf, openMemberOf, settingsOf } from "./records.ts";

const member = (name: string, score: Values) => openMemberOf(hashOf(name), { values: { score } });
const noDraw = () => {
  throw new Error("This trial draws nothing.");
};

function stagesOf(changes: Partial<TrialInput>) {
  const input: TrialInput = {
    settings: settingsOf({ candidates: 2 }),
    generation: 1,
    spent: { rollouts: 0, simulations: 0, tokens: 0 },
    batch: [4, 5, 6],
    batchScores: [],
    costInRollouts: 10,
    later: [],
    validation: [],
    parents: [hashOf("a")],
    archive: { members: [member("a", [])], head: hashOf("a") },
    closes: false,
    ...changes,
  };
  return minibatchTrial.stages(input, null, noDraw);
}

test("a mutation is compared with its parent on the batch, by larger sum, and then measured", () => {
  const [minibatch, validation] = stagesOf({});
  expect(minibatch).toMatchObject({ suite: "train", tasks: [4, 5, 6], against: "parents", keep: 2 });
  expect(validation).toEqual({ name: "validation", against: "none" });
  const { decide } = (minibatch as Comparison).acceptance;
  expect(decide(evidenceOf([1, 0, 1], [1, 0, 0])).accepted).toBe(true);
  expect(decide(evidenceOf([1, 0, 0], [0, 1, 0])).accepted).toBe(false);
});

test("a merge is compared with the better parent on five validation tasks, of each kind a third, and may be as good", () => {
  const validation = [10, 11, 12, 13, 14, 15, 16];
  const members = [member("a", [1, 1, 1, 0, 0, 0, 1]), member("b", [0, 0, 0, 1, 1, 1, 1])];
  const parents = [hashOf("a"), hashOf("b")];
  const [merge] = stagesOf({ validation, parents, archive: { members, head: hashOf("a") } });
  expect(merge).toMatchObject({ name: "merge", suite: "validation", tasks: [10, 11, 13, 14, 16], against: "parents" });
  const { decide } = (merge as Comparison).acceptance;
  expect(decide(evidenceOf([1, 0], [0, 1])).accepted).toBe(true);
  expect(decide(evidenceOf([0, 0], [0, 1])).accepted).toBe(false);
});

test("a merge of members with few validation tasks takes those there are", () => {
  const members = [member("a", [1]), member("b", [1])];
  const [merge] = stagesOf({
    validation: [3],
    parents: [hashOf("a"), hashOf("b")],
    archive: { members, head: hashOf("a") },
  });
  expect(merge).toMatchObject({ tasks: [3] });
});

test("it costs part of a batch at least, and the batch and all validation tasks for each candidate at most", () => {
  expect(minibatchTrial.cost({ settings: settingsOf({ candidates: 2 }), batch: 3, validation: 50 })).toEqual({
    start: 50,
    least: 3,
    most: 106,
  });
});
