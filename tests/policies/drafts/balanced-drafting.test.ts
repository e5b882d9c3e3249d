import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { oneDraft, type Drafting } from "../../../policies/drafting.ts";
import { balanceOf, meanBalance } from "../../../policies/drafts/balance.ts";
import { balancedDrafting, type BalanceOptions } from "../../../policies/drafts/balanced-drafting.ts";
import { learnAll, recall, type Learned } from "../../../policies/policy.ts";
import { SettingsError, StateError } from "../../../state/errors.ts";
import type { Json } from "../../../state/json.ts";
import { hashOf, recordOf, settingsOf } from "../records.ts";

describe("the balance of B-STaR", () => {
  test.each([
    [{ selected: 16, good: 10 }, 0.625],
    [{ selected: 8, good: 4 }, 0.25],
    [{ selected: 0, good: 0 }, 0],
  ])("of %j, with 8 wanted, is %d", (counts, balance) => expect(balanceOf(counts, 8)).toBe(balance));

  test("is a mean over what has a selected one, and null without any", () => {
    expect(
      meanBalance(
        [
          { selected: 16, good: 10 },
          { selected: 0, good: 0 },
          { selected: 8, good: 4 },
        ],
        8,
      ),
    ).toBe(0.4375);
    expect(meanBalance([{ selected: 0, good: 0 }], 8)).toBeNull();
  });

  test("is in 0..1, and refuses more good ones than there are", () => {
    fc.assert(
      fc.property(fc.nat(20), fc.nat(20), fc.integer({ min: 1, max: 20 }), (good, bad, wanted) => {
        const balance = balanceOf({ selected: good + bad, good }, wanted);
        expect(balance).toBeGreaterThanOrEqual(0);
        expect(balance).toBeLessThanOrEqual(1);
      }),
    );
    expect(() => balanceOf({ selected: 1, good: 2 }, 8)).toThrow(StateError);
  });
});

const settings = settingsOf({ candidates: 4 });

/** A generation whose drafts gained so much over what they were compared with, null where nothing was decided. */
function generation(...deltas: Array<number | null>): Learned {
  const candidates = deltas.map((delta, at) => {
    const verdict = { accepted: false, decided: delta !== null, reason: "", delta: delta ?? 0 };
    return { program: hashOf(`draft ${at}`), verdict };
  });
  return recordOf({ candidates });
}

/** How many drafts the plans have, before and after each of the generations. */
function breadths(policy: Drafting, generations: readonly Learned[]): number[] {
  let memories: Record<string, Json> = {};
  const next = () => {
    const plan = policy.decide({ batch: [], settings }, recall(policy, memories), () => 0);
    return plan.kind === "separate" ? plan.drafts : 0;
  };
  return [
    next(),
    ...generations.map((record) => {
      memories = learnAll([policy], memories, record, settings);
      return next();
    }),
  ];
}

describe("drafting in that balance", () => {
  const wide = (options?: BalanceOptions) => balancedDrafting({ wanted: 2, ...options });

  test.each<[string, Learned, number]>([
    // 1: 1/2 * 1; 2: 1 * 1; 3: 1 * 2/3.
    ["two where the first two are good", generation(0.1, 0.2, 0, -0.1), 2],
    // 1: 1/2 * 1; 2: 1/2 * 1/2.
    ["one where only the first one is", generation(0.1, 0, 0, 0), 1],
    // 4: 1/2 * 1/4, and nothing before it.
    ["all where the last one is", generation(0, 0, 0, 0.1), 4],
    ["all where none is", generation(0, -0.1, 0, 0), 4],
    ["all where nothing was decided", generation(null, null), 4],
  ])("takes %s", (_, record, expected) => expect(breadths(wide(), [record])).toEqual([4, expected]));

  test("counts a program once, and none that the guard kept out", () => {
    const record = generation(0.1, 0.1, 0.1);
    const [first, second, third] = record.candidates;
    const candidates = [first!, { ...second!, program: first!.program }, { ...third!, verdict: null }];
    expect(breadths(wide(), [{ ...record, candidates }])).toEqual([4, 1]);
  });

  test("is wide again after so many generations, of which those without a draft are none", () => {
    const narrow = generation(0.1);
    const all = [generation(0.1, 0, 0, 0), narrow, generation(), narrow, generation(0.1, 0.1, 0.1, 0.1), narrow];
    expect(breadths(wide({ every: 3, window: 1 }), all)).toEqual([4, 1, 1, 1, 4, 2, 2]);
  });

  test("leaves plans without a number of drafts as they are, and shows the balances", () => {
    const none: Drafting = { ...oneDraft, decide: () => ({ kind: "none" }) };
    expect(breadths(balancedDrafting({}, none), [])).toEqual([0]);
    const policy = wide();
    const memories = learnAll([policy], {}, generation(0.1, 0), settings);
    expect(policy.describe?.(recall(policy, memories)).rows).toEqual([
      [1, "0.500"],
      [2, "0.250"],
    ]);
  });

  test("holds the bound of its memory", () => {
    const policy = wide({ every: 1, window: 20 });
    const many = generation(...Array.from({ length: 16 }, () => 0));
    const all = Array.from({ length: 25 }, () => many);
    const learn = (memories: Record<string, Json>, record: Learned) =>
      learnAll([policy], memories, record, settingsOf({ candidates: 16 }));
    expect(() => all.reduce(learn, {})).not.toThrow();
  });

  test("refuses a run with one candidate, and options out of range", () => {
    expect(() => wide().decide({ batch: [], settings: settingsOf() }, wide().memory!.start, () => 0)).toThrow(
      /candidates is 1/,
    );
    for (const options of [{ wanted: 0 }, { margin: 2 }, { every: 0 }, { window: 21 }])
      expect(() => wide(options)).toThrow(SettingsError);
  });
});
