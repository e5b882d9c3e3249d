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

/** The rewards of the tasks of the batch under the parent and under a candidate that was measured on them; null where it was not. */
export async function rewardsOf(
  measured: Measured | undefined,
  { tasks, results, payload }: Batch,
): Promise<RevisedTask[] | null> {
  const found = await Promise.all((measured?.stages ?? []).map(({ evidence }) => payload.json(evidence, Evidence)));
  const columns = found.find(({ suite }) => suite === "train")?.columns;
  if (columns === undefined) return null;
  const samples = columns.samples ?? [columns.candidate];
  return results.map((result, place) => {
    const row = columns.task.indexOf(tasks[place] as number);
    return { before: result.samples, after: samples.map((values) => values[row] ?? null) };
  });
}
