import { describe, expect, test } from "vitest";
import { rounded } from "../../state/rounding.ts";

describe("a rounded number", () => {
  test.each([
    [0.1 + 0.2, 12, 0.3],
    [2 / 3, 3, 0.667],
    [-2 / 3, 0, -1],
    [12.5, 9, 12.5],
    [0, 12, 0],
  ])("%d with %d digits is %d", (value, digits, expected) => {
    expect(rounded(value, digits)).toBe(expected);
  });

  test("has no sign at zero, which canonical JSON would keep", () => {
    expect(rounded(-1e-13, 12)).toBe(0);
    expect(rounded(-0, 12)).toBe(0);
  });

  test("that is none stays one, for whoever refuses it", () => {
    expect(rounded(Number.NaN, 12)).toBeNaN();
    expect(rounded(Infinity, 12)).toBe(Infinity);
  });
});
