import { describe, expect, test } from "vitest";
import { anyShortfall, failingBelow, clearOutcomes } from "../../../policies/feedback/failing.ts";
import { feedbackHistory, mostFeedback, outcomeOf, proposalKey } from "../../../policies/feedback/feedback-history.ts";
import { learnAll, recall, type Learned } from "../../../policies/policy.ts";
import { untilNoImprovement } from "../../../policies/stopping.ts";
import type { GenerationRecord, Verdict } from "../../../state/evidence.ts";
import type { Json } from "../../../state/json.ts";
import { candidateOf, hashOf, recordOf, settingsOf } from "../records.ts";

const verdictOf = (accepted: boolean, decided = true): Verdict => ({ accepted, decided, reason: "any", delta: 0 });
const proposalOf = (name: string) => candidateOf(name, { extra: { [proposalKey]: hashOf(`${name}-origin`) } });
const triedOf = (name: string, score: number | null, accepted: boolean, more: Partial<Learned> = {}) =>
  recordOf({ candidate: proposalOf(name), candidateScore: score, verdict: verdictOf(accepted), ...more });

describe("failures below a threshold", () => {
  const rollouts = [0, 0.79, 0.8, 0.99, 1, null].map((value) => ({ score: value === null ? null : { value } }));
  const left = (below: number) => clearOutcomes(failingBelow(below), rollouts).map(({ score }) => score?.value ?? null);

  test("leave out what is neither a failure nor a full score", () => {
    expect(left(0.8)).toEqual([0, 0.79, 1, null]);
    expect(left(1)).toEqual([0, 0.79, 0.8, 0.99, 1, null]);
    expect(failingBelow(1)).toBe(anyShortfall);
  });
});

describe("the feedback history", () => {
  test.each<[string | null, GenerationRecord]>([
    ["improved", triedOf("a", 0.6, true)],
    ["kept", triedOf("a", 0.5, true)],
    ["kept", triedOf("a", null, true)],
    ["discarded", triedOf("a", 0.9, false)],
    [null, triedOf("a", 0.9, false, { verdict: verdictOf(false, false) })],
    [null, recordOf({ candidate: null, verdict: verdictOf(false) })],
  ])("says %s", (outcome, record) => {
    expect(outcomeOf(record)).toBe(outcome);
  });

  test("appends each proposal that was decided on, with score and difference, and keeps the last ones", () => {
    const history = feedbackHistory(3);
    const other = { candidate: proposalOf("b"), verdict: verdictOf(false), score: 0.25 };
    const records = [
      triedOf("a", 0.75, true, { generation: 1, others: [other] }),
      triedOf("c", 0.5, false, { generation: 2, verdict: verdictOf(false, false) }),
      recordOf({ generation: 3, candidate: candidateOf("no proposal"), verdict: verdictOf(false) }),
      triedOf("d", 0.5, true, { generation: 4 }),
      triedOf("e", null, false, { generation: 5 }),
    ];
    const learned = records.reduce<Record<string, Json>>(
      (memories, record) => learnAll([history], memories, record, settingsOf()),
      {},
    );
    const seen = history.decide(recall(history, learned));
    expect(seen).toEqual([
      { generation: 1, proposal: hashOf("b-origin"), outcome: "discarded", score: 0.25, delta: -0.25 },
      { generation: 4, proposal: hashOf("d-origin"), outcome: "kept", score: 0.5, delta: 0 },
      { generation: 5, proposal: hashOf("e-origin"), outcome: "discarded", score: null, delta: null },
    ]);
  });

  test("stays within its bytes when it is full", () => {
    const history = feedbackHistory(mostFeedback);
    let memories: Record<string, Json> = {};
    for (let generation = 1_000_000; generation < 1_000_000 + mostFeedback + 2; generation += 1)
      memories = learnAll([history], memories, triedOf("a", 1 / 3, false, { generation }), settingsOf());
    expect(history.decide(recall(history, memories))).toHaveLength(mostFeedback);
  });
});

test("a run without improvement ends after as many generations as its patience, those without failures included", () => {
  const settings = settingsOf({ patience: 3, generations: 99 });
  const standing = {
    generation: 9,
    measured: { score: 0.5, tasks: 100, all: 100 },
    spent: { rollouts: 0, simulations: 0, tokens: 0 },
    settings,
    least: 0,
  };
  const stopping = (countsAll: boolean, records: readonly Learned[]) => {
    const policy = untilNoImprovement({ countsAll });
    const memories = records.reduce<Record<string, Json>>(
      (known, record) => learnAll([policy], known, record, settings),
      {},
    );
    return policy.decide({ ...standing, epoch: null }, recall(policy, memories));
  };
  const after = (...records: Learned[]) => stopping(true, records);
  const nothing = recordOf({ candidate: null, verdict: verdictOf(false, false) });
  expect(after(triedOf("a", 0.6, true), nothing, triedOf("b", 0.5, true))).toBe(null);
  expect(after(triedOf("a", 0.6, true), nothing, triedOf("b", 0.5, true), nothing)).toBe("patience");
  expect(after(nothing, nothing, triedOf("a", 0.6, true))).toBe(null);
  const passing = recordOf({ ...nothing, batch: { tasks: 3, failed: 0, missing: 0, score: 1 } });
  expect(after(passing, passing, passing)).toBe("patience");
  expect(stopping(false, [passing, passing, passing, nothing, nothing])).toBe(null);
  expect(stopping(false, [passing, nothing, nothing, nothing])).toBe("patience");
});
