import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { noWorseAcceptance, strictAcceptance } from "../../policies/acceptance.ts";
import { createDraw, permutation } from "../../state/draw.ts";
import type { Values } from "../../state/archive.ts";
import type { Evidence } from "../../state/evidence.ts";
import { evidenceOf } from "../support/gate/evidence.ts";

const { plan, look, decide } = strictAcceptance;
const noDraw = () => {
  throw new Error("Strict acceptance draws nothing.");
};

/** Rolls out the plan in waves, as the validator does, for as long as the acceptance wants more. */
function race(candidate: Values, head: Values, waves: () => number) {
  const { tasks } = plan(head, noDraw);
  const inOrder = (values: Values) => tasks.map((task) => values[task] ?? null);
  let asked = 0;
  let evidence = evidenceOf([], inOrder(head));
  while (asked < tasks.length) {
    asked = Math.min(tasks.length, asked + waves());
    evidence = evidenceOf(inOrder(candidate).slice(0, asked), inOrder(head));
    if (look(evidence) === "enough") break;
  }
  return { asked, verdict: decide(evidence), full: decide(evidenceOf(inOrder(candidate), inOrder(head))) };
}

type Pair = readonly [candidate: number | null, head: number | null];

/** Pairs of points out of `grades`, null where missing. */
function pairs(grades: number) {
  const points = fc.option(fc.nat(grades), { freq: 10 });
  return fc.record({
    rows: fc.array(fc.tuple(points, points), { maxLength: 60 }),
    waves: fc.infiniteStream(fc.integer({ min: 1, max: 25 })),
  });
}

const column = (rows: readonly Pair[], side: 0 | 1, grades = 1): Values =>
  rows.map((row) => (row[side] === null ? null : row[side] / grades));

/** The verdict as it is written down in the documents, over all pairs at once, in whole points. */
function reference(rows: readonly Pair[], maxMissing = 0.2): { gained: number; votes: number; tooMany: boolean } {
  const voting = rows.filter(([own, other]) => own !== null && other !== null);
  const gained = voting.reduce((sum, [own, other]) => sum + own! - other!, 0);
  return { gained, votes: voting.length, tooMany: rows.length - voting.length > maxMissing * rows.length + 1e-9 };
}

describe.each([
  ["binary", 1],
  ["graded", 10],
])("strict acceptance of %s scores", (_, grades) => {
  test("gives the verdict of the full evaluation over the pairs that vote, however large the waves are", () => {
    fc.assert(
      fc.property(pairs(grades), ({ rows, waves }) => {
        const { asked, verdict, full } = race(
          column(rows, 0, grades),
          column(rows, 1, grades),
          () => waves.next().value!,
        );
        const { gained, votes, tooMany } = reference(rows);
        const { accepted, decided } = full;
        expect(verdict).toMatchObject({ accepted, decided });
        expect(accepted).toBe(gained > 0 && !tooMany);
        if (gained > 0 || !tooMany) expect(decided).toBe(!tooMany);
        expect(full.delta).toBeCloseTo(votes === 0 ? 0 : gained / grades / votes, 9);
        if (accepted) expect(asked).toBe(rows.length);
        else if (decided) expect(verdict.delta).toBeLessThanOrEqual(1e-9);
      }),
      { numRuns: 400 },
    );
  });
});

const score = fc.option(fc.constantFrom(0, 0.5, 1), { freq: 5 });
const missingPairs = fc.array(
  fc.tuple(score, score).filter((pair) => pair.includes(null)),
  { maxLength: 6 },
);

/** Evidence for a gate, with fewer tokens or not, so that `no-worse` has both of its bars. */
const evidences = fc.record({
  rows: fc.array(fc.tuple(score, score), { minLength: 1, maxLength: 9 }),
  fewer: fc.boolean(),
  gate: fc.constantFrom(strictAcceptance, noWorseAcceptance),
  maxMissing: fc.constantFrom(0, 0.2, 0.5, 0.9),
});
const of = (
  rows: readonly Pair[],
  { fewer, maxMissing }: { fewer: boolean; maxMissing: number },
  asked = rows.length,
) =>
  evidenceOf(column(rows.slice(0, asked), 0), column(rows, 1), {
    maxMissing,
    tokens: { candidate: fewer ? 9 : 10, other: 10 },
  });

