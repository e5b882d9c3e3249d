import {
  forecastRun,
  newStanding,
  type Bound,
  type Forecast,
  type Purse,
  type Span,
  type Standing,
} from "../policies/forecast.ts";
import type { Stopping } from "../policies/stopping.ts";
import type { Searching } from "../policies/trial.ts";
import type { Settings } from "../state/settings.ts";
import type { Limits } from "../state/usage.ts";
import { counted, grouped } from "./words.ts";

/** A forecast in numbers and in words. */
export interface RunForecast extends Forecast {
  /** Budgets without a forecast, because no price or no pace is known. */
  unknown: Bound[];
  /** 12 to 32 generations, 12 to 24 decisions for 2,000 rollouts */
  text: string;
  /** Where it is one decision or none, what to do about it; null otherwise. */
  warning: string | null;
}

interface Plan {
  settings: Settings;
  trial: Searching["trial"];
  episodes?: Searching["episodes"];
  sampling?: Searching["sampling"];
  drafting?: Searching["drafting"];
  stopping: Pick<Stopping, "most">;
  limits: Limits;
  sizes: { train: number; validation: number };
  standing?: Standing;
  purses: readonly Purse[];
}

/** What the bounds of a run buy, reckoned from the settings and what is known of its costs. */
export function describeForecast({
  settings,
  trial,
  episodes,
  sampling,
  drafting,
  stopping,
  limits,
  sizes,
  standing = newStanding,
  purses,
}: Plan): RunForecast {
  const searching = { trial, episodes, sampling, drafting };
  const forecast = forecastRun({ settings, sizes, ...searching, stopping, standing, purses });
  const budgets = {
    generations: null,
    budgetRollouts: settings.budgetRollouts,
    budgetTokens: settings.budgetTokens,
    usd: limits.usd,
    minutes: limits.minutes,
  };
  const unknown = (["budgetTokens", "usd", "minutes"] as const).filter(
    (bound) => budgets[bound] !== null && !purses.some((purse) => purse.bound === bound),
  );
  const budgetText = (bound: Bound) => textOf[bound](budgets[bound] ?? 0);
  const { generations, decisions, bound } = forecast;
  const most =
    decisions.least === decisions.most
      ? `up to ${counted(decisions.most, "decision")}`
      : spanText(decisions, "decision");
  const [more, inAll] = standing.generation === 0 ? ["", ""] : ["more ", " in all"];
  const budget = bound === "generations" ? "" : ` for ${budgetText(bound)}${inAll}`;
  const rest = unknown.length === 0 ? "" : `, if ${unknown.map(budgetText).join(" and ")} suffice`;
  return {
    ...forecast,
    unknown,
    // Of rollouts it is known how many there will be; of what they take otherwise, what they took, or may take at the least.
    text: `${bound === "generations" || bound === "budgetRollouts" ? "" : "about "}${spanText(generations, `${more}generation`)}, ${most}${budget}${rest}`,
    warning: warningOf(forecast, { budget: budgetText(bound), settings, sizes }),
  };
}

const textOf: Record<Bound, (budget: number) => string> = {
  generations: () => "",
  budgetRollouts: (budget) => counted(budget, "rollout"),
  budgetTokens: (budget) => counted(budget, "token"),
  usd: (budget) => `$${budget.toFixed(2)}`,
  minutes: (budget) => counted(budget, "minute"),
};

const raisedBy: Record<Bound, string> = {
  generations: "generations",
  budgetRollouts: "budgetRollouts (--budget-rollouts)",
  budgetTokens: "budgetTokens (--budget-tokens)",
  usd: "the limit in US dollars (--budget-usd)",
  minutes: "the limit in minutes (--budget-minutes)",
};

function spanText({ least, most }: Span, noun: string): string {
  return least === most ? counted(most, noun) : `${grouped(least)} to ${counted(most, noun)}`;
}

/** Where the most is more decisions than these, one is not what is to be expected. */
const fewDecisions = 3;

/** Who asks for one generation gets one: that is no surprise. */
function warningOf(
  { decisions: { least, most }, bound }: Forecast,
  { budget, settings, sizes }: Pick<Plan, "settings" | "sizes"> & { budget: string },
): string | null {
  if (least > 1 || most > fewDecisions || bound === "generations") return null;
  const what =
    most === 0
      ? "no decision"
      : most === 1
        ? "at most one decision"
        : `possibly ${least === 1 ? "only one" : "no"} decision`;
  const validation = Math.min(settings.validation ?? Infinity, sizes.validation);
  const batch = Math.min(settings.batch, sizes.train);
  return `${what} about a candidate for ${budget}. Raise ${raisedBy[bound]}, or lower validation (${validation}) or batch (${batch}).`;
}
