import { StateError } from "../../state/errors.ts";
import { rounded } from "../../state/rounding.ts";

/** Numbers by name: features of an arm, or the weights of features. What is not named is 0. */
export type Features = Readonly<Record<string, number>>;

/** One decision that the policy made, and what came of it. */
export interface Decision {
  /** The features of all arms it chose from. */
  arms: readonly Features[];
  /** The chosen arm, as a place in `arms`. */
  chosen: number;
  /** With what probability it was chosen then, above 0. */
  probability: number;
  /** How much better than the others of its group it did. */
  advantage: number;
  /** How much it counts, such as gamma^(generation - 1); 1 when left out. */
  weight?: number;
}

/** How far the weights move. Skill-R1's own values are unknown. */
export interface Training {
  /** Step size; 0 leaves the weights as they are, which is the source's inference-only variant. */
  rate: number;
  /** Steps over the same decisions. */
  steps: number;
  /** The ratio of new to old probability counts from 1 - clip to 1 + clip. */
  clip: number;
  /** What a nat of divergence from the reference costs. */
  kl: number;
}

/** A weight beyond this makes a choice certain, and no training undoes it. */
const largestWeight = 1e6;

/** Digits that weights are rounded to after each update. */
const digits = 9;

/**
 * The probability of each arm, proportional to exp(sum of weight times feature). They add up to 1. Throws a `StateError` where a feature or
 * weight is no finite number, or where there is no arm.
 */
export function armProbabilities(weights: Features, arms: readonly Features[]): number[] {
  return logProbabilities(weights, arms).map(Math.exp);
}

/**
 * What training makes larger: the mean over decisions, by weight, of min(rho A, clip(rho) A) - kl KL(policy || reference), rho being the
 * probability of the chosen arm now over that of then (Skill-R1, arXiv 2605.09359, A.3 [P]; the divergence is exact here, as the
 * arms can be counted). 0 without decisions.
 */
export function surrogate(
  weights: Features,
  reference: Features,
  { decisions, clip, kl }: { decisions: readonly Decision[] } & Pick<Training, "clip" | "kl">,
): number {
  const total = totalWeight(decisions);
  return decisions.reduce((sum, decision) => {
    const { ratio, divergence } = standingOf(weights, reference, decision);
    const { advantage, weight = 1 } = decision;
    const clipped = Math.min(1 + clip, Math.max(1 - clip, ratio));
    return sum + (weight / total) * (Math.min(ratio * advantage, clipped * advantage) - kl * divergence);
  }, 0);
}

/**
 * The weights after some steps up the gradient of `surrogate`, rounded to 9 digits; features whose weight is 0 are left out. A policy over
 * edit operators and targets takes the place of the source's language model as generator: ours [R]. Throws a `StateError` where a weight
 * became no finite number or larger than a million, or where a decision cannot have been made.
 */
export function trainSoftmax(
  weights: Features,
  reference: Features,
  { decisions, ...training }: { decisions: readonly Decision[] } & Training,
): Record<string, number> {
  for (const decision of decisions) checkDecision(decision);
  let current: Record<string, number> = { ...weights };
  for (let step = 0; step < training.steps; step += 1) {
    const slope = gradient(current, reference, { decisions, ...training });
    const names = new Set([...Object.keys(current), ...slope.keys()]);
    current = Object.fromEntries(
      [...names].map((name) => [name, valueOf(current, name) + training.rate * (slope.get(name) ?? 0)]),
    );
  }
  const kept = Object.entries(current).map(([name, weight]) => [name, rounded(usable(weight, name), digits)] as const);
  return Object.fromEntries(kept.filter(([, weight]) => weight !== 0));
}

function gradient(
  weights: Features,
  reference: Features,
  { decisions, clip, kl }: { decisions: readonly Decision[] } & Training,
): Map<string, number> {
  const slope = new Map<string, number>();
  const total = totalWeight(decisions);
  for (const decision of decisions) {
    const { probabilities, ratio, logRatios, divergence } = standingOf(weights, reference, decision);
    const { advantage, chosen, weight = 1 } = decision;
    const isClipped = advantage > 0 ? ratio > 1 + clip : ratio < 1 - clip;
    // d log p(chosen) = f(chosen) - sum_a p_a f_a, and d KL = sum_a p_a (log-ratio_a - KL) f_a.
    for (const [arm, p] of probabilities.entries()) {
      const towards = isClipped ? 0 : ratio * advantage * ((arm === chosen ? 1 : 0) - p);
      const factor = (weight / total) * (towards - kl * p * ((logRatios[arm] as number) - divergence));
      for (const [name, value] of Object.entries(decision.arms[arm] as Features))
        slope.set(name, (slope.get(name) ?? 0) + factor * value);
    }
  }
  return slope;
}

/** How the policy stands to what was decided then, and to the reference. */
function standingOf(weights: Features, reference: Features, { arms, chosen, probability }: Decision) {
  const logs = logProbabilities(weights, arms);
  const then = logProbabilities(reference, arms);
  const probabilities = logs.map(Math.exp);
  const logRatios = logs.map((log, arm) => log - (then[arm] as number));
  const divergence = probabilities.reduce((sum, p, arm) => sum + p * (logRatios[arm] as number), 0);
  return { probabilities, ratio: (probabilities[chosen] as number) / probability, logRatios, divergence };
}

/** As logarithms, which are finite also where a probability is too small for a number. */
function logProbabilities(weights: Features, arms: readonly Features[]): number[] {
  if (arms.length === 0) throw new StateError("There is no arm to choose from.");
  const scores = arms.map((arm) =>
    Object.entries(arm).reduce(
      (sum, [name, value]) => sum + finite(value * finite(valueOf(weights, name), name), name),
      0,
    ),
  );
  const largest = Math.max(...scores);
  const rest = Math.log(scores.reduce((sum, score) => sum + Math.exp(score - largest), 0));
  return scores.map((score) => score - largest - rest);
}

/** Names may be words of users, such as "constructor". */
function valueOf(features: Features, name: string): number {
  return Object.hasOwn(features, name) ? (features[name] as number) : 0;
}

function totalWeight(decisions: readonly Decision[]): number {
  return decisions.reduce((sum, { weight = 1 }) => sum + weight, 0);
}

function checkDecision({ arms, chosen, probability, advantage, weight = 1 }: Decision): void {
  const isPossible = Number.isInteger(chosen) && chosen >= 0 && chosen < arms.length;
  if (!isPossible) throw new StateError(`Arm ${chosen} of ${arms.length} cannot have been chosen.`);
  if (!(probability > 0 && probability <= 1))
    throw new StateError(`An arm was chosen with probability ${probability}.`);
  if (!Number.isFinite(advantage) || !(weight > 0 && weight < Infinity))
    throw new StateError(
      `A decision has advantage ${advantage} and weight ${weight}; both are finite, the weight above 0.`,
    );
}

/** Also NaN is not at most as large. */
function usable(weight: number, feature: string): number {
  if (Math.abs(weight) <= largestWeight) return weight;
  throw unusable(weight, feature);
}

function finite(value: number, feature: string): number {
  if (Number.isFinite(value)) return value;
  throw unusable(value, feature);
}

function unusable(value: number, feature: string): StateError {
  return new StateError(
    `The feature "${feature}" has the value or weight ${value}. Take a smaller rate, or scale the features.`,
  );
}
