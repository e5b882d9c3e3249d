import type { Ablation } from "../../state/evidence.ts";
import { rounded } from "../../state/rounding.ts";
import { bootstrapUpper } from "../inference/bootstrap.ts";
import { meanScore } from "../scores.ts";
import type { Due, Library, Unit } from "./library.ts";
import type { Terms } from "./terms.ts";

/**
 * By what a skill is retired: its mean contribution is below a threshold several times in a row (SLIM [C]), or the upper end of a bootstrap interval of it is below what
 * makes a skill useful (ours [R]).
 */
export type Retirement = "threshold" | "interval";

/** The share of the mean contribution that stays when another one is measured [C]. */
const decay = 0.9;

/** One-sided confidence of the interval, and the pairs of a skill that it is made of, the last ones (ours [R]). */
const confidence = 0.95;
const mostDifferences = 200;

/** A skill is called internalised where the score with it is at least so large, and that without it at least this share of that [C]. */
const internalised = { score: 0.5, share: 0.8, pairs: 3 };

const digits = 6;

/**
 * What is known of a skill after it was left out: `ema` is .9 of what it was and .1 of the mean difference; the first one counts whole only where no rollout
 * showed the skill before, so that it starts at 0 and follows slowly (SLIM, lifecycle.py [C]). Differences are paired task by task [R].
 */
export function afterAblation(unit: Unit, ablation: Ablation, { retireBelow }: Terms): Unit {
  const pairs = pairsOf(ablation);
  const means = meansOfPairs(ablation);
  const last = {
    with: rounded(means.with ?? 0, digits),
    without: rounded(means.without ?? 0, digits),
    pairs: pairs.length,
  };
  const contribution = last.with - last.without;
  const ema = rounded(unit.uses === 0 ? contribution : decay * unit.ema + (1 - decay) * contribution, digits);
  const differences = pairs.map(([score, without]) => rounded(score - without, 3));
  return {
    ...unit,
    ema,
    low: ema < retireBelow ? unit.low + 1 : 0,
    ablations: unit.ablations + 1,
    last,
    differences: [...unit.differences, ...differences].slice(-mostDifferences),
    sample: ablation.sample,
    next: ablation.from + ablation.tasks.length,
  };
}

/** Scores with and without, of the tasks that have both. */
export function pairsOf({ with: all, without }: Pick<Ablation, "with" | "without">): Array<[number, number]> {
  return all.flatMap((score, row): Array<[number, number]> => {
    const other = without[row] ?? null;
    return score === null || other === null ? [] : [[score, other]];
  });
}

/** Mean scores with and without, over the pairs; null where there is none. */
export function meansOfPairs(ablation: Pick<Ablation, "with" | "without">): {
  with: number | null;
  without: number | null;
} {
  const pairs = pairsOf(ablation);
  return {
    with: meanScore(pairs.map(([score]) => score)),
    without: meanScore(pairs.map(([, score]) => score)),
  };
}

/** Whether so many pairs of an ablation lack a result that nothing is learned from it. */
export function isUnsure(ablation: Ablation, maxMissing: number): boolean {
  const { length } = ablation.tasks;
  const pairs = pairsOf(ablation).length;
  return pairs === 0 || length - pairs > maxMissing * length;
}

/**
 * The upper end of the interval of the mean contribution. Beside its pairs stands one in which it made the whole difference: where no pair differs, a
 * bootstrap interval has no width, and this one makes it about 3 / n (ours [R]).
 */
export function mostContribution({ differences }: Pick<Unit, "differences">): number {
  return bootstrapUpper([...differences, 1], confidence);
}

/** What is to be done with a skill after it was left out, in this order. A skill that is retired may leave another one for its failures [C]. */
export function dueOf(
  unit: Unit,
  library: Library,
  { terms, retirement }: { terms: Terms; retirement: Retirement },
): Due[] {
  const { ema, low, uses, last, failures } = unit;
  const isLow =
    retirement === "threshold"
      ? ema < terms.retireBelow && low >= terms.lowInRow
      : mostContribution(unit) < terms.keepFrom;
  const isExpanded =
    unit.skill !== "" &&
    last !== null &&
    last.with < terms.expandBelow &&
    failures.length >= terms.leastFailures &&
    ema < terms.keepFrom &&
    !isCovered(unit, library, terms);
  return [...(isExpanded ? ["expand" as const] : []), ...(isLow && uses >= terms.leastUses ? ["retire" as const] : [])];
}

/** Whether another skill is useful for the context of most of the failures. The context of a skill is that of most rollouts that showed it [R]; in the source it is written in the skill. */
function isCovered({ skill, failures }: Unit, { units }: Library, { keepFrom }: Terms): boolean {
  const context = mostCommon(failures.map(([, of]) => of));
  return units.some(
    (other) =>
      other.skill !== skill && other.skill !== "" && other.contexts[0]?.[0] === context && other.ema >= keepFrom,
  );
}

/** The first of those that are there most often; undefined for an empty list. */
function mostCommon(names: readonly string[]): string | undefined {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].toSorted(([, one], [, other]) => other - one)[0]?.[0];
}

/**
 * How a skill stands after it was left out. Of a useful one the probe of the source says whether the agent does nearly as well without it, so that it may have learned what the
 * skill says; that decides nothing [C].
 */
export function standingOf({ ema, last }: Unit, { keepFrom }: Terms): Unit["standing"] {
  if (last === null || ema < keepFrom) return "retained";
  const { score, share, pairs } = internalised;
  const isNearly = last.pairs >= pairs && last.with >= score && last.without >= share * last.with;
  return isNearly ? "internalised" : "useful";
}
