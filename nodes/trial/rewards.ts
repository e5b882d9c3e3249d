import type { RevisedTask } from "../../policies/episodes/revision.ts";
import type { Means } from "../../state/archive.ts";
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
 * measured. Of a task beyond the batch the parent has one reward, its mean. `means` are the candidate's on them.
 */
export async function rewardsOf(
  measured: Measured | undefined,
  { tasks, results, payload }: Batch,
): Promise<{ tasks: Rewarded[]; means: Means } | null> {
  const found = await Promise.all((measured?.stages ?? []).map(({ evidence }) => payload.json(evidence, Evidence)));
  const evidence = found.find(({ suite }) => suite === "train");
  if (evidence === undefined) return null;
  const { columns, means } = evidence;
  const samples = columns.samples ?? [columns.candidate];
  const known = new Map(results.map(({ samples: own }, place) => [tasks[place] as number, own]));
  const asked = columns.task.every((task) => known.has(task)) ? [...known.keys()] : columns.task;
  const rewarded = asked.map((task) => {
    const row = columns.task.indexOf(task);
    const before = known.get(task) ?? [columns.other[row] ?? null];
    return { task, before, after: samples.map((values) => values[row] ?? null) };
  });
  return { tasks: rewarded, means: means.candidate };
}
