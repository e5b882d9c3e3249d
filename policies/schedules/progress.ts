import type { Spent } from "../../state/evidence.ts";
import type { Settings } from "../../state/settings.ts";

interface Standing {
  settings: Settings;
  generation: number;
  spent: Spent;
}

/** How much of the run is over: by rollouts, or by generations where those are not bounded. */
export function progressOf({ settings, spent, generation }: Standing): { spent: number; budget: number } {
  const { budgetRollouts, generations } = settings;
  if (budgetRollouts !== null) return { spent: spent.rollouts, budget: budgetRollouts };
  return { spent: generation - 1, budget: generations ?? 1 };
}
