import { SettingsError } from "../state/errors.ts";

/** Refuses a tolerance that is no share of a number. */
export function checkTolerance(tolerance: number, verifier: string): void {
  if (tolerance >= 0 && tolerance < 1) return;
  throw new SettingsError(
    "tolerance",
    `The tolerance of the ${verifier} verifier is ${tolerance}; it must be from 0 to below 1.`,
  );
}

/** Whether a number differs from the wanted one by at most that share of it. */
export function isNear(got: number, wanted: number, tolerance: number): boolean {
  if (got === wanted || !Number.isFinite(wanted)) return got === wanted;
  // A little slack, so that 10 % of 0.3 is not lost to binary fractions.
  return Math.abs(got - wanted) <= tolerance * Math.abs(wanted) * (1 + 1e-12);
}
