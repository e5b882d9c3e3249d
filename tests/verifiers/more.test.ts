import { describe, expect, test } from "vitest";
import { noCost, type Task } from "../../state/task.ts";
import { createInsensitive } from "../../verifiers/insensitive.ts";
import { createNumeric } from "../../verifiers/numeric.ts";
import type { Verifier } from "../../verifiers/verifier.ts";

const task = (expected?: Task["expected"]): Task => ({
  id: "t",
  input: "",
  ...(expected === undefined ? {} : { expected }),
});
const value = async (verifier: Verifier, text: string, expected: Task["expected"]) =>
  (await verifier.score({ text, used: [], trace: [], cost: noCost }, task(expected))).value;

describe("insensitive", () => {
  test.each([
    ["New  York", " new york ", 1],
    ["CAFE\u0301", "café", 1],
    ["a b", "ab", 0],
  ])("%j against %j is %d", async (text, expected, right) => {
    expect(await value(createInsensitive(), text, expected)).toBe(right);
  });
});

describe("numeric", () => {
  test.each([
    ["1,234.50", "1234.5", 0, 1],
    ["101", "100", 0.01, 1],
    ["101.1", "100", 0.01, 0],
    ["-0.33", -0.3, 0.1, 1],
    ["12,34", "1234", 0, 0],
    ["about 5", "5", 0.5, 0],
    ["", "0", 0.5, 0],
    ["none", "none", 0.5, 1],
    ["0", "none", 0.5, 0],
    ["1e3", 1000, 0, 1],
    ["12345678901234567890", "12345678901234567890", 0, 1],
    ["12,345,678,901,234,567,890.0", "12345678901234567890", 0, 1],
    ["12345678901234568000", "12345678901234567890", 0, 0],
    ["0.1234567890123456789", "0.1234567890123456788", 0, 0],
    ["12345678901234567891", "12345678901234567890", 1e-19, 1],
    ["1e400", "1e400", 0, 1],
    ["1e401", "1e400", 0.1, 0],
  ])("%j against %j within %d is %d", async (text, expected, tolerance, right) => {
    expect(await value(createNumeric({ tolerance }), text, expected)).toBe(right);
  });

  test("the fingerprint names the tolerance, and a tolerance out of range is refused", () => {
    expect(createNumeric({ tolerance: 0.01 }).fingerprint).toBe("numeric@2:0.01");
    expect(() => createNumeric({ tolerance: 1 })).toThrow("must be at least 0 and below 1");
    expect(() => createNumeric({ tolerance: Number.NaN })).toThrow("must be at least 0 and below 1");
  });

  test("a task without expected is a clear error", () => {
    const answer = { text: "1", used: [], trace: [], cost: noCost };
    expect(() => createNumeric().score(answer, task())).toThrow("has no expected value");
  });
});
