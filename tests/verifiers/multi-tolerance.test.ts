import { describe, expect, test } from "vitest";
import { createMultiTolerance } from "../../verifiers/multi-tolerance.ts";
import { scoreBy, taskOf } from "./scoring.ts";

const verifier = createMultiTolerance();
const value = async (text: string, expected: string | number) => (await scoreBy(verifier, text, expected)).value;

describe("multi-tolerance", () => {
  test.each([
    ["100", 100, 1],
    ["101", 100, 0.7],
    ["99", 100, 0.7],
    ["102.5", 100, 0.45],
    ["105", 100, 0.25],
    ["110", 100, 0.1],
    ["90", 100, 0.1],
    ["110.01", 100, 0],
    ["", 100, 0],
    ["about 100", 100, 0],
    ["1,000.0", "1000", 1],
    ["-101", 100, 0],
    ["0.001", 0, 0],
    ["none", "none", 1],
    ["None", "none", 0],
    ["5", "none", 0],
  ])("%j against %j is %d", async (text, expected, score) => {
    expect(await value(text, expected)).toBe(score);
  });

  test("is the weighted mean of the five tolerances, as published", async () => {
    const tolerances = [0, 0.01, 0.025, 0.05, 0.1];
    const weights = tolerances.map((tolerance) => 1 / (1 + 20 * tolerance));
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    for (const [from, tolerance] of tolerances.entries()) {
      const met = weights.slice(from).reduce((sum, weight) => sum + weight, 0);
      expect(await value(String(100 + 100 * tolerance), 100)).toBeCloseTo(met / total, 12);
    }
  });

  test("says how near the answer is", async () => {
    expect((await scoreBy(verifier, "102", 100)).feedback).toBe('Expected "100", got "102". That is within 2.5 %.');
    expect((await scoreBy(verifier, "100.0", 100)).feedback).toBe('Right: "100.0".');
    expect((await scoreBy(verifier, "50", 100)).feedback).toBe('Expected "100", got "50".');
  });

  test("refuses a task without an expected text or number", () => {
    expect(() => verifier.check?.(taskOf())).toThrow("the multi-tolerance verifier needs");
  });
});
