import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { annealed, strictAcceptance, tolerantAcceptance, type Acceptance } from "../../../policies/acceptance.ts";
import { pairedAcceptance, type PairedTerms } from "../../../policies/acceptances/paired.ts";
import { raceAcceptance } from "../../../policies/acceptances/race.ts";
import { repairsAcceptance } from "../../../policies/acceptances/repairs.ts";
import type { Values } from "../../../state/archive.ts";
import { createDraw } from "../../../state/draw.ts";
import { evidenceOf } from "../../support/gate/evidence.ts";
import { settingsOf } from "../records.ts";

const draw = createDraw(1, 1, "plan");

/** Pairs that the candidate wins, loses and ties, the ties passed by both; the rest of the plan is not asked yet. */
function pairsOf(counts: { won?: number; lost?: number; tied?: number }): { candidate: Values; other: Values } {
  const { won = 0, lost = 0, tied = 0 } = counts;
  const times = (count: number, value: number) => Array<number>(count).fill(value);
  return {
    candidate: [...times(won, 1), ...times(lost, 0), ...times(tied, 1)],
    other: [...times(won, 0), ...times(lost, 1), ...times(tied, 1)],
  };
}

function decide(acceptance: Acceptance, counts: Parameters<typeof pairsOf>[0], changes = {}) {
  const { candidate, other } = pairsOf(counts);
  return acceptance.decide(evidenceOf(candidate, other, changes));
}

/** Rolls out the plan in waves, as the validator does. */
function rollOut(acceptance: Acceptance, { candidate, other }: { candidate: Values; other: Values }, wave: number) {
  const { tasks } = acceptance.plan(other, draw);
  const inOrder = (values: Values, until = values.length) => tasks.slice(0, until).map((task) => values[task] ?? null);
  for (let asked = 0; ; asked = Math.min(tasks.length, asked + wave)) {
    const evidence = evidenceOf(inOrder(candidate, asked), inOrder(other));
    if (acceptance.look(evidence) === "enough" || asked === tasks.length)
      return {
        asked,
        verdict: acceptance.decide(evidence),
        full: acceptance.decide(evidenceOf(inOrder(candidate), inOrder(other))),
      };
  }
}

const paired = (terms: Partial<PairedTerms> = {}) =>
  pairedAcceptance({ alpha: 0.1, leastGain: 0.02, mostLoss: 0, mostBroken: null, inconclusive: "drop", ...terms });

const all: Acceptance[] = [
  strictAcceptance,
  tolerantAcceptance(0.05),
  repairsAcceptance({ margin: 2, mostBroken: 3 }),
  paired(),
  paired({ mostBroken: 2 }),
  raceAcceptance(),
  annealed(0.1).at({ settings: settingsOf(), generation: 1, spent: { rollouts: 0, simulations: 0, tokens: 0 } }, draw),
];

const score = fc.option(fc.constantFrom(0, 0, 0.5, 1, 1), { freq: 8 });
const columns = fc.array(fc.tuple(score, score), { minLength: 1, maxLength: 50 }).map((rows) => ({
  candidate: rows.map(([candidate]) => candidate),
  other: rows.map(([, other]) => other),
}));

describe.each(all.map((acceptance) => [acceptance.name, acceptance] as const))("%s", (_, acceptance) => {
  test("gives one verdict however large the waves are, and the same where every task was asked", () => {
    fc.assert(
      fc.property(columns, fc.integer({ min: 1, max: 60 }), (given, wave) => {
        const { verdict, full } = rollOut(acceptance, given, wave);
        const { accepted, decided, reason } = full;
        expect(verdict).toMatchObject({ accepted, decided });
        if (accepted && acceptance.name.includes("race")) expect(verdict.reason).toBe(reason);
      }),
    );
  });

  test("does not decide where more pairs are missing than may be, and no pair votes whose one side is missing", () => {
    const lacking = (missing: number): Values => [
      ...Array<null>(missing).fill(null),
      ...Array<number>(20 - missing).fill(1),
    ];
    const other = Array<number>(20).fill(0);
    for (const [candidate, there] of [
      [lacking(5), other],
      [other.map(() => 1), lacking(5)],
    ] as const)
      expect(acceptance.decide(evidenceOf(candidate, [...there]))).toMatchObject({
        accepted: false,
        decided: false,
        reason: expect.stringContaining("missing"),
      });
    expect(acceptance.decide(evidenceOf(lacking(4), other))).toMatchObject({ accepted: true, decided: true, delta: 1 });
  });

  test("has not enough evidence of a plan that was cut short", () => {
    const evidence = evidenceOf([1], Array<number>(20).fill(0));
    expect(acceptance.look(evidence)).toBe("more");
    expect(acceptance.decide(evidence)).toMatchObject({
      accepted: false,
      decided: false,
      reason: "not enough evidence",
    });
  });
});

