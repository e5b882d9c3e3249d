/**
 * The names of spaces. A family is the runs that share a ledger: a root run and its branches. Its name stands in braces,
 * which Redis reads as a hash tag: all of a family lives on one node of a cluster. Families and ids are encoded, so that
 * no id reaches into another space.
 */

/** What the names of all spaces of a family begin with. */
export function familyPrefix(family: string): string {
  return `{${encodeURIComponent(family)}}/`;
}

/** The list of all runs; it belongs to no family. */
export const directorySpace = "directory";

/** The queues of work for workers; they belong to no family. */
export const queuesSpace = "queues";

/** Checkpoints, timeline and lease of a run. */
export function threadSpace(family: string, thread: string): string {
  return spaceOf(family, "thread", thread);
}

/** One content-addressed blob, by its hash. */
export function blobSpace(family: string, hash: string): string {
  return spaceOf(family, "blob", hash);
}

/** One answer of the ledger, by the hash of its key. */
export function answerSpace(family: string, hash: string): string {
  return spaceOf(family, "answer", hash);
}

/** The failed attempts of a run. */
export function attemptSpace(family: string, run: string): string {
  return spaceOf(family, "attempt", run);
}

/** The looks at a set of tasks outside of runs, by the hash of the tasks. */
export function evaluationSpace(family: string, hash: string): string {
  return spaceOf(family, "evaluation", hash);
}

/** The certificates of a sealed set, by the hash of its tasks; they belong to no run. */
export function certificateSpace(hash: string): string {
  return spaceOf("certificates", "sealed", hash);
}

function spaceOf(family: string, kind: string, id: string): string {
  return `${familyPrefix(family)}${kind}/${encodeURIComponent(id)}`;
}
