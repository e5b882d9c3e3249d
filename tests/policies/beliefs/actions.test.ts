import { describe, expect, test } from "vitest";
import { beliefOf, chooseAction, noMode } from "../../../policies/beliefs/actions.ts";
import type { Witness } from "../../../policies/beliefs/posterior.ts";

const success = (context = "a"): Witness => ({ success: true, features: { context, failure_mode: noMode } });
const failure = (mode: string, context = "a"): Witness => ({
  success: false,
  features: { context, failure_mode: mode },
});
const modes = ["one", "two", "three", "four", "five"].map((mode) => failure(mode));
const several = (count: number, of: Witness) => Array.from({ length: count }, () => of);
const chosen = (...evidence: Witness[]) => chooseAction(beliefOf(evidence, "beta"));

describe("the table of actions", () => {
  test("explores where nothing is known (published)", () => {
    expect(chosen()).toMatchObject({ action: "explore", confidence: 0.1 });
  });

  test("retires after one success and five failures, with the share of failures as confidence (published)", () => {
    const evidence = [success(), ...several(5, failure("same"))];
    expect(beliefOf(evidence, "beta")).toMatchObject({ alpha: 2, beta: 6, success: 0.25 });
    expect(chosen(...evidence)).toMatchObject({ action: "retire", confidence: 0.75 });
    expect(chosen(...several(40, failure("same"))).confidence).toBe(0.95);
  });

  test("needs three failures to retire, and a chance below .45", () => {
    expect(chosen(...modes.slice(0, 2)).action).toBe("explore");
    expect(chosen(...modes.slice(0, 3)).action).toBe("retire");
    // (2 + 1) / (5 + 2) = .43, (3 + 1) / (6 + 2) = .5
    expect(chosen(...several(2, success()), ...modes.slice(0, 3)).action).toBe("retire");
    expect(chosen(...several(3, success()), ...modes.slice(0, 3)).action).toBe("explore");
  });

  test("patches from two failures of one kind on (published), whatever else is known", () => {
    expect(chosen(failure("same"), failure("same"))).toMatchObject({ action: "patch", confidence: 0.75 });
    expect(chosen(failure("one"), failure("two")).action).toBe("explore");
    expect(chosen(failure("same"), failure("same"), ...several(98, success())).action).toBe("patch");
  });

  test("splits at three contexts and four observations before it compresses (published)", () => {
    const contexts = ["a", "b", "c", "a"].map((context) => success(context));
    expect(chosen(...contexts)).toMatchObject({ action: "split", confidence: 0.65 });
    expect(chosen(...contexts.slice(0, 3)).action).toBe("compress");
    expect(chosen(...several(4, success())).action).toBe("compress");
  });

  test("compresses after three successes in one context, with the chance as confidence (published)", () => {
    expect(chosen(...several(3, success()))).toMatchObject({ action: "compress", confidence: 0.8 });
    expect(chosen(...several(2, success())).action).toBe("explore");
    // (4 + 1) / (5 + 2) = .714, (5 + 1) / (6 + 2) = .75
    expect(chosen(...several(4, success()), failure("one"))).toMatchObject({ action: "explore", confidence: 0.35 });
    expect(chosen(...several(5, success()), failure("one")).action).toBe("compress");
  });

  test("counts plain frequencies without a prior: a fourth failure is needed to retire", () => {
    const plain = (count: number) => chooseAction(beliefOf(modes.slice(0, count), "frequentist")).action;
    expect([3, 4].map(plain)).toEqual(["explore", "retire"]);
  });

  test("goes on to the next row that holds where an action is passed over", () => {
    const belief = beliefOf([...several(4, failure("same")), failure("other")], "beta");
    expect(chooseAction(belief, new Set(["retire"])).action).toBe("patch");
    expect(chooseAction(belief, new Set(["retire", "patch"])).action).toBe("explore");
  });
});
