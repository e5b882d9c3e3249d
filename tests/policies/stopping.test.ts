import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { affordable } from "../../policies/budget.ts";
import { hasConverged } from "../../policies/library-growth.ts";
import { learnAll, recall } from "../../policies/policy.ts";
import { endingOf, firstBound, whenConverged } from "../../policies/stopping.ts";
import { SettingsError } from "../../state/errors.ts";
import type { SettingsInput } from "../../state/settings.ts";
import { recordOf, settingsOf } from "./records.ts";

const unbounded: SettingsInput = { generations: 1000, batch: 5, wave: 3 };
interface Place {
  generation?: number;
  score?: number | null;
  /** Tasks that the score is of, and of the suite. */
  tasks?: number;
  all?: number;
  rollouts?: number;
  idle?: number;
  /** Rollouts without which no generation is begun. */
  least?: number;
}

function stopOf(changes: SettingsInput, place: Place = {}) {
  const { generation = 1, score = 0.5, tasks = 10_000, all = 20_000, rollouts = 0, idle = 0, least = 8 } = place;
  const settings = settingsOf({ ...unbounded, ...changes });
  const spent = { rollouts, simulations: 9999, tokens: 0 };
  return firstBound.decide(
    { generation, measured: { score, tasks, all }, spent, settings, least, epoch: null },
    { idle },
  );
}

describe("stopping at the first bound", () => {
  test("goes on while no bound is reached", () => {
    expect(stopOf({})).toBeNull();
    const all = { target: 0.9, generations: 3, patience: 2, budgetRollouts: 100 };
    expect(stopOf(all, { generation: 2, score: 0.89, idle: 1, rollouts: 92 })).toBeNull();
  });

  test.each<[string, SettingsInput, Place]>([
    ["target", { target: 0.9 }, { score: 0.91 }],
    ["target", { target: 1 }, { score: 1, tasks: 24, all: 24 }],
    ["generations", { generations: 3 }, { generation: 3 }],
    ["patience", { patience: 2 }, { idle: 2 }],
    ["budget", { budgetRollouts: 100 }, { rollouts: 93 }],
  ])("names the bound: %s", (reason, settings, place) => {
    expect(stopOf(settings, place)).toBe(reason);
  });

  test("names target before generations before patience before budget", () => {
    const all = { target: 0.4, generations: 1, patience: 1, budgetRollouts: 1 };
    expect(stopOf(all, { idle: 1 })).toBe("target");
    expect(stopOf({ ...all, target: 1 }, { idle: 1 })).toBe("generations");
    expect(stopOf({ ...all, target: 1, generations: 2 }, { idle: 1 })).toBe("patience");
    expect(stopOf({ ...all, target: 1, generations: 2 }, { idle: 0 })).toBe("budget");
  });

  test("goes on exactly as long as the budget holds the least generation", () => {
    expect(stopOf({ budgetRollouts: 100 }, { rollouts: 94, least: 6 })).toBeNull();
    expect(stopOf({ budgetRollouts: 100 }, { rollouts: 95, least: 6 })).toBe("budget");
  });

  test.each<[string, Parameters<typeof endingOf>, ReturnType<typeof endingOf>]>([
    ["at once", ["target", { closing: null, standing: "checked" }], { closing: null, stop: "target" }],
    ["after an audit", ["target", { closing: null, standing: "provisional" }], { closing: "target", stop: null }],
    ["for its reason", [null, { closing: "patience", standing: "rolled back" }], { closing: null, stop: "patience" }],
    ["at the target", ["target", { closing: "target", standing: "checked" }], { closing: null, stop: "target" }],
    ["not at one that is lost", [null, { closing: "target", standing: "rolled back" }], { closing: null, stop: null }],
    ["then for another", ["budget", { closing: "target", standing: "checked" }], { closing: null, stop: "budget" }],
  ])("ends a run %s", (_, given, expected) => {
    expect(endingOf(...given)).toEqual(expected);
  });

  test("is not sure of a target that a few tasks reached, and is if they are all there are", () => {
    expect(stopOf({ target: 0.9 }, { score: 0.95, tasks: 100 })).toBeNull();
    expect(stopOf({ target: 0.9 }, { score: 0.95, tasks: 400 })).toBe("target");
    expect(stopOf({ target: 1 }, { score: 1, tasks: 100, all: 249 })).toBeNull();
    expect(stopOf({ target: 1 }, { score: 1, tasks: 249, all: 249 })).toBe("target");
    expect(stopOf({ target: 0.9 }, { score: 0.95, tasks: 24, all: 24 })).toBeNull();
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

describe("stopping once the skills no longer grow", () => {
  const settings = settingsOf({ generations: 1000, target: null });
  const place = { generation: 9, measured: { score: 0.5, tasks: 100, all: 100 }, settings, least: 8, epoch: null };
  const spent = { rollouts: 0, simulations: 0, tokens: 0 };
  /** After these batches: accepted edits, and rollouts. */
  function stopAfter(batches: ReadonlyArray<readonly [created: number, used: number]>, of = {}) {
    const policy = whenConverged(of);
    const memories = batches.reduce((known, [acceptedEdits, rollouts], at) => {
      const outcomes = Array.from({ length: rollouts }, (_, task) => ({ task: `${task}`, rollouts: 1, success: 1 }));
      return learnAll([policy], known, recordOf({ generation: at + 1, acceptedEdits, outcomes }), settings);
    }, {});
    return policy.decide({ ...place, spent }, recall(policy, memories));
  }
  const times = (count: number, batch: readonly [number, number]) => Array.from({ length: count }, () => batch);

  test("goes on while edits are accepted, and stops where the ratio is flat", () => {
    expect(stopAfter(times(20, [2, 10]))).toBeNull();
    expect(stopAfter([...times(4, [5, 10]), ...times(3, [0, 10])])).toBeNull();
    expect(stopAfter([...times(4, [5, 10]), ...times(30, [0, 10])])).toBe("converged");
    expect(stopAfter(times(3, [0, 10]))).toBeNull();
    expect(stopAfter(times(4, [0, 10]))).toBe("converged");
  });

  test("decides as over all batches, however long the run is, within its cap", () => {
    const batch = fc.tuple(fc.nat(3), fc.integer({ min: 1, max: 30 }));
    const rule = { patience: 2, tolerance: 0.02 };
    fc.assert(
      fc.property(fc.array(batch, { maxLength: 12 }), (batches) => {
        const all = batches.map(([created, used]) => ({ created, used }));
        expect(stopAfter(batches, rule)).toBe(hasConverged(all, rule) ? "converged" : null);
      }),
      { numRuns: 60 },
    );
  });

  test("passes over generations without rollouts, keeps to the other bounds, and refuses what is out of range", () => {
    expect(stopAfter([...times(3, [0, 10]), ...times(5, [0, 0])])).toBeNull();
    const policy = whenConverged();
    const start = recall(policy, {});
    expect(policy.decide({ ...place, generation: 1000, spent }, start)).toBe("generations");
    expect(() => whenConverged({ patience: 0 })).toThrow(SettingsError);
    expect(() => whenConverged({ tolerance: -1 })).toThrow(SettingsError);
  });
});
