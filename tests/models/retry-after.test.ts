import { describe, expect, test } from "vitest";
import fc from "fast-check";
import { waitAsked } from "../../models/retry-after.ts";

const today = Date.parse("Sun, 06 Nov 1994 08:49:37 GMT");
const wait = (headers: Record<string, string>) => waitAsked(new Headers(headers), today);

describe("the wait that a server asks for", () => {
  test.each<[string, number]>([
    ["0", 0],
    ["7", 7000],
    ["1.5", 1500],
    ["Sun, 06 Nov 1994 08:50:37 GMT", 60_000],
  ])("is read from %j", (text, expected) => expect(wait({ "retry-after": text })).toBe(expected));

  test.each([
    ["a negative number", "-43"],
    ["a plus", "+5"],
    ["not a number", "NaN"],
    ["infinity", "Infinity"],
    ["an exponent", "1e99"],
    ["hexadecimal", "0x10"],
    ["a unit", "5s"],
    ["what follows digits", "5; foo"],
    ["two values", "5, 6"],
    ["a date in the past", "Sun, 06 Nov 1994 08:49:36 GMT"],
    ["a date of another form", "1994-11-06T08:50:37Z"],
    ["a date without a zone", "Nov 6 1994 08:50:37"],
    ["a date that cannot be", "Sun, 99 Nov 1994 08:50:37 GMT"],
    ["a day", "2043-01-01"],
    ["more than a month", "99999999999"],
    ["digits without end", "9".repeat(400)],
    ["nothing", ""],
  ])("is as if absent where it is %s", (_, text) => expect(wait({ "retry-after": text })).toBeUndefined());

  test("in milliseconds goes before, and is ignored by itself where it is not of the form", () => {
    expect(wait({ "retry-after-ms": "1500", "retry-after": "1" })).toBe(1500);
    expect(wait({ "retry-after-ms": "-1", "retry-after": "1" })).toBe(1000);
    expect(wait({ "retry-after-ms": "1e9", "retry-after": "" })).toBeUndefined();
  });

  test("goes by the server's own clock where that is a date, and by ours where it is not", () => {
    const after = { "retry-after": "Sun, 06 Nov 1994 08:50:37 GMT" };
    expect(wait({ ...after, date: "Sun, 06 Nov 1994 08:50:36 GMT" })).toBe(1000);
    expect(wait({ ...after, date: "yesterday" })).toBe(60_000);
  });

  test("is never negative, endless or no number, whatever the headers say", () => {
    const text = fc.oneof(fc.string(), fc.double().map(String), fc.integer().map(String), fc.date().map(String));
    fc.assert(
      fc.property(text, text, (one, other) => {
        const headers = {
          get: (name: string) => ({ "retry-after": one, "retry-after-ms": other, date: one })[name] ?? null,
        };
        const found = waitAsked(headers as Headers, today) ?? 0;
        expect(found >= 0 && found <= 31 * 24 * 3_600_000).toBe(true);
      }),
    );
  });
});