test("tolerant acceptance takes a mean gain above its band, and not one within", () => {
  expect(decide(tolerantAcceptance(0.1), { won: 2, tied: 8 })).toMatchObject({ accepted: true, delta: 0.2 });
  expect(decide(tolerantAcceptance(0.1), { won: 1, tied: 9 })).toMatchObject({ accepted: false, decided: true });
  // Of eight pairs that vote one is more than a tenth, though it is not of the ten that were asked.
  const { candidate, other } = pairsOf({ won: 1, tied: 7 });
  expect(tolerantAcceptance(0.1).decide(evidenceOf([null, null, ...candidate], [1, 1, ...other]))).toMatchObject({
    accepted: true,
  });
});

test.each([
  [{ won: 3, lost: 1 }, true],
  [{ won: 3, lost: 2 }, false],
  [{ won: 9, lost: 3 }, false],
  [{ won: 1 }, false],
])("repairs with margin 2 and at most two regressions: %j is accepted: %s", (counts, accepted) => {
  expect(decide(repairsAcceptance({ margin: 2, mostBroken: 2 }), { ...counts, tied: 5 })).toMatchObject({
    accepted,
    decided: true,
  });
});

test("repairs stop as soon as too much is broken, or too little is left to repair", () => {
  const { look } = repairsAcceptance({ margin: 2, mostBroken: 0 });
  expect(look(evidenceOf([0], [1, 0, 0, 0]))).toBe("enough");
  expect(look(evidenceOf([1, 0], [0, 0, 0]))).toBe("more");
  expect(look(evidenceOf([1, 0, 0], [0, 0, 0, 1]))).toBe("enough");
});

describe("a paired test", () => {
  test("takes what is better at its level: 6 of 7 discordant pairs at .1, not at .05", () => {
    expect(decide(paired(), { won: 6, lost: 1, tied: 20 })).toMatchObject({
      accepted: true,
      reason: "better (p = .063)",
    });
    expect(decide(paired({ alpha: 0.05 }), { won: 6, lost: 1, tied: 20 })).toMatchObject({ accepted: false });
    expect(decide(paired({ alpha: 0.05 }), { won: 8, lost: 1, tied: 20 })).toMatchObject({ accepted: true });
  });

  test("wants a gain that is worth it, whatever the p-value", () => {
    expect(decide(paired({ leastGain: 0.05 }), { won: 8, lost: 0, tied: 200 })).toMatchObject({ accepted: false });
    expect(decide(paired({ leastGain: 0.03 }), { won: 8, lost: 0, tied: 200 })).toMatchObject({ accepted: true });
  });

  test("tells rejected from inconclusive: a gain is out of reach, or it may be there", () => {
    expect(decide(paired(), { won: 2, lost: 12, tied: 86 })).toMatchObject({
      decided: true,
      reason: /^no gain of .02/,
    });
    expect(decide(paired(), { won: 2, lost: 12, tied: 86 }).inconclusive).toBeUndefined();
    for (const [inconclusive, decided] of [
      ["drop", true],
      ["keep", false],
      ["ask", false],
    ] as const)
      expect(decide(paired({ inconclusive }), { won: 9, lost: 6, tied: 85 })).toMatchObject({
        accepted: false,
        decided,
        inconclusive,
      });
  });

  test("rejects more regressions than may be, even of a candidate that is better", () => {
    expect(decide(paired({ mostBroken: 2 }), { won: 30, lost: 3, tied: 20 })).toMatchObject({
      accepted: false,
      decided: true,
      reason: "more than 2 tasks got worse",
    });
  });

  test("takes a shorter candidate, or one with a gain on the replay, that is shown not to lose more than it may", () => {
    const shorter = { tokens: { candidate: 5, other: 10 } };
    const terms = paired({ mostLoss: 0.05 });
    expect(decide(terms, { tied: 100 }, shorter)).toMatchObject({ accepted: true, reason: "not worse by 0.05" });
    expect(decide(terms, { tied: 100 }, { gain: 3 })).toMatchObject({ accepted: true });
    expect(decide(terms, { tied: 100 })).toMatchObject({ accepted: false });
    expect(decide(terms, { tied: 10 }, shorter)).toMatchObject({ accepted: false });
    expect(decide(paired(), { tied: 100 }, shorter)).toMatchObject({ accepted: false });
  });

  test("stops at an eighth of the plan where even a win of all pairs to come would not do, unless those kept have more", () => {
    const other = [...Array<number>(10).fill(0), ...Array<number>(70).fill(1)];
    const evidence = (rows: number) => evidenceOf(Array<number>(rows).fill(0), other);
    expect(paired().look(evidence(9))).toBe("more");
    expect(paired().look(evidence(10))).toBe("enough");
    expect(paired({ inconclusive: "keep" }).look(evidence(10))).toBe("more");
  });
});

