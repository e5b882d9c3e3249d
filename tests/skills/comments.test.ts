import { expect, test } from "vitest";
import { withoutComments } from "../../skills/comments.ts";

test.each([
  ["a <!-- b --> c", "a   c"],
  ["a<!-- b\n<!-- c -->d-->", "a d-->"],
  ["a <!-- b", "a <!-- b"],
  ["<!-->a-->b", " b"],
  ["no comment", "no comment"],
])("%j without its comments is %j", (text, expected) => {
  expect(withoutComments(text)).toBe(expected);
});
