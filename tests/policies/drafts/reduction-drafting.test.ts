import { describe, expect, test } from "vitest";
import { reductionDrafting } from "../../../policies/drafts/reduction-drafting.ts";
import { learnAll, recall, type Learned } from "../../../policies/policy.ts";
import type { Json } from "../../../state/json.ts";
import { candidateOf, recordOf, settingsOf } from "../records.ts";

const policy = reductionDrafting({ retries: 2 });
const settings = settingsOf();
const counts = { asked: 4, planned: 4, fixed: 0, broken: 1, missing: 0 };
const rejected = { accepted: false, decided: true, reason: "cannot improve any more", delta: -0.25 };
const accepted = { ...rejected, accepted: true };

function after(memories: Record<string, Json>, part: string, record: Partial<Learned>, passed: string[] = []) {
  const origin = { operator: "reduce", target: "x", features: { part, passed, before: 90, after: 60 } };
  return learnAll(
    [policy],
    memories,
    recordOf({ candidate: candidateOf("made", { origin }), evidence: counts, ...record }),
    settings,
  );
}
const planOf = (memories: Record<string, Json>) =>
  policy.decide({ batch: [], settings }, recall(policy, memories), () => 0);

describe("drafting of reductions", () => {
  test("goes from part to part, past those that cannot be shortened", () => {
    expect(planOf({})).toEqual({ kind: "reduced", done: [] });
    const memories = after({}, "b/body", { verdict: accepted }, ["a/description", "a/body"]);
    expect(planOf(memories)).toEqual({ kind: "reduced", done: ["a/description", "a/body", "b/body"] });
    expect(policy.describe!(recall(policy, memories)).rows).toEqual([
      ["a/description", "as it was", "", ""],
      ["a/body", "as it was", "", ""],
      ["b/body", "shorter", 90, 60],
    ]);
  });

  test("tries a body again with half of what would leave, then with a quarter, then leaves it as it was", () => {
    const once = after({}, "a/body", { verdict: rejected });
    expect(planOf(once)).toEqual({ kind: "reduced", done: [], kept: { part: "a/body", share: 0.5 } });
    const twice = after(once, "a/body", { verdict: rejected });
    expect(planOf(twice)).toMatchObject({ kept: { share: 0.75 } });
    expect(planOf(after(twice, "a/body", { verdict: rejected }))).toEqual({ kind: "reduced", done: ["a/body"] });
    expect(planOf(after(twice, "a/body", { verdict: accepted }))).toEqual({ kind: "reduced", done: ["a/body"] });
    const strict = reductionDrafting({ retries: 0 });
    expect(strict.name).not.toBe(policy.name);
  });

  test("does not try a description again, nor what the guard kept out; what was not decided is measured again", () => {
    expect(planOf(after({}, "a/description", { verdict: rejected }))).toMatchObject({ done: ["a/description"] });
    const kept = { verdict: { ...rejected, decided: false }, evidence: null };
    expect(planOf(after({}, "a/body", kept))).toEqual({ kind: "reduced", done: ["a/body"] });
    const open = { verdict: { ...rejected, decided: false } };
    expect(planOf(after({}, "a/body", open, ["a/description"]))).toEqual({ kind: "reduced", done: ["a/description"] });
  });

  test("learns nothing from a generation without a candidate", () => {
    const memories = after({}, "a/body", { verdict: rejected });
    expect(learnAll([policy], memories, recordOf(), settings)).toEqual(memories);
  });
});
