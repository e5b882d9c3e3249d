/** What became of one attempt to revise a library. */
export interface RevisionAttempt {
  /** `none`: nothing was proposed. */
  readonly outcome: "accepted" | "rejected" | "none";
  /** Accepted, and taken back later. */
  readonly isUndone: boolean;
  /** Of an accepted one: scores in 0..1 on the next task or tasks of the same family, of the library before it and with it; null where there is no such task. */
  readonly next: { readonly before: number; readonly after: number } | null;
  /** Of an accepted one: whether its family fails later in a role of deployment; null where it was not tried. */
  readonly failsLater: boolean | null;
}

/** Shares in 0..1; null where there is nothing that they are of. */
export interface RevisionSafety {
  /** Of what was proposed. */
  acceptance: number | null;
  /** Of what was accepted. */
  rollback: number | null;
  /** Of all attempts. */
  noChange: number | null;
  /** Of the accepted ones with a next task of the same family: it goes better, or worse. */
  help: number | null;
  hurt: number | null;
  /** Of the accepted ones whose family was tried in deployment. */
  patchOverfitting: number | null;
}

/**
 * The measures of revision safety of SkillEvolBench (arXiv 2605.24117) [C]/[S]. What they are shares of is ours [R], and so is comparing the next task with and without the
 * revision, where the source looks at its outcome.
 */
export function revisionSafety(attempts: readonly RevisionAttempt[]): RevisionSafety {
  const proposed = attempts.filter(({ outcome }) => outcome !== "none");
  const accepted = proposed.filter(({ outcome }) => outcome === "accepted");
  const next = accepted.flatMap((attempt) => attempt.next ?? []);
  const later = accepted.flatMap(({ failsLater }) => failsLater ?? []);
  return {
    acceptance: shareOf(proposed, ({ outcome }) => outcome === "accepted"),
    rollback: shareOf(accepted, ({ isUndone }) => isUndone),
    noChange: shareOf(attempts, ({ outcome }) => outcome === "none"),
    help: shareOf(next, ({ before, after }) => after > before),
    hurt: shareOf(next, ({ before, after }) => after < before),
    patchOverfitting: shareOf(later, (fails) => fails),
  };
}

/** The share of a list for which something holds; null for an empty list. */
export function shareOf<Item>(items: readonly Item[], holds: (item: Item) => boolean): number | null {
  return items.length === 0 ? null : items.filter(holds).length / items.length;
}
