import type { Values } from "../state/archive.ts";
import type { SampleCounts } from "../state/evidence.ts";
import { rounded } from "../state/rounding.ts";
import type { Score } from "../state/task.ts";
import { meanScore } from "./scores.ts";

/** A task that was run once or several times, and the rows of its rollouts. */
export interface SampledTask<Row> {
  task: string;
  rows: Row[];
}

/** Rows by task, in the order of their first ones. */
export function byTask<Row>(rows: readonly Row[], taskOf: (row: Row) => string): Array<SampledTask<Row>> {
  const tasks = new Map<string, Row[]>();
  for (const row of rows) tasks.set(taskOf(row), [...(tasks.get(taskOf(row)) ?? []), row]);
  return [...tasks].map(([task, own]) => ({ task, rows: own }));
}

/**
 * The score of a task: the mean over its samples that are not missing, by objective, rounded to 12 digits, with the feedback on the worst
 * of them. Null where all are missing. Comparisons use this one number for each task, as samples of a task are not independent.
 */
export function meanOfSamples(samples: ReadonlyArray<Score | null>): Score | null {
  const known = samples.filter((score) => score !== null);
  const [first, ...others] = known;
  if (first === undefined || others.length === 0) return first ?? null;
  const mean = (values: number[]) => rounded(meanScore(values) ?? 0, 12);
  const names = [...new Set(known.flatMap(({ objectives }) => Object.keys(objectives)))];
  const worst = known.reduce((least, score) => (score.value < least.value ? score : least), first);
  return {
    value: mean(known.map(({ value }) => value)),
    objectives: Object.fromEntries(
      names.map((name) => [name, mean(known.flatMap(({ objectives }) => objectives[name] ?? []))]),
    ),
    feedback: worst.feedback,
  };
}

/** One rollout for each task: the one with the lowest score, the first of equal ones; a missing one only where all are. */
export function worstOfTasks<Item extends { rollout: { task: string }; score: Score | null }>(
  rollouts: readonly Item[],
): Item[] {
  const worst = new Map<string, Item>();
  for (const one of rollouts) {
    const known = worst.get(one.rollout.task);
    const isWorse = one.score !== null && one.score.value < (known?.score?.value ?? Infinity);
    if (known === undefined || isWorse) worst.set(one.rollout.task, one);
  }
  return [...worst.values()];
}

/** How the samples of tasks agree, by columns of samples; null where there is at most one. */
export function countSamples(samples: readonly Values[]): SampleCounts | null {
  if (samples.length < 2) return null;
  const tasks = (samples[0] as Values)
    .map((_, place) => samples.flatMap((values) => values[place] ?? []))
    .filter(({ length }) => length > 0);
  return {
    tasks: tasks.length,
    passed: tasks.filter((known) => known.every((value) => value === 1)).length,
    flipped: tasks.filter((known) => known.some((value) => value !== known[0])).length,
  };
}

/** The last rollouts of a list that are of so many tasks, with all samples of each. */
export function lastTasks<Item extends { rollout: { task: string } }>(
  rollouts: readonly Item[],
  tasks: number,
): Item[] {
  const kept = new Set<string>();
  let from = rollouts.length;
  for (; from > 0; from -= 1) {
    const { task } = (rollouts[from - 1] as Item).rollout;
    if (!kept.has(task) && kept.size === tasks) break;
    kept.add(task);
  }
  return rollouts.slice(from);
}
