import type { Draw } from "../../state/draw.ts";
import { StateError } from "../../state/errors.ts";
import { rounded } from "../../state/rounding.ts";

/** Digits that samples are rounded to, so that engines whose logarithms differ in the last bit agree. */
const digits = 12;

/**
 * One point of the simplex: Gamma(alpha, 1) samples over their sum. One share in [0, 1] per alpha, rounded to 12 digits, so
 * that they sum to 1 within 1e-12 for each of them. Throws a `StateError` where an alpha is not a finite number above 0.
 * How many indices are drawn is not bounded; they are the same for the same alphas.
 */
export function dirichletSample(alphas: readonly number[], drawAt: Draw): number[] {
  const logs = alphas.map((alpha, part) => logGammaSample(alpha, (index) => drawAt(part + alphas.length * index)));
  const largest = Math.max(...logs);
  const shares = logs.map((log) => Math.exp(log - largest));
  const sum = shares.reduce((total, share) => total + share, 0);
  return shares.map((share) => rounded(share / sum, digits));
}

/** A sample of Beta(alpha, beta) in [0, 1], rounded to 12 digits: the first share of a Dirichlet sample of both. */
export function betaSample({ alpha, beta }: { alpha: number; beta: number }, drawAt: Draw): number {
  return dirichletSample([alpha, beta], drawAt)[0] as number;
}

/**
 * The logarithm of a Gamma(shape, 1) sample (Marsaglia and Tsang 2000, "A simple method for generating gamma variables"): for
 * shapes below 1 a sample of shape + 1 times U^(1/shape), which as a logarithm does not underflow.
 */
function logGammaSample(shape: number, drawAt: Draw): number {
  if (!(shape > 0 && shape < Infinity))
    throw new StateError(`The parameter of a Beta or Dirichlet sample is ${shape}; it must be a number above 0.`);
  const boost = shape < 1 ? Math.log(1 - drawAt(0)) / shape : 0;
  const d = (shape < 1 ? shape + 1 : shape) - 1 / 3;
  for (let index = 1; ; index += 3) {
    const normal = normalSample(drawAt(index), drawAt(index + 1));
    const root = 1 + normal / Math.sqrt(9 * d);
    if (root <= 0) continue;
    const cube = root * root * root;
    const bound = (normal * normal) / 2 + d - d * cube + d * Math.log(cube);
    if (Math.log(1 - drawAt(index + 2)) < bound) return Math.log(d * cube) + boost;
  }
}

/** A standard normal sample from two draws (Box and Muller 1958). */
function normalSample(one: number, other: number): number {
  return Math.sqrt(-2 * Math.log(1 - one)) * Math.cos(2 * Math.PI * other);
}
