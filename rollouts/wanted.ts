import { hashJson } from "../state/json.ts";
import { questionOf, type Task } from "../state/task.ts";
import type { Ledger } from "../stores/ledger/ledger.ts";

/** A sample of a task, by its index. */
export interface Wanted {
  index: number;
  sample: number;
}

/** All samples of a task after each other. */
export function samplesOf(
  indices: readonly number[],
  { samples, firstSample = 0 }: { samples: number; firstSample?: number },
): Wanted[] {
  return indices.flatMap((index) => Array.from({ length: samples }, (_, at) => ({ index, sample: firstSample + at })));
}

/** What may have ended an earlier session goes last, so that it costs nothing but itself. Results are in the order given. */
export async function inOrder<Result>(
  wanted: readonly Wanted[],
  { rank, launch }: { rank(one: Wanted): number; launch(one: Wanted): Promise<Result> },
): Promise<Result[]> {
  const ordered = [...wanted.entries()].map(([place, one]) => ({ place, one, rank: rank(one) }));
  const results: Array<Promise<Result>> = [];
  for (const { place, one } of ordered.toSorted((left, right) => left.rank - right.rank)) {
    results[place] = launch(one);
  }
  return Promise.all(results);
}

export function rankOf(ledger: Ledger, task: Task | undefined): number {
  return task === undefined ? 0 : ledger.rank(() => hashJson(questionOf(task)));
}
