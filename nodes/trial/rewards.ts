import type { RevisedTask } from "../../policies/episodes/revision.ts";
import { Evidence, type Measured } from "../../state/evidence.ts";
import type { Payload } from "../../stores/payload/payload.ts";
import type { Result } from "./asking.ts";

interface Batch {
  /** Indices in the train suite, and the parent's results on them. */
  tasks: readonly number[];
  results: readonly Result[];
  payload: Pick<Payload, "json">;
}

/** The rewards of a train task, by its index. */
interface Rewarded extends RevisedTask {
  task: number;
}

/**
 * The rewards of train tasks under the parent and under a candidate that was measured on them, those of the batch in its order; null where it was not
 * measured. Of a task beyond the batch the parent has one reward, its mean.
 */
export async function rewardsOf(
  measured: Measured | undefined,
  { tasks, results, payload }: Batch,
): Promise<Rewarded[] | null> {
  const found = await Promise.all((measured?.stages ?? []).map(({ evidence }) => payload.json(evidence, Evidence)));
  const columns = found.find(({ suite }) => suite === "train")?.columns;
  if (columns === undefined) return null;
  const samples = columns.samples ?? [columns.candidate];
  const known = new Map(results.map(({ samples: own }, place) => [tasks[place] as number, own]));
  const asked = columns.task.every((task) => known.has(task)) ? [...known.keys()] : columns.task;
  return asked.map((task) => {
    const row = columns.task.indexOf(task);
    const before = known.get(task) ?? [columns.other[row] ?? null];
    return { task, before, after: samples.map((values) => values[row] ?? null) };
  });
}
