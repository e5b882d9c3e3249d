/**
 * How a library of skills fares that learns from a stream of tasks: the rates of SkillEvolBench (arXiv 2605.24117) [C]/[S], by their names there. In the source a trial is one
 * attempt, right or wrong; here a score in 0..1 also counts, such as a mean or a chance (ours [R]).
 */

/** Roles of tasks that a frozen library is tried on. */
export const deploymentRoles = ["shift", "adversarial", "composition"] as const;
export type DeploymentRole = (typeof deploymentRoles)[number];

/** `acquisition`: while it learns. `replay`: tasks of the acquisition again, with what was learned in the end. The others: with what was learned in the end, and no feedback. */
export type TrialRole = "acquisition" | "replay" | DeploymentRole;

/** An attempt at a task, or several with their mean score in 0..1. `attempts` is 1 by default. */
export interface EvolutionTrial {
  readonly role: TrialRole;
  readonly score: number;
  readonly attempts?: number;
}

/** Each in 0..1; null without a trial. */
export interface EvolutionRates {
  /** Learning: while tasks were learned from. */
  LSR: number | null;
  /** Replay: the same tasks after all was learned. */
  RSR: number | null;
  /** Deployment: shift, adversarial and composition together. */
  ESR: number | null;
  /** Context shift. */
  CSSR: number | null;
  /** Adversarial shortcuts. */
  ARSR: number | null;
  /** Composition. */
  CompSR: number | null;
}

/** The rates of some trials, each attempt with equal weight. */
export function evolutionRates(trials: readonly EvolutionTrial[]): EvolutionRates {
  const rate = (roles: readonly TrialRole[]) => meanOf(trials.filter(({ role }) => roles.includes(role)));
  return {
    LSR: rate(["acquisition"]),
    RSR: rate(["replay"]),
    ESR: rate(deploymentRoles),
    CSSR: rate(["shift"]),
    ARSR: rate(["adversarial"]),
    CompSR: rate(["composition"]),
  };
}

function meanOf(trials: readonly EvolutionTrial[]): number | null {
  const count = trials.reduce((sum, { attempts = 1 }) => sum + attempts, 0);
  return count === 0 ? null : trials.reduce((sum, { score, attempts = 1 }) => sum + score * attempts, 0) / count;
}

/**
 * What learning one group of tasks did to the others. Row i of `after` has the score in 0..1 of each group after learning group i; `start` those before any. `backward` is the mean change
 * of a group from after it was learned to the end: forgetting where below 0. `forward` is the mean change of a group from the start to just before it was learned. Both in -1..1, null with
 * a single group. Source: Lopez-Paz and Ranzato 2017 (arXiv 1706.08840), equations 3 and 4 [P]; SkillEvolBench names forgetting and transfer without a formula that is known here.
 */
export function transferOf({ start, after }: { start: readonly number[]; after: ReadonlyArray<readonly number[]> }): {
  backward: number | null;
  forward: number | null;
} {
  const groups = start.length;
  if (after.length !== groups || after.some((row) => row.length !== groups))
    throw new RangeError(`Scores of ${groups} groups need as many rows and columns; give one row after each group.`);
  if (groups < 2) return { backward: null, forward: null };
  const at = (row: number, group: number) => after[row]?.[group] as number;
  const changes = (of: (group: number) => number, from: number, to: number) => {
    let sum = 0;
    for (let group = from; group < to; group += 1) sum += of(group);
    return sum / (groups - 1);
  };
  return {
    backward: changes((group) => at(groups - 1, group) - at(group, group), 0, groups - 1),
    forward: changes((group) => at(group - 1, group) - (start[group] as number), 1, groups),
  };
}

/** A question, the skills that are right for it, and those that it is shown, the best first. */
export interface Routed {
  readonly right: readonly string[];
  readonly shown: readonly string[];
}

/**
 * Of the questions that have a right skill: `accuracy` is the share of which the first that is shown is right, `coverage` the mean share of the right skills that are shown. Both in 0..1, null where no
 * question has a right skill. Ours [R].
 */
export function routingOf(questions: readonly Routed[]): { accuracy: number | null; coverage: number | null } {
  const own = questions.filter(({ right }) => right.length > 0);
  if (own.length === 0) return { accuracy: null, coverage: null };
  const firsts = own.filter(({ right, shown }) => shown[0] !== undefined && right.includes(shown[0]));
  const covered = own.reduce(
    (sum, { right, shown }) => sum + right.filter((skill) => shown.includes(skill)).length / right.length,
    0,
  );
  return { accuracy: firsts.length / own.length, coverage: covered / own.length };
}
