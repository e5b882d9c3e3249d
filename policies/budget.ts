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
