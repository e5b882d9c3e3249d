import { expect, test } from "vitest";
import { costInRollouts } from "../../policies/budget.ts";

const settings = { batch: 40, samples: 1 };

test("a generation costs its batch, and what the analyst takes in tokens at the price of a rollout", () => {
  const cost = (tokens: number, rolled: number, rollouts = 40) =>
    costInRollouts(settings, { tokens, rolled: { rollouts, tokens: rolled } });
  // 100 tokens a rollout.
  expect(cost(4_000, 4_000)).toBe(40);
  expect(cost(6_000, 4_000)).toBe(60);
  // A batch that the budget has cut.
  expect(cost(3_000, 2_000, 20)).toBe(50);
});

test("nothing is known of prices where no tokens are counted or no batch was run", () => {
  expect(costInRollouts(settings, { tokens: 500, rolled: { rollouts: 40, tokens: 0 } })).toBe(40);
  expect(costInRollouts(settings, { tokens: 500, rolled: { rollouts: 0, tokens: 0 } })).toBe(40);
  expect(costInRollouts({ ...settings, samples: 3 }, { tokens: 0, rolled: { rollouts: 120, tokens: 9 } })).toBe(120);
});