describe("a race", () => {
  // ln(.5) is two lost pairs in a row, ln(8) eight won ones, ln(3) four: 1.32^8 = 9.2, 1.32^4 = 3.04, .68^2 = .46.
  test.each([
    [{ won: 8, tied: 9 }, true, "won the race"],
    [{ won: 4, tied: 30 }, true, "won the race"],
    [{ won: 3, tied: 30 }, false, "no improvement"],
    [{ lost: 2, tied: 30 }, false, "no improvement"],
    [{ won: 6, lost: 1, tied: 30 }, true, "won the race"],
    [{ won: 5, lost: 1, tied: 30 }, false, "no improvement"],
  ])("%j is accepted: %s", (counts, accepted, reason) => {
    expect(decide(raceAcceptance(), counts)).toMatchObject({ accepted, decided: true, reason });
  });

  test("ends with the row that decides it, whatever comes after", () => {
    const zeros = Array<number>(40).fill(0);
    const won = (rows: number): Values => Array<number>(rows).fill(1);
    expect(raceAcceptance().look(evidenceOf(won(7), zeros))).toBe("more");
    expect(raceAcceptance().look(evidenceOf(won(8), zeros))).toBe("enough");
    expect(raceAcceptance().decide(evidenceOf([...won(8), ...zeros.slice(8)], zeros))).toMatchObject({
      accepted: true,
    });
    expect(raceAcceptance().look(evidenceOf([0, 0], [1, 1, ...zeros]))).toBe("enough");
  });

  test("ends where a win of all that is left would not do", () => {
    const passed = Array<number>(40).fill(1);
    expect(raceAcceptance().look(evidenceOf([], [0, 0, 0, ...passed]))).toBe("enough");
    expect(raceAcceptance().look(evidenceOf([], [0, 0, 0, 0, ...passed]))).toBe("more");
  });

  test("has an order that no outcome has a part in, those that cannot vote at its end", () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(0, 1), { minLength: 1, maxLength: 30 }), (values) => {
        const { plan } = raceAcceptance();
        expect(plan(values, draw)).toEqual(
          plan(
            values.map((value) => 1 - value),
            draw,
          ),
        );
        const tasks = plan([null, ...values], draw).tasks;
        expect(tasks.at(-1)).toBe(0);
        expect(tasks.toSorted((a, b) => a - b)).toEqual([...tasks.keys()]);
      }),
    );
  });

  test("bets more on graded scores, which differ by less, and never all of it", () => {
    const grades = [0.4, 0.5, 0.6, 0.5].flatMap((value) => Array<number>(10).fill(value));
    const better = grades.map((value) => value + 0.1);
    expect(raceAcceptance().decide(evidenceOf(better, grades))).toMatchObject({ accepted: true });
    expect(raceAcceptance().decide(evidenceOf(grades, better))).toMatchObject({ accepted: false, decided: true });
    const even = Array<number>(40).fill(0.5);
    expect(
      Number.isFinite(
        raceAcceptance().decide(
          evidenceOf(
            even.map(() => 0),
            even,
          ),
        ).delta,
      ),
    ).toBe(true);
  });
});

describe("annealed acceptance", () => {
  const at = (generation: number, u: number) =>
    annealed(0.1).at(
      { settings: settingsOf({ generations: 11 }), generation, spent: { rollouts: 0, simulations: 0, tokens: 0 } },
      () => 1 - u,
    );

  test("takes a loss smaller than the temperature times the draw says, less of it later, and any gain", () => {
    // t ln u at the start: .1 ln(.5) = -.069; at half of the run half of that.
    expect(decide(at(1, 0.5), { lost: 6, tied: 94 }).accepted).toBe(true);
    expect(decide(at(1, 0.5), { lost: 7, tied: 93 }).accepted).toBe(false);
    expect(decide(at(6, 0.5), { lost: 4, tied: 96 }).accepted).toBe(false);
    expect(decide(at(6, 0.5), { lost: 3, tied: 97 }).accepted).toBe(true);
    expect(decide(at(6, 1), { won: 1, tied: 9 }).accepted).toBe(true);
    expect(decide(at(6, 1), { tied: 9 }).accepted).toBe(false);
  });
});
