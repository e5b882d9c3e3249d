import { z } from "zod";
import { permutation, type Draw } from "../../state/draw.ts";
import { StateError } from "../../state/errors.ts";
import { rounded } from "../../state/rounding.ts";
import { betaSample } from "../draws/dirichlet.ts";
import type { TaskOutcome } from "../policy.ts";

/** What is known of a task's success rate: Beta(alpha, beta). */
const Belief = z.tuple([z.number().positive(), z.number().positive()]);
type Belief = z.infer<typeof Belief>;

/** Beliefs by task; of a task that is not in it every success rate is equally likely. */
export const BetaTable = z.record(z.string(), Belief);
export type BetaTable = z.infer<typeof BetaTable>;

const prior: Belief = [1, 1];

/**
 * Beliefs after more rollouts: alpha becomes decay alpha + (1 - decay) + k s, and beta decay beta + (1 - decay) + k (1 - s), rounded to 9
 * digits (MoPPS, arXiv 2507.04632 and its code [C]). `decay` in [0, 1] is 1 there, where nothing is forgotten; below 1, as the skill
 * changes, is ours [R] (0.5 to 0.9). Other tasks stay as they are. Throws a `StateError` for what no rollouts can have given.
 */
export function learnOutcomes(
  table: BetaTable,
  outcomes: readonly TaskOutcome[],
  { decay }: { decay: number },
): BetaTable {
  if (!(decay >= 0 && decay <= 1)) throw new StateError(`The decay is ${decay}; it must be from 0 to 1.`);
  const beliefs = new Map(Object.entries(table));
  for (const { task, rollouts, success } of outcomes) {
    if (!(rollouts >= 0 && rollouts < Infinity && success >= 0 && success <= 1))
      throw new StateError(`Task "${task}" cannot have a success rate of ${success} in ${rollouts} rollouts.`);
    const [alpha, beta] = beliefs.get(task) ?? prior;
    const after = (before: number, gained: number) => rounded(decay * before + (1 - decay) + gained, 9);
    beliefs.set(task, [after(alpha, rollouts * success), after(beta, rollouts * (1 - success))]);
  }
  return Object.fromEntries(beliefs);
}

/**
 * Which tasks to run: `nearest`, those whose sampled success rate is nearest to a target (0.5 in MoPPS [C]); `band`, any of those
 * whose sampled rate is within a band (0.3 to 0.7 there), then the nearest to it; `uniform`, any.
 */
export type TaskRule =
  | { kind: "nearest"; target: number }
  | { kind: "band"; low: number; high: number }
  | { kind: "uniform" };

/**
 * Chooses at most `size` of the tasks, none twice, by one Beta sample each (MoPPS' topk, threshold and uniform [C]). The tasks given, all
 * different, are the candidates; the source first draws 16 times the batch from the train set.
 */
export function chooseTasks(
  tasks: readonly string[],
  table: BetaTable,
  { rule, size, drawAt }: { rule: TaskRule; size: number; drawAt: Draw },
): string[] {
  const order = permutation(tasks.length, (index) => drawAt(index)).map((place) => tasks[place] as string);
  if (rule.kind === "uniform") return order.slice(0, size);
  // Samples draw from indices behind those of the order; each task has every n-th of them.
  const sampleOf = (task: string, place: number) => {
    const [alpha, beta] = Object.hasOwn(table, task) ? (table[task] as Belief) : prior;
    return betaSample({ alpha, beta }, (index) => drawAt(tasks.length * (index + 1) + place));
  };
  const distances = new Map(tasks.map((task, place) => [task, distanceTo(rule, sampleOf(task, place))]));
  const candidates = rule.kind === "band" ? order : tasks;
  return candidates.toSorted((a, b) => (distances.get(a) as number) - (distances.get(b) as number)).slice(0, size);
}

/** 0 within a band. */
function distanceTo(rule: Exclude<TaskRule, { kind: "uniform" }>, rate: number): number {
  if (rule.kind === "nearest") return (rate - rule.target) ** 2;
  return Math.max(0, rule.low - rate, rate - rule.high);
}
