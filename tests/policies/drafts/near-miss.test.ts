import { describe, expect, test } from "vitest";
import { z } from "zod";
import { oneDraft } from "../../../policies/drafting.ts";
import { nearMissDrafting } from "../../../policies/drafts/near-miss.ts";
import { learnAll, recall, type Learned } from "../../../policies/policy.ts";
import { createDraw } from "../../../state/draw.ts";
import { SettingsError } from "../../../state/errors.ts";
import { candidateOf, hashOf, recordOf, settingsOf } from "../records.ts";

const settings = settingsOf();
const counts = { asked: 100, planned: 100, fixed: 3, broken: 4, missing: 0 };
const verdict = { accepted: false, decided: true, reason: "no improvement", delta: -0.01 };
const missed: Partial<Learned> = { candidate: candidateOf("near"), evidence: counts, verdict };

/** The plan of the generation after one with this record. */
function planAfter(changes: Partial<Learned>, margin?: number) {
  const policy = nearMissDrafting(oneDraft, margin === undefined ? {} : { margin });
  const memories = learnAll([policy], {}, recordOf({ ...missed, ...changes }), settings);
  return policy.decide({ batch: [], settings }, recall(policy, memories), createDraw(1, 2, "drafting"));
}

describe("trying near misses again", () => {
  test("gives back the edits of a candidate that was rejected by little, with the verdict, in the plan of the policy", () => {
    expect(planAfter({})).toEqual({
      ...oneDraft.decide({ batch: [], settings }, null, () => 0),
      nearMiss: { parent: hashOf("start"), edits: hashOf("near-edits"), delta: -0.01, reason: "no improvement" },
    });
  });

  test.each<[string, Partial<Learned>, number?]>([
    ["was accepted", { verdict: { ...verdict, accepted: true } }],
    ["was not decided about", { verdict: { ...verdict, decided: false } }],
    ["was worse by more than the margin", { verdict: { ...verdict, delta: -0.03 } }],
    ["was worse by more than a smaller margin", {}, 0.005],
    ["was blocked by the guard", { evidence: null }],
    [
      "was tried again already",
      { candidate: candidateOf("near", { origin: { operator: "add", target: "", features: { retried: true } } }) },
    ],
    ["is a merge of two programs", { candidate: candidateOf("near", { parents: [hashOf("a"), hashOf("b")] }) }],
    [
      "lost the comparison before its end",
      { evidence: { ...counts, asked: 60, fixed: 2, broken: 6 }, verdict: { ...verdict, delta: 0 } },
    ],
  ])("does not where the candidate %s", (_, changes, margin) => {
    expect(planAfter(changes, margin)).not.toHaveProperty("nearMiss");
  });

  test("goes by what was asked where the comparison ended early", () => {
    const evidence = { ...counts, asked: 60, fixed: 2, broken: 3 };
    expect(planAfter({ evidence, verdict: { ...verdict, delta: 0 } }).nearMiss?.delta).toBeCloseTo(-1 / 60);
  });

  test("does nothing without a candidate, keeps the memory of the policy within, and refuses a margin out of range", () => {
    expect(planAfter({ candidate: null })).not.toHaveProperty("nearMiss");
    const counting = {
      ...oneDraft,
      memory: { schema: z.number(), start: 0, maxBytes: 10, learn: (memory: unknown) => (memory as number) + 1 },
    };
    const policy = nearMissDrafting(counting);
    const after = [1, 2].reduce((memories) => learnAll([policy], memories, recordOf(missed), settings), {});
    expect(recall(policy, after)).toMatchObject({ inner: 2, own: { edits: hashOf("near-edits") } });
    expect(() => nearMissDrafting(oneDraft, { margin: 2 })).toThrow(SettingsError);
  });
});
