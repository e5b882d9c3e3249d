import { isDeepStrictEqual } from "node:util";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { StateError } from "../../state/errors.ts";
import { canonicalJson, hashJson, Json } from "../../state/json.ts";

/** The same value with the keys of every object in the opposite order. */
function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toReversed()
      .map(([key, item]) => [key, reversed(item)]),
  );
}

describe("canonical JSON", () => {
  test("sorts keys by code unit at every depth and leaves out white space", () => {
    const value = { b: [{ z: 1, "\uFF21": 2, "\u{1F600}": 3, a: null }], a: "x y", Z: true };
    expect(canonicalJson(value)).toBe('{"Z":true,"a":"x y","b":[{"a":null,"z":1,"\u{1F600}":3,"\uFF21":2}]}');
  });

  test("gives equal values equal text, whatever the order of their keys, and other values other text", () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue({ maxDepth: 1 }), (one, other) => {
        expect(canonicalJson(reversed(one))).toBe(canonicalJson(one));
        expect(isDeepStrictEqual(JSON.parse(canonicalJson(one)), one)).toBe(true);
        expect(hashJson(one) === hashJson(other)).toBe(isDeepStrictEqual(one, other));
      }),
    );
  });

  test.each<[string, unknown, string]>([
    ["undefined", { a: [1, undefined] }, "$.a[1] is not plain JSON (undefined)"],
    ["a function", { a: { b: () => 1 } }, "$.a.b is not plain JSON (function)"],
    ["a BigInt", [1n], "$[0] is not plain JSON (bigint)"],
    ["a symbol", Symbol("x"), "$ is not plain JSON (symbol)"],
    ["NaN", { a: Number.NaN }, "$.a is NaN"],
    ["an infinity", [-Infinity], "$[0] is -Infinity"],
    ["a Date", { when: new Date(0) }, "$.when is not plain JSON (Date)"],
    ["a Map", { m: new Map() }, "$.m is not plain JSON (Map)"],
    ["bytes", { bytes: new Uint8Array(1) }, "$.bytes is not plain JSON (Uint8Array)"],
  ])("refuses %s, naming its path", (_, value, message) => {
    expect(() => canonicalJson(value)).toThrow(StateError);
    expect(() => canonicalJson(value)).toThrow(message);
  });

  test("refuses a hole in a list, naming its path", () => {
    const holes: unknown[] = Array(3);
    holes[0] = 1;
    expect(() => canonicalJson(holes)).toThrow("$[1] is not plain JSON");
  });

  test("has a schema that takes what it can hold and nothing else", () => {
    expect(Json.safeParse({ a: [1, "x", null, { b: false }] }).success).toBe(true);
    expect([undefined, Number.NaN, { a: undefined }, [1n]].map((value) => Json.safeParse(value).success)).toEqual(
      Array(4).fill(false),
    );
  });
});
