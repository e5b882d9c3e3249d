import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { halfOf, mostHalves } from "../../../policies/audits/halves.ts";
import { judgeAudit, lookAtAudit } from "../../../policies/audits/judgement.ts";
import type { Values } from "../../../state/archive.ts";
import { evidenceOf } from "../../support/gate/evidence.ts";

const repeat = (value: number | null, times: number): Values => Array.from({ length: times }, () => value);
const judge = (
  candidate: Values,
  other: Values,
  mustEnd = false,
  { least = 5, errors = 0, expected = 0, batch = [] as Values } = {},
) => judgeAudit(evidenceOf(candidate, other), { batch, mustEnd, least, errors, expected });

describe("the judgement of an audit", () => {
  test.each([
    { name: "passes what is clearly better", one: repeat(1, 10), other: repeat(0, 10), accepted: true, look: "enough" },
    { name: "fails what is clearly worse", one: repeat(0, 10), other: repeat(1, 10), accepted: false, look: "enough" },
    {
      name: "passes any gain at its end",
      one: [1, ...repeat(0, 9)],
      other: repeat(0, 10),
      accepted: true,
      look: "more",
    },
    { name: "is open where there is no gain", one: repeat(1, 10), other: repeat(1, 10), accepted: false, look: "more" },
  ])("$name", ({ one, other, accepted, look }) => {
    expect(judge(one, other)).toMatchObject({ accepted, decided: accepted || look === "enough" });
    expect(lookAtAudit(evidenceOf(one, other), [])).toBe(look);
  });

  test("passes a gain that the batch of the checked program makes clear, and on no batch what is no gain", () => {
    const [two, none] = [[1, 1, 0, 0, 0], repeat(0, 5)];
    const looked = (candidate: Values, other: Values, batch: Values) => [
      lookAtAudit(evidenceOf(candidate, other), batch),
      judge(candidate, other, true, { batch, errors: 2 }).accepted,
    ];
    expect(looked(two, none, repeat(0, 40))).toEqual(["enough", true]);
    expect(looked(two, none, [])).toEqual(["more", false]);
    expect(looked(two, none, repeat(null, 40))).toEqual(["more", false]);
    // One won of five is no more than its error, nor is what a float makes of a tie.
    expect(looked([1, 0, 0, 0, 0], none, repeat(0, 40))).toEqual(["more", false]);
    expect(looked([0.4, 0.5, 0.2, 0.9, 0.9], [0.3, 0.3, 0.5, 0.9, 0.9], repeat(0, 40))).toEqual(["more", false]);
    // A result that is missing counts on neither side.
    expect(looked([1, 1, 0, 0, 0, null], [0, 0, 0, 0, 0, 0], repeat(0, 40))).toEqual(["enough", true]);
    // The checked program does better on its batch than on these tasks.
    expect(looked(two, none, repeat(1, 40))).toEqual(["more", false]);
    // The tasks of the audit are the easier ones.
    expect(looked(two, two, repeat(0, 40))).toEqual(["more", false]);
    expect(looked([1, 1, 0, 0], repeat(0, 4), repeat(0, 40))).toEqual(["more", false]);
  });

  test("must end without a gain: then it fails", () => {
    expect(judge(repeat(1, 10), repeat(1, 10))).toMatchObject({ inconclusive: "keep" });
    expect(judge(repeat(1, 10), repeat(1, 10), true)).toMatchObject({ accepted: false, decided: true });
  });

  test("passes a doubted proposer only what is above an error of its mean", () => {
    const [even, one, two] = [repeat(0, 10), [1, ...repeat(0, 9)], [1, 1, ...repeat(0, 8)]];
    expect(judge(one, even, true, { errors: 1 }).accepted).toBe(false);
    expect(judge(two, even, true, { errors: 1 }).accepted).toBe(true);
  });

  test("takes a tie for a gain where one is expected, and a loss for none", () => {
    const [even, lost] = [repeat(1, 10), [0, ...repeat(1, 9)]];
    expect(judge(even, even, true, { expected: 0.01 }).accepted).toBe(true);
    expect(judge(even, even, true, { expected: 0 }).accepted).toBe(false);
    expect(judge(lost, even, true, { expected: 1 }).accepted).toBe(false);
  });

  test("decides nothing on too few tasks, and where too many results are missing", () => {
    expect(judge([1, 1], [0, 0], true)).toMatchObject({ decided: false, reason: "too few tasks for an audit: 2 of 5" });
    expect(judge([1, 1], [0, 0], true, { least: 2 })).toMatchObject({ accepted: true });
    expect(judge([...repeat(1, 7), ...repeat(null, 3)], repeat(0, 10), true)).toMatchObject({ decided: false });
    expect(judge([], [], true)).toMatchObject({ accepted: false, decided: false });
  });

  test("never passes a program and fails its opposite the other way round", () => {
    const scores = fc.array(fc.tuple(fc.constantFrom(0, 0.5, 1), fc.constantFrom(0, 0.5, 1)), {
      minLength: 5,
      maxLength: 40,
    });
    fc.assert(
      fc.property(scores, (pairs) => {
        const [one, other] = [pairs.map(([score]) => score), pairs.map(([, score]) => score)];
        const [there, back] = [judge(one, other, true), judge(other, one, true)];
        expect(there.accepted && back.accepted).toBe(false);
        expect(there.delta).toBeCloseTo(-back.delta, 12);
      }),
    );
  });
});

describe("halves of a stretch that failed", () => {
  test("looks at the middle, while it was worth more than the look", () => {
    expect(halfOf({ good: 0, bad: 4, looks: 0 }, { price: 40, worth: 20 })).toBe(1);
    expect(halfOf({ good: 0, bad: 4, looks: 0 }, { price: 41, worth: 20 })).toBeNull();
    expect(halfOf({ good: 2, bad: 4, looks: 1 }, { price: 20, worth: 20 })).toBe(2);
    expect(halfOf({ good: 0, bad: 0, looks: 0 }, { price: 0, worth: 20 })).toBeNull();
    expect(halfOf({ good: 0, bad: 32, looks: mostHalves }, { price: 0, worth: 20 })).toBeNull();
  });
});
