import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Value } from "../../agents/procedure/grammar/act.ts";
import { formatDecimal, sumOf } from "../../agents/procedure/decimal.ts";
import { readFields } from "../../agents/procedure/fields.ts";
import { readItemNumber, readNumberWords } from "../../agents/procedure/number-words.ts";
import { parseStatement } from "../../agents/procedure/grammar/parser.ts";
import { perform } from "../../agents/procedure/perform.ts";
import { cpuTimeOf } from "../support/cpu-time.ts";

function run(sentence: string, value: Value, names: Record<string, Value> = {}) {
  return perform(parseStatement(sentence).acts, { value, names: new Map(Object.entries(names)) });
}

describe("performing acts", () => {
  test("stops at the first act that finds nothing, and keeps the names given before", () => {
    const done = run('Take the text after "to" as `place`, take the first /\\d+/, answer `found`.', "go to Rome");
    expect(done.value).toBeUndefined();
    expect(done.answer).toBeUndefined();
    expect(done.names).toEqual(new Map([["place", "Rome"]]));
  });

  test("never changes what it was given", () => {
    const names = new Map<string, Value>([["list", ["a", "b"]]]);
    const acts = parseStatement("Use `list`, sort the list alphabetically, take the last as `list`.").acts;
    expect(perform(acts, { value: "x", names }).names.get("list")).toBe("b");
    expect(names.get("list")).toEqual(["a", "b"]);
  });

  test("a name stands for its value, for all of a list, or else for itself", () => {
    expect(run("Keep only `fruits`.", ["two pears", "a cow"], { fruits: ["pear*", "fig"] }).value).toEqual([
      "two pears",
    ]);
    expect(run("Remove `unit`.", "5 kg", { unit: "kg" }).value).toBe("5 ");
    expect(run("Remove `kg`.", "5 kg").value).toBe("5 ");
    expect(run("Remove `empty`.", "5 kg", { empty: "" }).value).toBe("5 kg");
  });

  test("texts are found as words, signs and digits anywhere, the longer of two first", () => {
    expect(run('Remove "an".', "an Animal and an ant").value).toBe(" Animal and  ant");
    expect(run('Replace "a", "a b" and "." with "x".', "a b.c a").value).toBe("xxc x");
    expect(run('Split it at "$&".', "one $& two").value).toEqual(["one", "two"]);
    expect(run('Replace "," with "$&".', "1,2").value).toBe("1$&2");
    expect(run('Take the first "i have".', "now I\n  HAVE it").value).toBe("I\n  HAVE");
  });

  test("list acts take a text or number as a list of one, text acts a number as its digits", () => {
    expect(run("Sort the list alphabetically, count the list.", "pear").value).toBe(1);
    expect(run("Count the list.", "").value).toBe(0);
    expect(run("Count the list, format it with 1 decimal.", ["a", "b"]).value).toBe("2.0");
    expect(run("Take the only.", "pear").value).toBe("pear");
    expect(run("Answer it.", ["a", "b"]).answer).toBe("a b");
  });

  test("takes the largest and smallest by the number in each, and nothing where there is none", () => {
    expect(run("Take the largest.", ["9 eggs", "10 hens", "-11 cows"]).value).toBe("10 hens");
    expect(run("Take the smallest.", ["9 eggs", "10 hens", "-11 cows"]).value).toBe("-11 cows");
    expect(run("Take the largest.", ["a", "b"]).value).toBeUndefined();
  });

  test("adds without the dust of binary fractions", () => {
    expect(run("Answer the sum.", ["0.1 l", "0.2 l"]).answer).toBe("0.3");
    expect(run("Answer the sum.", "10-20, 3").answer).toBe("33");
    expect(sumOf([1e6, 0.05])).toBe(1000000.05);
    expect(run("Answer the sum.", "none").answer).toBeUndefined();
  });

  test("outer punctuation and long texts cost no more than their length", async () => {
    const text = `a${" .".repeat(100_000)}b`;
    const spent = await cpuTimeOf(() =>
      expect(run('Remove outer punctuation, replace /x+y/ with "".', text).value).toBe(text),
    );
    expect(spent).toBeLessThan(500);
  });
});

test.each([
  ["7.125", 2, "7.13"],
  ["2.675", 2, "2.68"],
  ["-0.001", 2, "0.00"],
  ["-1.5", 0, "-2"],
  [".5", 2, "0.50"],
  ["1234567890123456789.1", 1, "1234567890123456789.1"],
  ["007", 0, "7"],
  ["1,5", 2, undefined],
  [".", 2, undefined],
  ["", 2, undefined],
])("%s with %i decimals is %s", (text, decimals, shown) => {
  expect(formatDecimal(text, decimals)).toBe(shown);
});

test("formatting agrees with toFixed where binary fractions are exact", () => {
  fc.assert(
    fc.property(fc.integer({ min: -1e6, max: 1e6 }), fc.integer({ min: 2, max: 6 }), (eighths, decimals) => {
      const number = eighths / 4;
      expect(Number(formatDecimal(String(number), decimals))).toBe(Number(number.toFixed(decimals)));
    }),
  );
});

test.each([
  ["one", "1"],
  ["twenty one", "21"],
  ["two three", "2 3"],
  ["Three hundred and sixty-five days", "365 days"],
  ["two thousand five hundred", "2500"],
  ["five million two hundred thousand and six", "5200006"],
  ["hundred", "100"],
  ["one and two", "1 and 2"],
  ["twenty-twenty", "20-20"],
  ["someone tense", "someone tense"],
  ["zero five", "0 5"],
])("%s reads as %s", (text, read) => {
  expect(readNumberWords(text)).toBe(read);
});

test("an article is 1 at the beginning of an item alone", () => {
  expect(readItemNumber("a head of garlic")).toBe("1 head of garlic");
  expect(readItemNumber("An ox")).toBe("1 ox");
  expect(readItemNumber("three of a kind")).toBe("3 of a kind");
});

describe("fields", () => {
  test.each([
    ["field: zip\ntext: 1 Elm\nIL", { field: "zip", text: "1 Elm\nIL" }, "1 Elm\nIL"],
    ["From: a\r\nTo: b\r\n\r\nhello\nx: y", { from: "a", to: "b" }, "hello\nx: y"],
    ["text: hello\nfield: zip", { text: "hello", field: "zip" }, "hello"],
    ["question: who?\ncontext: she", { question: "who?", context: "she" }, "she"],
    ["a: 1\na: 2\nb:", { a: "1", b: "" }, ""],
    ["price: 5", {}, "price: 5"],
    ["http://x\nftp://y", {}, "http://x\nftp://y"],
    ["a: 1\nprose", {}, "a: 1\nprose"],
    ["", {}, ""],
  ])("of %j", (input, fields, text) => {
    const read = readFields(input);
    expect(Object.fromEntries(read.fields)).toEqual(fields);
    expect(read.text).toBe(text);
    expect(input.slice(read.textStart, read.textStart + text.length)).toBe(text);
  });
});
