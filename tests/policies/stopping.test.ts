import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { affordable } from "../../policies/budget.ts";
import { firstBound } from "../../policies/stopping.ts";
import type { SettingsInput } from "../../state/settings.ts";
import { recordOf, settingsOf } from "./records.ts";

const unbounded: SettingsInput = { generations: 1000, batch: 5, wave: 3 };
interface Place {
  generation?: number;
  score?: number | null;
  rollouts?: number;
  idle?: number;
  /** Rollouts without which no generation is begun. */
  least?: number;
}

function stopOf(changes: SettingsInput, place: Place = {}) {
  const { generation = 1, score = 0.5, rollouts = 0, idle = 0, least = 8 } = place;
  const settings = settingsOf({ ...unbounded, ...changes });
  const spent = { rollouts, simulations: 9999, tokens: 0 };
  return firstBound.decide({ generation, score, spent, settings, least, epoch: null }, { idle });
}

describe("stopping at the first bound", () => {
  test("goes on while no bound is reached", () => {
    expect(stopOf({})).toBeNull();
    const all = { target: 0.9, generations: 3, patience: 2, budgetRollouts: 100 };
    expect(stopOf(all, { generation: 2, score: 0.89, idle: 1, rollouts: 92 })).toBeNull();
  });

  test.each<[string, SettingsInput, Place]>([
    ["target", { target: 0.9 }, { score: 0.9 }],
    ["generations", { generations: 3 }, { generation: 3 }],
    ["patience", { patience: 2 }, { idle: 2 }],
    ["budget", { budgetRollouts: 100 }, { rollouts: 93 }],
  ])("names the bound: %s", (reason, settings, place) => {
    expect(stopOf(settings, place)).toBe(reason);
  });

  test("names target before generations before patience before budget", () => {
    const all = { target: 0.5, generations: 1, patience: 1, budgetRollouts: 1 };
    expect(stopOf(all, { idle: 1 })).toBe("target");
    expect(stopOf({ ...all, target: 1 }, { idle: 1 })).toBe("generations");
    expect(stopOf({ ...all, target: 1, generations: 2 }, { idle: 1 })).toBe("patience");
    expect(stopOf({ ...all, target: 1, generations: 2 }, { idle: 0 })).toBe("budget");
  });

  test("goes on exactly as long as the budget holds the least generation", () => {
    expect(stopOf({ budgetRollouts: 100 }, { rollouts: 94, least: 6 })).toBeNull();
    expect(stopOf({ budgetRollouts: 100 }, { rollouts: 95, least: 6 })).toBe("budget");
  });

  test("takes no score for no target reached", () => {
    expect(stopOf({ target: 0.1 }, { score: null })).toBeNull();
    expect(stopOf({ target: 0 }, { score: null })).toBeNull();
  });

  test("counts generations without acceptance, from the last acceptance on", () => {
    const { learn, start } = firstBound.memory!;
    const after = (...accepted: boolean[]) =>
      accepted.reduce(
        (memory, isAccepted) =>
          learn(
            memory,
            recordOf({ verdict: { accepted: isAccepted, decided: true, reason: "", delta: 0 } }),
            settingsOf(),
          ),
        start,
      );
    expect(after(false, false)).toEqual({ idle: 2 });
    expect(after(false, true)).toEqual({ idle: 0 });
    expect(after(false, true, false)).toEqual({ idle: 1 });
  });
});

describe("the budget of rollouts", () => {
  test("holds exactly what is left, and everything where there is none", () => {
    const left = { rollouts: 7, simulations: 0, tokens: 0 };
    const settings = settingsOf({ budgetRollouts: 10 });
    expect([2, 3, 4].map((wanted) => affordable(settings, left, wanted))).toEqual([2, 3, 3]);
    expect(affordable(settings, { rollouts: 12, simulations: 0, tokens: 0 }, 4)).toBe(0);
    expect(affordable(settingsOf(), { rollouts: 1e6, simulations: 0, tokens: 0 }, 4)).toBe(4);
  });

  test("holds as much of what is wanted as fits, and no more", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 50 }), fc.nat(60), fc.nat(60), (budget, rollouts, wanted) => {
        const settings = settingsOf({ budgetRollouts: budget });
        const allowed = affordable(settings, { rollouts, simulations: 0, tokens: 0 }, wanted);
        expect(allowed === 0 || rollouts + allowed <= budget).toBe(true);
        expect(allowed === wanted || rollouts + allowed >= budget).toBe(true);
        expect(allowed >= 0 && allowed <= wanted).toBe(true);
      }),
    );
  });
});
