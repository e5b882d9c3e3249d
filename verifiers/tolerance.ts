import { SettingsError } from "../state/errors.ts";

/** Refuses a tolerance that is no share of a number. */
export function checkTolerance(tolerance: number, verifier: string): void {
  if (tolerance >= 0 && tolerance < 1) return;
  throw new SettingsError(
    "tolerance",
    `The tolerance of the ${verifier} verifier is ${tolerance}; it must be at least 0 and below 1.`,
  );
}
