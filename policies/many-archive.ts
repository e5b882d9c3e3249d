import { mainObjective, type OpenMember } from "../state/archive.ts";
import type { Verdict } from "../state/evidence.ts";
import type { Hash } from "../state/json.ts";
import type { Archive, OpenMeasured } from "./archive.ts";

/** A program as an archive ranks it: a member, or a candidate that passed the trial. */
export type Ranked = Pick<OpenMember, "program" | "means" | "values" | "generation">;

interface KeepBy {
  name: string;
  version: number;
  /** Maximum number of members. */
  most: number;
  /** Which of all members and candidates, in the order of their creation, are kept; the best by mean is kept in any case. */
  keep(all: readonly Ranked[], most: number): readonly Ranked[];
}

/**
 * An archive of several programs: those that passed the trial are added, and `keep` decides which are kept. The run returns the one with the
 * best mean score, of equal ones the oldest.
 */
export function manyArchive({ name, version, most, keep }: KeepBy): Archive {
  return {
    name: `${name} of ${most}`,
    version,
    update({ archive, measured, generation }) {
      const known = new Set(archive.members.map(({ program }) => program));
      const joining = measured.filter(({ verdict, candidate }) => verdict.accepted && !known.has(candidate.program));
      const all: Ranked[] = [
        ...archive.members,
        ...joining.map(({ candidate, means, values }) => ({ program: candidate.program, means, values, generation })),
      ];
      const best = bestOf(all);
      const kept = [...new Set([best, ...keep(all, most)])].slice(0, most);
      const programs = new Set(kept.map(({ program }) => program));
      const before = archive.members.find(({ program }) => program === archive.head);
      const verdicts = measured.map((one) =>
        verdictOf(one, {
          isKnown: known.has(one.candidate.program),
          programs,
          best: best.program,
          before: scoreOf(before),
        }),
      );
      return {
        keep: all.map(({ program }) => program).filter((program) => programs.has(program)),
        head: best.program,
        verdicts,
      };
    },
  };
}

const scoreOf = (ranked: Pick<Ranked, "means"> | undefined) => ranked?.means[mainObjective] ?? null;

/** The first with the best mean. */
function bestOf(all: readonly Ranked[]): Ranked {
  return all.reduce((best, one) => ((scoreOf(one) ?? -1) > (scoreOf(best) ?? -1) ? one : best));
}

interface Standing {
  isKnown: boolean;
  programs: ReadonlySet<Hash>;
  best: Hash;
  before: number | null;
}

/** `delta` is the difference of the means of candidate and head. */
function verdictOf(
  { candidate, verdict, means }: OpenMeasured,
  { isKnown, programs, best, before }: Standing,
): Verdict {
  if (!verdict.accepted) return verdict;
  const delta = (means[mainObjective] ?? 0) - (before ?? 0);
  if (isKnown) return { accepted: false, decided: true, reason: "in the archive already", delta };
  if (!programs.has(candidate.program))
    return { accepted: false, decided: true, reason: "not kept by the archive", delta };
  const reason = candidate.program === best ? "best of the archive" : "joined the archive";
  return { accepted: true, decided: true, reason, delta };
}

/** All programs; beyond the limit those with the lowest means are dropped first, of equal ones the newest (the limit is ours [R]; GEPA has none). */
export function wholeArchive(most: number): Archive {
  return manyArchive({ name: "archive.all", version: 1, most, keep: byMean });
}

function byMean(all: readonly Ranked[]): readonly Ranked[] {
  return all.toSorted((a, b) => (scoreOf(b) ?? -1) - (scoreOf(a) ?? -1) || a.generation - b.generation);
}
