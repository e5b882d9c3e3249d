import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { forecastRun, newStanding, type Purse } from "../../policies/forecast.ts";
import { noWorseAcceptance } from "../../policies/acceptance.ts";
import { againstHead, leastRollouts, noTrial, type Trial } from "../../policies/trial.ts";
import type { SettingsInput } from "../../state/settings.ts";
import { settingsOf } from "./records.ts";

const gated = againstHead(noWorseAcceptance);
const sizes = { train: 700, validation: 148 };

function forecastOf(
  settings: SettingsInput,
  { standing = newStanding, purses = [] as Purse[], trial = gated as Trial } = {},
) {
  return forecastRun({ settings: settingsOf(settings), sizes, trial, standing, purses });
}

describe("what a budget buys", () => {
  test.each<[string, SettingsInput, object]>([
    // 2,000 less 100 for the start; a generation takes 160 at most, 80 with a candidate that a wave turns down, 60 without one.
    [
      "rollouts",
      { budgetRollouts: 2000 },
      { generations: { least: 12, most: 32 }, decisions: { least: 12, most: 24 } },
    ],
    ["one decision", { budgetRollouts: 260 }, { generations: { least: 1, most: 2 }, decisions: { least: 1, most: 2 } }],
    [
      "the least there may be",
      { budgetRollouts: 180 },
      { generations: { least: 1, most: 1 }, decisions: { least: 0, most: 1 } },
    ],
    ["generations", { generations: 7 }, { generations: { least: 7, most: 7 }, decisions: { least: 7, most: 7 } }],
    [
      "the first bound of two",
      { generations: 20, budgetRollouts: 2000 },
      { generations: { least: 12, most: 20 }, decisions: { least: 12, most: 20 }, bound: "budgetRollouts" },
    ],
    [
      "more rollouts than generations",
      { generations: 3, budgetRollouts: 9000 },
      { generations: { least: 3, most: 3 }, bound: "generations" },
    ],
    [
      "a smaller validation set",
      { budgetRollouts: 2000, validation: 20, wave: 20 },
      { decisions: { least: 25, most: 25 } },
    ],
    ["a wave that is all of it", { budgetRollouts: 2000, wave: 500 }, { decisions: { least: 11, most: 11 } }],
  ])("%s", (_, settings, expected) => {
    expect(forecastOf(settings)).toMatchObject(expected);
  });

  test("without a gate is generations, each of which decides by itself", () => {
    const { generations, decisions } = forecastOf({ budgetRollouts: 660, acceptance: "always" }, { trial: noTrial });
    expect(generations).toEqual(decisions);
    expect(generations).toEqual({ least: 11, most: 11 });
  });

  test("goes on from where a run stands", () => {
    const standing = { generation: 5, taken: 300, rollouts: 900, isMeasured: true };
    expect(forecastOf({ budgetRollouts: 1220 }, { standing }).decisions.least).toBe(2);
    expect(forecastOf({ generations: 7 }, { standing }).generations).toEqual({ least: 2, most: 2 });
    expect(forecastOf({ budgetRollouts: 900 }, { standing })).toMatchObject({ generations: { least: 0, most: 0 } });
  });

  test("reckons with what a rollout and a generation take of another budget", () => {
    const purse: Purse = { bound: "usd", left: 10, rollout: 0.005, generation: 0.2 };
    // 10 less 0.50 for the start; a generation takes 1.00 at most, 0.60 with one wave, 0.50 without a candidate.
    expect(forecastOf({ generations: 50, sampling: "minibatch" }, { purses: [purse] })).toEqual({
      generations: { least: 10, most: 19 },
      decisions: { least: 9, most: 16 },
      bound: "usd",
    });
    expect(forecastOf({ generations: 5 }, { purses: [{ ...purse, rollout: 0, generation: 0 }] }).bound).toBe(
      "generations",
    );
  });

  test("takes no longer for a budget of any size", () => {
    const { generations } = forecastOf({ budgetRollouts: Number.MAX_SAFE_INTEGER });
    expect(generations.least).toBeGreaterThan(1e13);
  });
});

test("a run that measures as much as it happens to stays within its forecast", () => {
  const settings = fc.record({
    budgetRollouts: fc.integer({ min: 1, max: 600 }),
    batch: fc.integer({ min: 1, max: 30 }),
    wave: fc.integer({ min: 1, max: 30 }),
    validation: fc.integer({ min: 1, max: 40 }),
    generations: fc.option(fc.integer({ min: 1, max: 20 })),
    sampling: fc.constantFrom("epoch" as const, "minibatch" as const),
  });
  const sized = fc.record({ train: fc.integer({ min: 1, max: 50 }), validation: fc.integer({ min: 1, max: 40 }) });
  const shares = fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true }));
  fc.assert(
    fc.property(settings, sized, shares, fc.double({ min: 0, max: 1, noNaN: true }), (input, suite, share, idle) => {
      const parsed = settingsOf(input);
      const validation = Math.min(input.validation, suite.validation);
      const wave = Math.min(input.wave, validation);
      const least = leastRollouts({ trial: gated }, parsed, suite);
      fc.pre(input.budgetRollouts >= validation + least);
      const { generations, decisions } = forecastRun({
        settings: parsed,
        sizes: suite,
        trial: gated,
        standing: newStanding,
        purses: [],
      });
      let [left, taken, begun, measured, cut] = [input.budgetRollouts - validation, 0, 0, 0, 0];
      while (left >= least && begun < (input.generations ?? Infinity)) {
        const at = taken % suite.train;
        const batch =
          input.sampling === "epoch" ? Math.min(input.batch, suite.train - at) : Math.min(input.batch, suite.train);
        const isIdle = share.next().value! < idle;
        const wanted = isIdle ? 0 : Math.round(wave + share.next().value! * (validation - wave));
        begun += 1;
        if (!isIdle && batch + wanted <= left) measured += 1;
        if (!isIdle && batch + wanted > left) cut += 1;
        left -= Math.min(left, batch + wanted);
        taken += batch;
      }
      expect(begun).toBeGreaterThanOrEqual(generations.least);
      expect(begun).toBeLessThanOrEqual(generations.most);
      expect(measured + cut).toBeLessThanOrEqual(decisions.most);
      if (idle === 0) expect(measured).toBeGreaterThanOrEqual(decisions.least);
    }),
    { numRuns: 400 },
  );
});
