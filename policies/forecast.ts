import type { Settings } from "../state/settings.ts";
import type { Stopping } from "./stopping.ts";
import { generationCost, type Searching } from "./trial.ts";

/** Least and most of something. */
export interface Span {
  least: number;
  most: number;
}

/** What may end a run, or pause it: a setting, or a limit of what it may really spend. */
export type Bound = "generations" | "budgetRollouts" | "budgetTokens" | "usd" | "minutes";

/** What is left of a budget, and what of it a rollout takes, and a generation beside its rollouts. */
export interface Purse {
  bound: Bound;
  left: number;
  rollout: number;
  generation: number;
}

/** What the bounds of a run leave it, unless a target or patience ends it before. */
export interface Forecast {
  /** Least where every candidate is measured to the end, most where there is none to measure. */
  generations: Span;
  /** Candidates measured, with one a generation: least where each is measured to the end, most where a wave turns each down. */
  decisions: Span;
  /** What ends it first. */
  bound: Bound;
}

/** Where a run stands: new, or with some generations done. */
export interface Standing {
  generation: number;
  /** Train tasks drawn so far. */
  taken: number;
  /** Rollouts asked for so far. */
  rollouts: number;
  /** Whether the head's validation column is there. */
  isMeasured: boolean;
}

export const newStanding: Standing = { generation: 0, taken: 0, rollouts: 0, isMeasured: false };

interface Ahead {
  settings: Settings;
  sizes: { train: number; validation: number };
  trial: Searching["trial"];
  episodes?: Searching["episodes"];
  sampling?: Searching["sampling"];
  drafting?: Searching["drafting"];
  stopping?: Pick<Stopping, "most">;
  standing: Standing;
  /** Budgets beside those of the settings that are counted in rollouts and generations. */
  purses: readonly Purse[];
}

/** Reckons by the trial's own rule of how much it asks for; pure, and so it can be told before anything is paid for. */
export function forecastRun({
  settings,
  sizes,
  trial,
  episodes,
  sampling,
  drafting,
  stopping,
  standing,
  purses,
}: Ahead): Forecast {
  const cost = generationCost({ trial, episodes, sampling, drafting }, settings, sizes);
  const way = {
    batches:
      typeof (episodes?.pinned ?? sampling?.most) === "number"
        ? [cost.batch]
        : batchesFrom(settings, { train: sizes.train, taken: standing.taken }).map((tasks) => tasks * settings.samples),
    start: standing.isMeasured ? 0 : cost.start,
    most: Math.max(
      0,
      Math.min(settings.generations ?? Infinity, stopping?.most?.({ settings, train: sizes.train }) ?? Infinity) -
        standing.generation,
    ),
    least: cost.batch + cost.least + cost.reserve,
  };
  const { budgetRollouts } = settings;
  const rollouts: Purse[] =
    budgetRollouts === null
      ? []
      : [{ bound: "budgetRollouts", left: budgetRollouts - standing.rollouts, rollout: 1, generation: 0 }];
  let forecast: Forecast = {
    generations: { least: way.most, most: way.most },
    decisions: { least: way.most, most: way.most },
    bound: "generations",
  };
  for (const purse of [...rollouts, ...purses]) {
    const full = walk(purse, { ...way, measured: cost.most });
    const short = walk(purse, { ...way, measured: cost.least });
    const none = walk(purse, { ...way, measured: 0 });
    const { generations, decisions, bound } = forecast;
    forecast = {
      generations: { least: Math.min(generations.least, full.begun), most: Math.min(generations.most, none.begun) },
      decisions: { least: Math.min(decisions.least, full.whole), most: Math.min(decisions.most, short.begun) },
      bound: full.begun < generations.least ? purse.bound : bound,
    };
  }
  return forecast;
}

/** The sizes of the next batches, in the order in which they come again and again. */
function batchesFrom({ sampling, batch }: Settings, { train, taken }: { train: number; taken: number }): number[] {
  if (sampling !== "epoch" || train === 0) return [Math.min(batch, train)];
  const sizes: number[] = [];
  for (let at = taken % train, drawn = 0; drawn < train;) {
    const size = Math.min(batch, train - at, train - drawn);
    sizes.push(size);
    at = (at + size) % train;
    drawn += size;
  }
  return sizes;
}

interface Way {
  batches: readonly number[];
  /** Rollouts before the first decision. */
  start: number;
  /** Generations at most. */
  most: number;
  /** Rollouts without which no generation is begun. */
  least: number;
  /** Rollouts that candidates are measured with. */
  measured: number;
}

/** Parts of cents and minutes add up to nothing only so nearly. */
const slack = 1e-9;

/** Goes from generation to generation until the purse is empty: how many are begun, and for how many it holds the whole. */
function walk({ bound, left: full, rollout, generation }: Purse, { batches, start, most, least, measured }: Way) {
  const stopsBelow = bound === "budgetRollouts" ? least : slack;
  const costOf = (batch: number) => (batch + measured) * rollout + generation;
  const round = batches.reduce((sum, batch) => sum + costOf(batch), 0);
  if (round === 0) return { begun: most, whole: most };
  let left = full - start * rollout;
  // Whole rounds at once: a budget may hold millions of generations.
  const rounds = Math.max(0, Math.floor((left - stopsBelow) / round) - 1);
  left -= rounds * round;
  let [begun, whole] = [rounds * batches.length, rounds * batches.length];
  for (let place = 0; left >= stopsBelow && begun < most; place += 1) {
    const cost = costOf(batches[place % batches.length] as number);
    begun += 1;
    if (cost <= left + slack) whole += 1;
    left -= cost;
  }
  return { begun: Math.min(begun, most), whole: Math.min(whole, most) };
}
