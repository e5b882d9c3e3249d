import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  armProbabilities,
  surrogate,
  trainSoftmax,
  type Decision,
  type Features,
  type Training,
} from "../../../policies/advantages/softmax-policy.ts";
import { StateError } from "../../../state/errors.ts";

const arms = [{ add: 1, cue: 0.5 }, { revise: 1, cue: -0.5 }, { prune: 1 }];
const training: Training = { rate: 0.5, steps: 1, clip: 0.2, kl: 0 };
const decide = (chosen: number, advantage: number, more: Partial<Decision> = {}): Decision => ({
  arms,
  chosen,
  probability: 1 / 3,
  advantage,
  ...more,
});

describe("arm probabilities", () => {
  test("are even without weights, and follow them", () => {
    expect(armProbabilities({}, arms)).toEqual([1, 1, 1].map(() => expect.closeTo(1 / 3, 12)));
    const [add, revise] = armProbabilities({ add: Math.log(3) }, [{ add: 1 }, { revise: 1 }]);
    expect([add, revise]).toEqual([expect.closeTo(0.75, 12), expect.closeTo(0.25, 12)]);
    expect(armProbabilities({ add: 5000 }, arms)).toEqual([1, 0, 0]);
  });

  test("take any names, and refuse what is no number", () => {
    expect(armProbabilities({}, [{ constructor: 1 }, { ["__proto__"]: 1 }])).toEqual([
      expect.closeTo(0.5, 12),
      expect.closeTo(0.5, 12),
    ]);
    expect(() => armProbabilities({ cue: Number.NaN }, arms)).toThrow(StateError);
    expect(() => armProbabilities({ cue: 1e308 }, [{ cue: 1e10 }])).toThrow('The feature "cue"');
    expect(() => armProbabilities({}, [])).toThrow("no arm");
  });
});

describe("training", () => {
  test("of one decision is the gradient worked out by hand", () => {
    // Even over two arms: d log p(0) = f(0) - (f(0) + f(1)) / 2, times the advantage 0.8, times the rate 0.5.
    const decision = { arms: [{ add: 1 }, { prune: 1 }], chosen: 0, probability: 0.5, advantage: 0.8 };
    expect(trainSoftmax({}, {}, { decisions: [decision], ...training })).toEqual({ add: 0.2, prune: -0.2 });
  });

  test("makes what did well likelier, and what did badly less likely", () => {
    const better = trainSoftmax({}, {}, { decisions: [decide(1, 0.5), decide(0, -0.5)], ...training });
    const [add, revise] = armProbabilities(better, arms);
    expect(revise).toBeGreaterThan(1 / 3);
    expect(add).toBeLessThan(1 / 3);
  });

  test("stops where the ratio is clipped: 20 % above in what did well, 20 % below in what did badly", () => {
    const rates = { ...training, rate: 0.05, steps: 400 };
    const [up] = armProbabilities(trainSoftmax({}, {}, { decisions: [decide(0, 1)], ...rates }), arms);
    const [down] = armProbabilities(trainSoftmax({}, {}, { decisions: [decide(0, -1)], ...rates }), arms);
    expect(up! * 3).toBeGreaterThan(1.19);
    expect(up! * 3).toBeLessThan(1.26);
    expect(down! * 3).toBeLessThan(0.81);
    expect(down! * 3).toBeGreaterThan(0.74);
  });

  test("is drawn back to the reference by the divergence alone", () => {
    const reference = { add: 1 };
    const many = { decisions: [decide(2, 0)], ...training, kl: 1, steps: 500 };
    const back = armProbabilities(trainSoftmax({ prune: 2 }, reference, many), arms);
    for (const [arm, p] of armProbabilities(reference, arms).entries()) expect(back[arm]).toBeCloseTo(p, 3);
  });

  test("at the rate 0, in no step, or of no decision leaves the weights as they are", () => {
    const weights = { add: 0.123456789, cue: -2 };
    const decisions = [decide(1, 1)];
    expect(trainSoftmax(weights, {}, { decisions, ...training, rate: 0 })).toEqual(weights);
    expect(trainSoftmax(weights, {}, { decisions, ...training, steps: 0 })).toEqual(weights);
    expect(trainSoftmax(weights, {}, { decisions: [], ...training })).toEqual(weights);
    expect(surrogate(weights, {}, { decisions: [], ...training })).toBe(0);
  });

  test("rounds weights to 9 digits, and leaves out features without weight", () => {
    const weights = trainSoftmax({ cue: 1e-12, other: 0.1 + 0.2 }, {}, { decisions: [], ...training });
    expect(weights).toEqual({ other: 0.3 });
  });

  const weight = fc.double({ min: -2, max: 2, noNaN: true });
  const weightsOf = fc.record({ add: weight, revise: weight, prune: weight, cue: weight });
  const decision = fc.record({
    arms: fc.constant(arms),
    chosen: fc.nat(2),
    probability: fc.double({ min: 0.05, max: 1, noNaN: true }),
    advantage: fc.double({ min: -1, max: 1, noNaN: true }),
    weight: fc.double({ min: 0.1, max: 2, noNaN: true }),
  });

  /** There the surrogate has a kink, and no gradient. */
  const isNearClip = (now: Features, decisions: readonly Decision[]) =>
    decisions.some(({ chosen, probability }) => {
      const ratio = armProbabilities(now, arms)[chosen]! / probability;
      return Math.abs(ratio - 1.2) < 0.02 || Math.abs(ratio - 0.8) < 0.02;
    });

  test("goes along the gradient of the surrogate, as differences give it", () => {
    const step = 1e-5;
    fc.assert(
      fc.property(
        weightsOf,
        weightsOf,
        fc.array(decision, { minLength: 1, maxLength: 4 }),
        (now, reference, decisions) => {
          const of = { decisions, ...training, rate: 1, kl: 0.3 };
          if (isNearClip(now, decisions)) return;
          const trained = trainSoftmax(now, reference, of);
          for (const name of ["add", "revise", "prune", "cue"] as const) {
            const [above, below] = [step, -step].map((d) =>
              surrogate({ ...now, [name]: now[name] + d }, reference, of),
            );
            const slope = (above! - below!) / (2 * step);
            expect((trained[name] ?? 0) - now[name]).toBeCloseTo(slope, 5);
          }
        },
      ),
    );
  });

  test("by a small step never makes the surrogate smaller", () => {
    fc.assert(
      fc.property(weightsOf, fc.array(decision, { minLength: 1, maxLength: 4 }), (now, decisions) => {
        if (isNearClip(now, decisions)) return;
        const of = { decisions, ...training, rate: 1e-5, kl: 0.1 };
        expect(surrogate(trainSoftmax(now, {}, of), {}, of)).toBeGreaterThan(surrogate(now, {}, of) - 1e-6);
      }),
    );
  });

  test.each([
    [{ decisions: [decide(3, 1)] }, "Arm 3 of 3"],
    [{ decisions: [decide(0, 1, { probability: 0 })] }, "with probability 0"],
    [{ decisions: [decide(0, Number.NaN)] }, "advantage NaN"],
    [{ decisions: [decide(0, 1, { weight: 0 })] }, "weight 0"],
    [{ decisions: [decide(0, 1)], rate: Infinity }, 'The feature "'],
    [{ decisions: [decide(0, 1)], rate: Number.NaN }, 'The feature "'],
  ])("of %j is refused", (of, message) => {
    expect(() => trainSoftmax({}, {}, { ...training, ...of })).toThrow(StateError);
    expect(() => trainSoftmax({}, {}, { ...training, ...of })).toThrow(message);
  });
});