describe("pairs with a missing side", () => {
  test("never change a verdict while they are no more than may be, whichever side is missing and wherever they stand", () => {
    fc.assert(
      fc.property(evidences, missingPairs, fc.nat(), ({ rows, gate, fewer }, added, seed) => {
        const known = rows.filter((pair) => !pair.includes(null));
        fc.pre(known.length > 0);
        const mixed = permutation(known.length + added.length, createDraw(seed, 0, "mix")).map(
          (place) => [...known, ...added][place]!,
        );
        const allowed = { fewer, maxMissing: 0.99 };
        expect(gate.decide(of(mixed, allowed))).toEqual({
          ...gate.decide(of(known, allowed)),
          delta: expect.closeTo(gate.decide(of(known, allowed)).delta, 9),
        });
      }),
    );
  });

  test("count the same on either side, and the difference turns with the sides", () => {
    fc.assert(
      fc.property(evidences, ({ rows, gate, ...allowed }) => {
        const moved = rows.map(([own, other]): Pair =>
          own === null ? [other, null] : other === null ? [null, own] : [own, other],
        );
        fc.pre(rows.some((pair) => !pair.includes(null)));
        const all = { ...allowed, maxMissing: 0.99 };
        expect(gate.decide(of(moved, all))).toEqual(gate.decide(of(rows, all)));
        const turned = rows.map(([own, other]): Pair => [other, own]);
        expect(gate.decide(of(turned, all)).delta).toBeCloseTo(-gate.decide(of(rows, all)).delta, 9);
        const isWon = (each: readonly Pair[]) => strictAcceptance.decide(of(each, allowed)).accepted;
        expect(isWon(rows) && isWon(turned)).toBe(false);
      }),
    );
  });

  test("leave the verdict undecided where they are more than may be, with the counts as the reason", () => {
    const won = (missing: number) => Array.from({ length: 10 }, (_, row): Pair => [row < missing ? null : 1, 0]);
    const allowed = { fewer: false, maxMissing: 0.2 };
    expect(decide(of(won(2), allowed))).toMatchObject({ accepted: true, decided: true, delta: 1 });
    expect(decide(of(won(3), allowed))).toEqual({
      accepted: false,
      decided: false,
      reason: "too many missing results: 3 of 10 tasks, maxMissing is 0.2",
      delta: 1,
    });
    expect(decide(of(won(10), { ...allowed, maxMissing: 0.99 }))).toMatchObject({ decided: false, delta: 0 });
    expect(decide(of(won(1), { ...allowed, maxMissing: 0 }))).toMatchObject({ decided: false });
  });

  test("of a head that lacks too much leave it undecided after any wave", () => {
    const rows: Pair[] = [
      [1, 0],
      [1, 0],
      [1, null],
      [1, null],
    ];
    for (const asked of [1, 2, 4]) {
      const evidence = of(rows, { fewer: false, maxMissing: 0.4 }, asked);
      expect(look(evidence)).toBe("enough");
      expect(decide(evidence)).toMatchObject({ accepted: false, decided: false });
    }
  });
});

/** All that the rows not asked yet may give. */
function* completions(length: number): Generator<Values> {
  if (length === 0) return void (yield []);
  for (const rest of completions(length - 1)) for (const first of [0, 0.5, 1, null]) yield [first, ...rest];
}

test("a look stops the race only where no completion changes the verdict, and goes on only where one can still be accepted", () => {
  fc.assert(
    fc.property(evidences, fc.nat(4), ({ rows, gate, ...allowed }, left) => {
      const asked = Math.max(0, rows.length - left);
      const now = of(rows, allowed, asked);
      const ends = [...completions(rows.length - asked)].map((values) =>
        gate.decide(
          of(
            rows.map(([own, other], row): Pair => [row < asked ? own : values[row - asked]!, other]),
            allowed,
          ),
        ),
      );
      if (gate.look(now) === "more") expect(ends.some(({ accepted }) => accepted)).toBe(true);
      else {
        const { accepted, decided } = gate.decide(now);
        for (const end of ends) expect(end).toMatchObject({ accepted, decided });
      }
    }),
    { numRuns: 300 },
  );
});

