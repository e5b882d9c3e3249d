import { priorOf, successesIn, successProbability, type PosteriorKind, type Witness } from "./posterior.ts";

export type Action = "explore" | "retire" | "patch" | "split" | "compress";

/** What is known of a skill, as the table of actions reads it. */
export interface Belief {
  observations: number;
  /** Successes and failures, each with its prior. */
  alpha: number;
  beta: number;
  /** The probability of a success in 0..1. */
  success: number;
  /** How often it failed in each way. */
  modes: ReadonlyMap<string, number>;
  /** Number of contexts it was used in. */
  contexts: number;
}

/** What to do with a skill. The confidence in 0..1 is the published one; it decides nothing. */
export interface ActionChoice {
  action: Action;
  confidence: number;
  reason: string;
}

/** Features that the table counts. */
export const contextFeature = "context";
export const modeFeature = "failure_mode";
/** The failure mode of a success [C]. */
export const noMode = "__none__";

/** What some evidence amounts to. */
export function beliefOf(evidence: readonly Witness[], kind: PosteriorKind): Belief {
  const successes = successesIn(evidence);
  const modes = new Map<string, number>();
  for (const { features } of evidence) {
    const mode = features[modeFeature] ?? noMode;
    if (mode !== noMode) modes.set(mode, (modes.get(mode) ?? 0) + 1);
  }
  return {
    observations: evidence.length,
    alpha: successes + priorOf(kind),
    beta: evidence.length - successes + priorOf(kind),
    success: successProbability(kind, evidence),
    modes,
    contexts: new Set(evidence.map(({ features }) => features[contextFeature])).size,
  };
}

interface Row extends Omit<ActionChoice, "confidence"> {
  holds(belief: Belief): boolean;
  confidence(belief: Belief): number;
}

/** From top to bottom (Bayesian-Agent, core/policy.py [C]). `beta` has the prior in it, so a skill is retired from three failures on. */
const rows: readonly Row[] = [
  {
    action: "explore",
    reason: "nothing is known of it yet",
    holds: ({ observations }) => observations === 0,
    confidence: () => 0.1,
  },
  {
    action: "retire",
    reason: "it fails mostly",
    holds: ({ beta, success }) => beta >= 4 && success < 0.45,
    confidence: ({ alpha, beta }) => Math.min(0.95, beta / (alpha + beta)),
  },
  {
    action: "patch",
    reason: "it failed twice in the same way",
    holds: ({ modes }) => Math.max(0, ...modes.values()) >= 2,
    confidence: () => 0.75,
  },
  {
    action: "split",
    reason: "it is used in several contexts",
    holds: ({ contexts, observations }) => contexts >= 3 && observations >= 4,
    confidence: () => 0.65,
  },
  {
    action: "compress",
    reason: "it succeeds steadily",
    holds: ({ observations, success }) => observations >= 3 && success >= 0.72,
    confidence: ({ success }) => success,
  },
];

/** The first row of the table that holds and whose action is not passed over; exploring where there is none. */
export function chooseAction(belief: Belief, passedOver: ReadonlySet<Action> = new Set()): ActionChoice {
  const row = rows.find(({ action, holds }) => !passedOver.has(action) && holds(belief));
  if (row === undefined) return { action: "explore", confidence: 0.35, reason: "what is known does not decide yet" };
  return { action: row.action, confidence: row.confidence(belief), reason: row.reason };
}
