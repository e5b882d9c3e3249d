/**
 * A decimal number exactly as it is written: `digits` times ten to the power of `exponent`, negative where `isNegative`. The digits
 * begin and end with another digit than 0, so equal numbers have equal parts; zero has the digits "" and no sign.
 */
export interface Decimal {
  readonly isNegative: boolean;
  readonly digits: string;
  readonly exponent: bigint;
}

const form = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,1000}))?$/;
const zero: Decimal = { isNegative: false, digits: "", exponent: 0n };

/** The number a text stands for: sign, digits with a point, exponent. Undefined for any other text. */
export function decimalOf(text: string): Decimal | undefined {
  const parts = form.exec(text);
  if (parts === null) return undefined;
  const [, sign, whole = "", fraction = "", power = "0"] = parts;
  const all = whole + fraction;
  if (all === "") return undefined;
  let [start, end] = [0, all.length];
  while (all[start] === "0") start += 1;
  while (end > start && all[end - 1] === "0") end -= 1;
  if (start === end) return zero;
  const exponent = BigInt(power) - BigInt(fraction.length) + BigInt(all.length - end);
  return { isNegative: sign === "-", digits: all.slice(start, end), exponent };
}

export function isSameDecimal(left: Decimal, right: Decimal): boolean {
  return left.isNegative === right.isNegative && left.digits === right.digits && left.exponent === right.exponent;
}

/** A tolerance has at most 324 + 17 digits behind the point, so digits beyond these cannot change what is near. */
const comparedDigits = 700;

/** Whether a number differs from the wanted one by at most a share of it: `tolerance` is from 0 to below 1, and 0 asks for equality. */
export function isNearDecimal(got: Decimal, wanted: Decimal, tolerance: number): boolean {
  if (isSameDecimal(got, wanted)) return true;
  const share = decimalOf(String(tolerance)) ?? zero;
  const isOpposite = got.isNegative !== wanted.isNegative || got.digits === "" || wanted.digits === "";
  if (share.digits === "" || isOpposite) return false;
  // Numbers whose first digits stand so far apart differ by more than any share below 1.
  const distance = magnitudeOf(got) - magnitudeOf(wanted);
  if (distance > 400n || distance < -400n) return false;
  const [one, other] = [shortened(got), shortened(wanted)];
  const least = one.exponent < other.exponent ? one.exponent : other.exponent;
  const [gotValue, wantedValue] = [one, other].map(
    ({ digits, exponent }) => BigInt(digits) * 10n ** (exponent - least),
  ) as [bigint, bigint];
  const difference = gotValue > wantedValue ? gotValue - wantedValue : wantedValue - gotValue;
  // The share is below 1, so its exponent is below 0.
  return difference * 10n ** -share.exponent <= BigInt(share.digits) * wantedValue;
}

function magnitudeOf({ digits, exponent }: Decimal): bigint {
  return BigInt(digits.length) + exponent;
}

function shortened({ digits, exponent }: Decimal): Pick<Decimal, "digits" | "exponent"> {
  const kept = digits.slice(0, comparedDigits);
  return { digits: kept, exponent: exponent + BigInt(digits.length - kept.length) };
}
