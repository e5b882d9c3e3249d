/**
 * A number with so many digits behind the point, and never -0. What is computed with `log`, `exp` or `cos` may differ in its
 * last bit between engines; rounded before it is stored or decides, it does not.
 */
export function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits)) + 0;
}
