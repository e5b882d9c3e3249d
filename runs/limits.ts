import { BudgetError, SettingsError } from "../state/errors.ts";
import { Limits, noLimits } from "../state/usage.ts";

/** US dollars and minutes at work; null lifts a limit, what is not given stays as it is. */
export interface LimitsInput {
  usd?: number | null | undefined;
  minutes?: number | null | undefined;
}

/** The limits given over those before. Throws a SettingsError for one that is no number above 0. */
export function limitsOf(given: LimitsInput = {}, before: Limits = noLimits): Limits {
  const { usd = before.usd, minutes = before.minutes } = given;
  const parsed = Limits.safeParse({ usd, minutes });
  if (parsed.success) return parsed.data;
  const path = `limits.${parsed.error.issues[0]?.path.join(".") ?? ""}`;
  throw new SettingsError(path, `A limit must be a number above 0, or null for none: ${path}.`);
}

/** The longest that a timer of Node can be set to, in milliseconds. */
const longestTimer = 2 ** 31 - 1;

/**
 * Calls back once so many minutes at work are over, of which `seconds` are already, until the function it gives is called.
 * Throws a BudgetError where they are over now.
 */
export function watchMinutes({ minutes }: Limits, seconds: number, onOver: (reason: string) => void): () => void {
  if (minutes === null) return () => undefined;
  const reason = `budget of ${minutes} minutes of running time: spent. Continue with a larger one: --budget-minutes, in code limits.minutes.`;
  const left = minutes * 60_000 - seconds * 1000;
  if (left <= 0) throw new BudgetError(reason);
  const timer = setTimeout(() => onOver(reason), Math.min(left, longestTimer));
  return () => clearTimeout(timer);
}
