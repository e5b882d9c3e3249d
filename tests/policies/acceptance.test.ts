import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { alwaysAcceptance, noWorseAcceptance, strictAcceptance } from "../../policies/acceptance.ts";
import { createDraw, permutation } from "../../state/draw.ts";
import type { Column, Evidence } from "../../state/evidence.ts";
import { hashOf } from "./records.ts";

type Values = Column["values"];
const { plan, look, decide } = strictAcceptance;
const noDraw = () => {
  throw new Error("Strict acceptance draws nothing.");
};

function evidenceOf(candidate: Values, other: Values): Evidence {
  const task = other.map((_, index) => index);
  return {
    suite: "validation",
    against: "incumbent",
    order: "any",
    columns: { task, candidate, other },
    decidedAt: candidate.length,
    tokens: { candidate: 10, other: 10 },
    gain: null,
  };
}

/** Rolls out the plan in waves, as the validator does, for as long as the acceptance wants more. */
function race(candidate: Values, incumbent: Values, waves: () => number) {
  const { tasks } = plan({ program: hashOf("head"), values: incumbent }, noDraw);
  const inOrder = (values: Values) => tasks.map((task) => values[task] ?? null);
  let asked = 0;
  let evidence = evidenceOf([], inOrder(incumbent));
  while (asked < tasks.length) {
    asked = Math.min(tasks.length, asked + waves());
    evidence = evidenceOf(inOrder(candidate).slice(0, asked), inOrder(incumbent));
    if (look(evidence) === "enough") break;
  }
  return { asked, verdict: decide(evidence), full: decide(evidenceOf(inOrder(candidate), inOrder(incumbent))) };
}

/** Pairs of points out of `grades`, null where missing. */
function pairs(grades: number) {
  const points = fc.option(fc.nat(grades), { freq: 10 });
  return fc.record({
    rows: fc.array(fc.tuple(points, points), { maxLength: 60 }),
    waves: fc.infiniteStream(fc.integer({ min: 1, max: 25 })),
  });
}

describe.each([
  ["binary", 1],
  ["graded", 10],
])("strict acceptance of %s scores", (_, grades) => {
  test("gives the verdict of the full evaluation, however large the waves are", () => {
    fc.assert(
      fc.property(pairs(grades), ({ rows, waves }) => {
        const column = (side: 0 | 1): Values => rows.map((row) => (row[side] === null ? null : row[side] / grades));
        const { asked, verdict, full } = race(column(0), column(1), () => waves.next().value!);
        // Counted in whole points: a missing result of the candidate is worth 0, one of the incumbent all.
        const gained = rows.reduce((sum, [own, other]) => sum + (own ?? 0) - (other ?? grades), 0);
        expect(verdict.accepted).toBe(gained > 0);
        expect(full.accepted).toBe(gained > 0);
        expect([verdict.decided, full.decided]).toEqual([true, true]);
        expect(full.delta).toBeCloseTo(rows.length === 0 ? 0 : gained / grades / rows.length, 9);
        if (verdict.accepted) expect(asked).toBe(rows.length);
        else expect(verdict.delta).toBeLessThanOrEqual(1e-9);
        expect(verdict.delta).toBeGreaterThanOrEqual(full.delta - 1e-9);
      }),
      { numRuns: 400 },
    );
  });
});

