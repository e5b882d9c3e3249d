import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  compilePattern,
  isFound,
  matchesOf,
  mostMatches,
  PatternError,
} from "../../agents/procedure/patterns/pattern.ts";

describe("patterns", () => {
  test.each([
    "\\d[\\d .,']*\\d|\\d",
    ",\\d{1,2}(?!\\d)",
    "\\b\\d{5}(-\\d{4})?\\b",
    "\\d{1,3}(?:[.,]\\d{3})*",
    "(.+) to (.+)",
    "([A-Za-z .'-]+?),? +[A-Z]{2} +\\d{5}",
    "\\p{Sc}\\s*(\\d+)",
    "(?=[A-Z]|\\d{2})\\w+",
    "[^)\\]]+\\u0041",
  ])("/%s/ runs", (source) => {
    expect(compilePattern(source)).toBe(compilePattern(source));
  });

  test.each([
    ["a".repeat(121), "longer than 120"],
    ["(a+)+", "repeats a group"],
    ["(?:a|b)*", "repeats a group"],
    ["(?:\\w+ ){1,3}", "repeats a group"],
    [".*.*.*x", "too many repeats"],
    ["\\w?".repeat(30), "too many repeats"],
    ["(a?|a?)".repeat(16), "too many repeats"],
    ["(?:a{200}){200}", "has too many repetitions"],
    ["(?<=a)b", "look-behind"],
    ["(?<!a)b", "look-behind"],
    ["(?<year>\\d+)", "named group"],
    ["(a)\\1", "back-reference"],
    ["(?=.*a)b", "look-ahead"],
    ["(?!(?=a)b)c", "look-ahead"],
    ["[", "is not a valid regular expression"],
    ["a\\,b", "is not a valid regular expression"],
    ["a\nb", "line break"],
  ])("/%s/ is refused: %s", (source, message) => {
    expect(() => compilePattern(source)).toThrow(PatternError);
    expect(() => compilePattern(source)).toThrow(message);
  });

  test("whatever parts a pattern has, it is refused or soon done with a text made to fail it", () => {
    const part = fc.constantFrom(
      "a",
      "a*",
      "a+",
      "a?",
      "[ab]+",
      "(a|b)",
      "(?:a|ab)",
      "(?:ab)*",
      ".*",
      "a{2,9}",
      "(a*|b)",
      "b?",
    );
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 10 }), fc.constantFrom("a", "ab"), (parts, unit) => {
        let expression: RegExp;
        try {
          expression = compilePattern(`${parts.join("")}x`);
        } catch (error) {
          expect(error).toBeInstanceOf(PatternError);
          return;
        }
        const start = performance.now();
        expect(isFound(expression, unit.repeat(100))).toBe(false);
        expect(performance.now() - start).toBeLessThan(2000);
      }),
      { numRuns: 150 },
    );
  });

  test("the first 8 kB are searched, and so many matches found", () => {
    expect(isFound(compilePattern("x"), `${"a".repeat(8192)}x`)).toBe(false);
    expect(matchesOf(compilePattern("a"), "a".repeat(5000))).toHaveLength(mostMatches);
    expect(matchesOf(compilePattern("a*"), "baab🎉a").map(({ text }) => text)).toEqual(["aa", "a"]);
  });
});
