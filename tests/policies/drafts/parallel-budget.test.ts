import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { proposingBudgets } from "../../../policies/drafts/parallel-budget.ts";

describe("budgets of proposing", () => {
  test("count parallel drafts once in the sequential one, and each in the total", () => {
    const rounds = [
      { drafts: [100, 300, 200], digest: 50 },
      { drafts: [80, 20], digest: 40 },
      { drafts: [120], digest: 0 },
    ];
    expect(proposingBudgets(rounds)).toEqual({ sequential: 350 + 120 + 120, total: 650 + 140 + 120 });
    expect(proposingBudgets([])).toEqual({ sequential: 0, total: 0 });
  });

  test("are the same with one draft a round, and the sequential one is never the larger", () => {
    const round = fc.record({ drafts: fc.array(fc.nat(999), { maxLength: 4 }), digest: fc.nat(99) });
    fc.assert(
      fc.property(fc.array(round), (rounds) => {
        const { sequential, total } = proposingBudgets(rounds);
        expect(sequential).toBeLessThanOrEqual(total);
        const single = proposingBudgets(rounds.map(({ drafts, digest }) => ({ drafts: drafts.slice(0, 1), digest })));
        expect(single.sequential).toBe(single.total);
      }),
    );
  });
});
