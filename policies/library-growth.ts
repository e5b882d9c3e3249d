import { StateError } from "../state/errors.ts";

/** What one batch did to a library of skills or tools. */
export interface BatchUse {
  /** How many it created. */
  created: number;
  /** How many times it used one. */
  used: number;
}

/**
 * What was created so far over what was used so far, batch by batch (EGL of Yunjue Agent, tech report and code [P/C]): it falls just
 * where a batch creates less for each use than those before it, and towards 0 as 1 / batches once nothing is created any more.
 * Null as long as nothing was used. Throws a `StateError` where a count is below 0.
 */
export function createdPerUse(batches: readonly BatchUse[]): Array<number | null> {
  let [created, used] = [0, 0];
  return batches.map((batch) => {
    if (!(batch.created >= 0 && batch.used >= 0))
      throw new StateError(`A batch cannot create ${batch.created} and use ${batch.used}; counts are from 0 on.`);
    created += batch.created;
    used += batch.used;
    return used === 0 ? null : created / used;
  });
}

/**
 * Whether a library has stopped growing: in each of the last `patience` batches the ratio of `createdPerUse` fell, or nothing was
 * created, and it changed by at most `tolerance`. That the slope decides is the source's, the rule is ours [R], such as 3 batches
 * of 0.01. A ratio that is flat because every batch creates as much as those before has not converged.
 */
export function hasConverged(
  batches: readonly BatchUse[],
  { patience, tolerance }: { patience: number; tolerance: number },
): boolean {
  const ratios = createdPerUse(batches);
  const first = batches.length - patience;
  if (first < 1) return false;
  return batches.slice(first).every(({ created }, at) => {
    const [before, after] = [ratios[first + at - 1] ?? null, ratios[first + at] ?? null];
    if (before === null || after === null) return false;
    return (created === 0 || after < before) && Math.abs(before - after) <= tolerance;
  });
}
