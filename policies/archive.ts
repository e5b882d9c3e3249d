import type { ArchiveView, Column } from "../state/archive.ts";
import type { Draw } from "../state/draw.ts";
import type { Audit, Episode, Measured, Verdict } from "../state/evidence.ts";
import type { Hash, Json } from "../state/json.ts";
import type { Settings } from "../state/settings.ts";
import type { Policy } from "./policy.ts";

/** Maximum number of members of any archive, because every generation reads all of them. */
export const mostMembers = 64;

/** A measured candidate with its column; the column is empty if it was not measured completely. */
export interface OpenMeasured extends Measured {
  values: Column;
}

export interface ArchiveInput {
  archive: ArchiveView;
  /** The results of the trial, one per candidate, including those that it rejected. */
  measured: readonly OpenMeasured[];
  parents: readonly Hash[];
  generation: number;
  settings: Settings;
  /** Null where the recipe has none. */
  episode?: Episode | null;
  /** The audit of this generation; null without one. */
  audit: Audit | null;
}

/** The programs to keep, in order, which include the one that the run returns, and one verdict for each measured candidate. */
export interface ArchiveDecision {
  keep: Hash[];
  head: Hash;
  verdicts: Verdict[];
}

/** Decides which programs are kept, and which one the run returns: the only policy that moves the head. */
export interface Archive extends Policy {
  update(input: ArchiveInput, memory: Json, draw: Draw): ArchiveDecision;
  /** The program that was checked last: the head is provisional where it is another. Without it, every head counts as decided. */
  checked?(archive: Pick<ArchiveView, "members">): Hash;
}

/** The accepted candidate with the largest difference, the first of equal ones; the verdicts of the others say that it gained more. */
export function bestAccepted(measured: readonly OpenMeasured[]): {
  winner: OpenMeasured | undefined;
  verdicts: Verdict[];
} {
  const accepted = measured.filter(({ verdict }) => verdict.accepted);
  const [winner] = accepted.toSorted((a, b) => b.verdict.delta - a.verdict.delta);
  const verdicts = measured.map((one) =>
    one.verdict.accepted && one !== winner
      ? { ...one.verdict, accepted: false, reason: "another candidate gained more" }
      : one.verdict,
  );
  return { winner, verdicts };
}

/** One member, the head: the accepted candidate with the largest difference replaces it, the first of equal ones. */
export const headArchive: Archive = {
  name: "archive.head",
  version: 1,
  update({ archive: { head }, measured }) {
    const { winner, verdicts } = bestAccepted(measured);
    const next = winner?.candidate.program ?? head;
    return { keep: [next], head: next, verdicts };
  },
};