describe("strict acceptance", () => {
  test("asks the incumbent's failures first, what is missing like a pass, ties in their order", () => {
    const values = [1, 0, null, 0.5, 0, 1, 0.5];
    expect(plan({ program: hashOf("head"), values }, noDraw)).toEqual({
      order: "fails-first",
      tasks: [1, 4, 3, 6, 0, 2, 5],
    });
  });

  test("rejects a tie, and says that there is no improvement", () => {
    expect(decide(evidenceOf([0, 1, 1], [1, 1, 0]))).toEqual({
      accepted: false,
      decided: true,
      reason: "no improvement",
      delta: 0,
    });
  });

  test("accepts one task more out of four", () => {
    expect(decide(evidenceOf([1, 0, 1, 1], [0, 0, 1, 1]))).toEqual({
      accepted: true,
      decided: true,
      reason: "improved",
      delta: 0.25,
    });
  });

  test("takes ten tenths for one", () => {
    const tenths = [...Array<number>(10).fill(0.1), 0];
    const one = [...Array<number>(10).fill(0), 1];
    expect(decide(evidenceOf(tenths, one))).toMatchObject({ accepted: false, decided: true, reason: "no improvement" });
    expect(decide(evidenceOf(one, tenths))).toMatchObject({ accepted: false, decided: true, reason: "no improvement" });
  });

  test("counts a missing result against the candidate, on either side", () => {
    expect(decide(evidenceOf([null, 1], [0, 1]))).toMatchObject({ accepted: false, delta: 0 });
    expect(decide(evidenceOf([null], [1]))).toMatchObject({ delta: -1 });
    expect(decide(evidenceOf([1], [null]))).toMatchObject({ accepted: false, delta: 0 });
    expect(decide(evidenceOf([null], [null]))).toMatchObject({ delta: -1 });
  });

  test("looks for more while the candidate may still win, and tells the best still possible as delta", () => {
    const open = evidenceOf([0], [0, 0, 1, 1]);
    expect(look(open)).toBe("more");
    expect(decide(open)).toEqual({ accepted: false, decided: false, reason: "undecided", delta: 0.25 });
    const lost = evidenceOf([0, 0], [0, 0, 1, 1]);
    expect(look(lost)).toBe("enough");
    expect(decide(lost)).toEqual({ accepted: false, decided: true, reason: "cannot improve any more", delta: 0 });
  });

  test("goes on to the end for a candidate that is already ahead, as the next incumbent needs all of its column", () => {
    expect(look(evidenceOf([1, 1], [0, 0, 0, 0]))).toBe("more");
    expect(decide(evidenceOf([1, 1], [0, 0, 0, 0]))).toMatchObject({ accepted: false, decided: false });
  });

  test("does not accept on no tasks at all", () => {
    expect(decide(evidenceOf([], []))).toEqual({ accepted: false, decided: true, reason: "no improvement", delta: 0 });
  });

  test.each([
    [0.5, 0.5],
    [0.8, 0.2],
  ])("stops an edit that changes nothing under an incumbent of %d after a share of %d (04-peers)", (passed, share) => {
    const size = 200;
    for (const seed of [1, 2, 3]) {
      const order = permutation(size, createDraw(seed, 0, "anchor"));
      const incumbent = order.map((place) => (place < passed * size ? 1 : 0));
      expect(race(incumbent, incumbent, () => 1).asked / size).toBeCloseTo(share, 9);
      expect(race(incumbent, incumbent, () => 20).asked / size).toBeCloseTo(share, 9);
    }
  });

  test("stops a harmful edit (repairs 5 %, breaks 15 %) after about a quarter under an incumbent of 0.8", () => {
    const shares = Array.from({ length: 40 }, (_, seed) => {
      const drawAt = createDraw(seed, 0, "harmful");
      const incumbent = Array.from({ length: 200 }, (__, index) => (drawAt(index) < 0.8 ? 1 : 0));
      const change = (value: number, index: number) =>
        drawAt(1000 + index) < (value === 1 ? 0.15 : 0.05) ? 1 - value : value;
      return race(incumbent.map(change), incumbent, () => 1).asked / 200;
    });
    const mean = shares.reduce((sum, share) => sum + share, 0) / shares.length;
    expect(mean).toBeGreaterThan(0.22);
    expect(mean).toBeLessThan(0.32);
  });
});

describe("no worse", () => {
  const smaller = (evidence: Evidence): Evidence => ({ ...evidence, tokens: { candidate: 9, other: 10 } });

  test("takes a candidate with fewer tokens that ties, and says so; a tie with as many tokens is not enough", () => {
    const tie = evidenceOf([1, 0, 1], [0, 1, 1]);
    expect(noWorseAcceptance.decide(smaller(tie))).toMatchObject({
      accepted: true,
      reason: "no worse with fewer tokens",
    });
    expect(noWorseAcceptance.decide(tie)).toMatchObject({ accepted: false });
  });

  test("takes a tie that repairs more replayed tasks than it breaks, and says so; losses on validation weigh more", () => {
    const gaining = (evidence: Evidence, gain: number | null): Evidence => ({ ...evidence, gain });
    const tie = evidenceOf([1, 0, 1], [0, 1, 1]);
    const reason = "no worse, and better on what was replayed";
    expect(noWorseAcceptance.decide(gaining(tie, 2))).toMatchObject({ accepted: true, reason });
    for (const gain of [0, -1, null]) {
      expect(noWorseAcceptance.decide(gaining(tie, gain))).toMatchObject({ accepted: false });
    }
    expect(noWorseAcceptance.decide(gaining(evidenceOf([0, 1], [1, 1]), 9))).toMatchObject({ accepted: false });
    expect(strictAcceptance.decide(gaining(tie, 2))).toMatchObject({ accepted: false });
  });

  test("is the gate that a shorter candidate can pass for that", () => {
    const gates = [strictAcceptance, noWorseAcceptance, alwaysAcceptance];
    expect(gates.map(({ takesShorter }) => takesShorter)).toEqual([false, true, false]);
  });

  test("takes what is strictly better whatever its tokens, and nothing that is worse", () => {
    const larger = { ...evidenceOf([1, 1], [0, 1]), tokens: { candidate: 99, other: 10 } };
    expect(noWorseAcceptance.decide(larger)).toMatchObject({ accepted: true, reason: "improved" });
    expect(noWorseAcceptance.decide(smaller(evidenceOf([0, 1], [1, 1])))).toMatchObject({ accepted: false });
  });

  test("stops exactly when a smaller candidate can no longer tie", () => {
    const other = [0, 1, 1, 1];
    const seen = (...values: Values): Evidence => smaller({ ...evidenceOf(values, other) });
    expect(noWorseAcceptance.look(seen(0))).toBe("more");
    expect(noWorseAcceptance.look(seen(0, 0))).toBe("enough");
  });
});

test("the arm without a gate takes everything without a plan", () => {
  expect(alwaysAcceptance.against).toBe("none");
  expect(alwaysAcceptance.decide(evidenceOf([], []))).toMatchObject({ accepted: true });
});