/** Numbers in 0..1, quicker to make than draws, of which a simulation needs many (Lehmer 1951, Park and Miller's constants). */
function createChance(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 48271) % 2147483647) / 2147483647;
}

test.each([
  ["both arms", 1, 1],
  ["the candidate alone", 1, 0],
  ["the head alone", 0, 1],
])("a candidate that is the head again is accepted as often with missing results of %s as without", (_, own, other) => {
  const [tasks, trials] = [100, 1500];
  const acceptedShare = (rate: number) => {
    const next = createChance(1);
    let accepted = 0;
    for (let trial = 0; trial < trials; trial += 1) {
      const abilities = Array.from({ length: tasks }, next);
      const arm = (missing: number): Values =>
        abilities.map((ability) => {
          const [isMissing, isRight] = [next() < missing, next() < ability];
          return isMissing ? null : isRight ? 1 : 0;
        });
      if (race(arm(own * rate), arm(other * rate), () => 20).verdict.accepted) accepted += 1;
    }
    return accepted / trials;
  };
  const base = acceptedShare(0);
  expect(base).toBeGreaterThan(0.4);
  for (const rate of [0.02, 0.05]) expect(Math.abs(acceptedShare(rate) - base)).toBeLessThan(0.05);
});

describe("strict acceptance", () => {
  test("asks the head's failures first, what is missing last, ties in their order", () => {
    const values = [1, 0, null, 0.5, 0, 1, 0.5];
    expect(plan(values, noDraw)).toEqual({
      order: "fails-first",
      tasks: [1, 4, 3, 6, 0, 5, 2],
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

  test("looks for more while the candidate may still win, and tells the best still possible as delta", () => {
    const open = evidenceOf([0], [0, 0, 1, 1]);
    expect(look(open)).toBe("more");
    expect(decide(open)).toEqual({ accepted: false, decided: false, reason: "not enough evidence", delta: 0.25 });
    const lost = evidenceOf([0, 0], [0, 0, 1, 1]);
    expect(look(lost)).toBe("enough");
    expect(decide(lost)).toEqual({ accepted: false, decided: true, reason: "cannot improve any more", delta: 0 });
  });

  test("goes on to the end for a candidate that is already ahead, as the next head needs all of its column", () => {
    expect(look(evidenceOf([1, 1], [0, 0, 0, 0]))).toBe("more");
    expect(decide(evidenceOf([1, 1], [0, 0, 0, 0]))).toMatchObject({ accepted: false, decided: false });
  });

  test("does not accept on no tasks at all", () => {
    expect(decide(evidenceOf([], []))).toEqual({ accepted: false, decided: true, reason: "no improvement", delta: 0 });
  });

  test.each([
    [0.5, 0.5],
    [0.8, 0.2],
  ])("stops an edit that changes nothing under a head of %d after a share of %d (04-peers)", (passed, share) => {
    const size = 200;
    for (const seed of [1, 2, 3]) {
      const order = permutation(size, createDraw(seed, 0, "anchor"));
      const head = order.map((place) => (place < passed * size ? 1 : 0));
      expect(race(head, head, () => 1).asked / size).toBeCloseTo(share, 9);
      expect(race(head, head, () => 20).asked / size).toBeCloseTo(share, 9);
    }
  });

  test("stops a harmful edit (repairs 5 %, breaks 15 %) after about a quarter under a head of 0.8", () => {
    const shares = Array.from({ length: 40 }, (_, seed) => {
      const drawAt = createDraw(seed, 0, "harmful");
      const head = Array.from({ length: 200 }, (__, index) => (drawAt(index) < 0.8 ? 1 : 0));
      const change = (value: number, index: number) =>
        drawAt(1000 + index) < (value === 1 ? 0.15 : 0.05) ? 1 - value : value;
      return race(head.map(change), head, () => 1).asked / 200;
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
    const gates = [strictAcceptance, noWorseAcceptance];
    expect(gates.map(({ takesShorter }) => takesShorter)).toEqual([false, true]);
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
