import { mainObjective, memberOf, type Means } from "../../state/archive.ts";
import type { Verdict } from "../../state/evidence.ts";
import type { Archive, OpenMeasured } from "../archive.ts";

export interface Versions {
  /** Maximum number of versions; beyond it the oldest are dropped. */
  most: number;
  /** Whether each candidate becomes the next version, whatever its scores are. */
  keepsAll: boolean;
}

/**
 * The versions of a program, one after the other; the newest is the head. At most one candidate of a generation becomes a version: of those
 * that the trial accepted the one with the largest difference, or, with `keepsAll`, the first one that was measured (SkillForge,
 * arXiv 2604.08618, commits every version [P]; the limit is ours [R]).
 */
export function versionArchive({ most, keepsAll }: Versions): Archive {
  return {
    name: `archive.versions ${keepsAll ? "all" : "accepted"} of ${most}`,
    version: 1,
    update({ archive: { members, head }, measured }) {
      const before = memberOf(members, head)?.means ?? {};
      const next = keepsAll ? measured[0] : bestOf(measured);
      const verdicts = measured.map((one): Verdict => {
        if (one === next) return keepsAll ? committed(one, before) : one.verdict;
        if (!keepsAll && !one.verdict.accepted) return one.verdict;
        return { ...one.verdict, accepted: false, reason: "another candidate became the next version" };
      });
      const known = members.map(({ program }) => program);
      if (next === undefined) return { keep: known, head, verdicts };
      const { program } = next.candidate;
      return { keep: [...known.filter((each) => each !== program), program].slice(-most), head: program, verdicts };
    },
  };
}

function bestOf(measured: readonly OpenMeasured[]): OpenMeasured | undefined {
  const accepted = measured.filter(({ verdict }) => verdict.accepted);
  return accepted.toSorted((a, b) => b.verdict.delta - a.verdict.delta)[0];
}

/** `delta` is the difference of the means of the new version and the one before; 0 where one of them is not known. */
function committed({ verdict, means }: OpenMeasured, before: Means): Verdict {
  const [score, other] = [means[mainObjective] ?? null, before[mainObjective] ?? null];
  const delta = score === null || other === null ? 0 : score - other;
  const reason = verdict.accepted ? "the next version" : `the next version, although ${verdict.reason}`;
  return { accepted: true, decided: true, reason, delta };
}
