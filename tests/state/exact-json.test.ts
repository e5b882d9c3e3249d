import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decimalOf, isNearDecimal, isSameDecimal, type Decimal } from "../../state/decimal.ts";
import { parseExactJson, plainJson, WrittenNumber } from "../../state/exact-json.ts";

describe("JSON read exactly", () => {
  test.each([
    "12345678901234567890",
    "-9007199254740993",
    "0.1234567890123456789",
    "1e400",
    "1e-400",
    "1e21",
    "0.0000001",
    "123456789012345.678901",
  ])("keeps the number %s as it is written", (text) => {
    expect(parseExactJson(text)).toEqual(new WrittenNumber(text));
    expect(plainJson(parseExactJson(`{"a": [${text}, 1]}`))).toEqual({ a: [text, 1] });
  });

  test.each(["0", "-0", "1.50", "1.0", "1e2", "9007199254740992", "0.1", "5e-324", "1e+21", "1e-7"])(
    "takes %s as a number, which a double holds",
    (text) => expect(parseExactJson(text)).toBe(Number(text)),
  );

  test("reads what JSON.parse reads, and as it does", () => {
    const spaced = fc.constantFrom(undefined, 2, "\t");
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), spaced, (value, space) => {
        const text = JSON.stringify(value, null, space);
        expect(parseExactJson(text, { unique: true })).toEqual(JSON.parse(text));
      }),
    );
  });

  test("throws where JSON.parse throws", () => {
    const piece = fc.constantFrom("{", "}", "[", "]", '"a"', ":", ",", "1", "-", "e5", "true", " ", '"\\u00"', "nul");
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 6 }), (pieces) => {
        const text = pieces.join("");
        const outcome = (read: () => unknown) => {
          try {
            return { value: read() };
          } catch (error) {
            return String(error);
          }
        };
        expect(outcome(() => parseExactJson(text))).toEqual(outcome(() => JSON.parse(text)));
      }),
    );
  });

  test("takes the last of a key given twice, and refuses it where it must be unique", () => {
    expect(parseExactJson('{"a": 1, "b": 2, "\\u0061": 3}')).toEqual({ a: 3, b: 2 });
    expect(() => parseExactJson('{"a": 1, "\\u0061": 3}', { unique: true })).toThrow('duplicate key "a"');
  });

  test("keeps __proto__ as a key, and nesting deeper than the stack", () => {
    expect(Object.keys(parseExactJson('{"__proto__": {"a": 1}}') as object)).toEqual(["__proto__"]);
    expect(parseExactJson("[".repeat(100_000) + "]".repeat(100_000))).toBeInstanceOf(Array);
  });
});

describe("decimals", () => {
  const of = (text: string) => decimalOf(text) as Decimal;

  test.each([
    ["1.50", "+01.5e0"],
    ["0.000", "-0e99"],
    ["1e3", "1000"],
    ["12345678901234567890", "1.234567890123456789e19"],
    ["1e999999999999", "10e999999999998"],
  ])("%s is %s", (one, other) => expect(isSameDecimal(of(one), of(other))).toBe(true));

  test.each([
    ["12345678901234567890", "12345678901234567891"],
    ["0.1", "0.10000000000000000001"],
    ["1", "-1"],
    ["1e400", "1e401"],
  ])("%s is not %s", (one, other) => expect(isSameDecimal(of(one), of(other))).toBe(false));

  test.each(["", ".", "-", "1.2.3", "1e", "0x10", "1_000", "Infinity", "NaN", " 1"])("%j is none", (text) =>
    expect(decimalOf(text)).toBeUndefined(),
  );

  test("near is what whole numbers say, at any size", () => {
    const whole = fc.bigInt({ min: 1n, max: 10n ** 40n });
    fc.assert(
      fc.property(whole, whole, fc.integer({ min: 0, max: 99 }), (got, wanted, percent) => {
        const distance = got > wanted ? got - wanted : wanted - got;
        const near = distance * 100n <= BigInt(percent) * wanted;
        expect(isNearDecimal(of(String(got)), of(String(wanted)), percent / 100)).toBe(near);
      }),
    );
    expect(isNearDecimal(of("0.33"), of("0.3"), 0.1)).toBe(true);
    expect(isNearDecimal(of("1e999999999999"), of("1"), 0.5)).toBe(false);
  });
});
