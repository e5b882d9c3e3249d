import fc from "fast-check";
import { expect, test } from "vitest";
import { curationReward, type Curated } from "../../../policies/curation/reward.ts";

/** The published weights (SkillOS, arXiv 2605.06614 [S]). */
const weights = { calls: 1, content: 0.1, compression: 0.05 };

// Solved by hand from r = r_task + 1.0 r_fc + 0.1 r_cnt + 0.05 r_comp, r_comp = max(0, 1 - library / read).
test.each<[string, Curated, ReturnType<typeof curationReward>]>([
  [
    "all parts",
    { task: 0.5, calls: { made: 4, valid: 3 }, content: 0.8, tokens: { library: 200, read: 1000 } },
    { task: 0.5, calls: 0.75, content: 0.8, compression: 0.8, total: 0.5 + 0.75 + 0.08 + 0.04 },
  ],
  [
    "a library that is longer than what was read",
    { task: 1, calls: { made: 1, valid: 1 }, content: 1, tokens: { library: 900, read: 300 } },
    { task: 1, calls: 1, content: 1, compression: 0, total: 2.1 },
  ],
  [
    "no call, no judge, nothing read",
    { task: 0.25, calls: { made: 0, valid: 0 }, content: null, tokens: { library: 10, read: 0 } },
    { task: 0.25, calls: null, content: null, compression: null, total: 0.25 },
  ],
  [
    "nothing that judged it",
    { task: null, calls: { made: 2, valid: 0 }, content: null, tokens: { library: 0, read: 10 } },
    { task: null, calls: 0, content: null, compression: 1, total: null },
  ],
])("the reward with %s", (_, curated, reward) => {
  expect(curationReward(curated, weights)).toEqual(reward);
});

test("the reward is within its weights, and never falls with a part", () => {
  const share = fc.double({ min: 0, max: 1, noNaN: true });
  const tokens = fc.record({ library: fc.nat(5000), read: fc.nat(5000) });
  const calls = fc.nat(9).chain((made) => fc.record({ made: fc.constant(made), valid: fc.nat(made) }));
  fc.assert(
    fc.property(fc.record({ task: share, calls, content: share, tokens }), (curated) => {
      const total = curationReward(curated, weights).total as number;
      expect(total).toBeGreaterThanOrEqual(curated.task - 1e-9);
      expect(total).toBeLessThanOrEqual(curated.task + 1.15 + 1e-9);
      const { library, read } = curated.tokens;
      const shorter = { ...curated, tokens: { library: Math.floor(library / 2), read } };
      expect(curationReward(shorter, weights).total).toBeGreaterThanOrEqual(total);
    }),
  );
});
