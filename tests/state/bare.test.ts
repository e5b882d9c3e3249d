import { expect, test } from "vitest";
import { bare, settingIn } from "../../state/bare.ts";

test.each([
  ["a", "a"],
  ["  a\r\n", "a"],
  ['"a"', "a"],
  [" ' a ' ", "a"],
  ["`a`", "a"],
  [`"a'`, `"a'`],
  ['"', '"'],
  ['""', ""],
  [`"'a'"`, "'a'"],
])("%j is meant as %j", (text, meant) => expect(bare(text)).toBe(meant));

test("a variable with nothing in it is not set", () => {
  expect(settingIn({ A: ' "" ', B: "b" }, "A")).toBeUndefined();
  expect(settingIn({ A: ' "" ', B: "b" }, "C")).toBeUndefined();
  expect(settingIn({ A: ' "" ', B: "b" }, "B")).toBe("b");
});
