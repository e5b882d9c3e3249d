/** A sign counts where no letter, digit or point stands before it. */
const number = /(?:(?<![\p{L}\d.])[+-])?(?:\d+(?:\.\d+)?|(?<!\d)\.\d+)/u;
const everyNumber = new RegExp(number, "gu");
const decimal = /^([+-]?)(\d*)(?:\.(\d*))?$/;

/** The first number in a text; a comma ends it. Undefined where there is none. */
export function firstNumber(text: string): number | undefined {
  const found = /\d/.test(text) ? number.exec(text) : null;
  return found === null ? undefined : Number(found[0]);
}

/** Every number in a text. */
export function numbersIn(text: string): number[] {
  return Array.from(text.matchAll(everyNumber), ([found]) => Number(found));
}

/** A sum without the dust of binary fractions. */
export function sumOf(numbers: readonly number[]): number {
  const sum = numbers.reduce((total, each) => total + each, 0);
  return Number(sum.toFixed(9));
}

/**
 * "7.125" with 2 decimals is "7.13": rounded half away from zero, as it is written. Undefined for what is no number.
 */
export function formatDecimal(text: string, decimals: number): string | undefined {
  const parts = decimal.exec(text.trim());
  if (parts === null || !/\d/.test(text)) return undefined;
  const [, sign, whole = "", fraction = ""] = parts;
  const digits = `${whole}${fraction.padEnd(decimals + 1, "0").slice(0, decimals + 1)}`;
  const rounded = String((BigInt(digits) + 5n) / 10n).padStart(decimals + 1, "0");
  const shown = decimals === 0 ? rounded : `${rounded.slice(0, -decimals)}.${rounded.slice(-decimals)}`;
  return sign === "-" && /[1-9]/.test(shown) ? `-${shown}` : shown;
}
