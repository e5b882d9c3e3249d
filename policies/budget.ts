import type { Spent } from "../state/evidence.ts";
import type { Settings } from "../state/settings.ts";

/**
 * How many of the wanted rollouts fit the budgets. What a rollout takes in tokens is known afterwards: the budget of tokens
 * lets all of them pass, or, once it is reached, none.
 */
export function affordable(settings: Settings, spent: Spent, rollouts: number): number {
  if (settings.budgetTokens !== null && spent.tokens >= settings.budgetTokens) return 0;
  if (settings.budgetRollouts === null) return rollouts;
  return Math.max(0, Math.min(rollouts, settings.budgetRollouts - spent.rollouts));
}

/** How many of the wanted tasks fit the budgets, each with all of its samples. */
export function affordableTasks(settings: Settings, spent: Spent, tasks: number): number {
  return Math.floor(affordable(settings, spent, tasks * settings.samples) / settings.samples);
}

/**
 * What a generation costs before its candidates are measured, in rollouts: a full batch, and what else it has taken in tokens, as the analyst's, at what a rollout of the
 * batch took (ours [R]). Where nobody counts tokens, or no batch was run, rollouts alone.
 */
export function costInRollouts(
  { batch, samples }: Pick<Settings, "batch" | "samples">,
  { tokens, rolled }: { tokens: number; rolled: { rollouts: number; tokens: number } },
): number {
  const full = batch * samples;
  if (rolled.rollouts === 0 || rolled.tokens === 0) return full;
  return full + (Math.max(0, tokens - rolled.tokens) * rolled.rollouts) / rolled.tokens;
}
