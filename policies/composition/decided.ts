import type { GenerationRecord, Verdict } from "../../state/evidence.ts";
import type { Candidate } from "../../state/program.ts";
import type { Kind } from "./mining.ts";

/** A candidate that something was decided on, as a pair: whether it worked, and its mean score minus its parent's; null where it was not measured. */
export interface Decided {
  candidate: Candidate;
  worked: boolean;
  gain: number | null;
}

type Outcome = Pick<
  GenerationRecord,
  "candidate" | "verdict" | "candidateScore" | "parentScore" | "others" | "evidence"
>;

/** The candidates of a generation that show whether they worked. One that was taken without a rollout shows nothing. */
export function decidedIn({ candidate, verdict, candidateScore, parentScore, others, evidence }: Outcome): Decided[] {
  const all = [...(candidate === null ? [] : [{ candidate, verdict, score: candidateScore }]), ...others];
  return all.flatMap((one): Decided[] => {
    if (!one.verdict.decided || (one.score === null && evidence === null)) return [];
    const gain = one.score === null || parentScore === null ? null : one.score - parentScore;
    const worked = hasWorked(one.verdict, gain);
    return worked === null ? [] : [{ candidate: one.candidate, worked, gain }];
  });
}

/** A candidate that did better worked, also where another one was taken. One that may have done better and was turned down shows nothing: null. */
function hasWorked({ accepted, delta }: Verdict, gain: number | null): boolean | null {
  if (gain !== null && gain !== 0) return gain > 0;
  if (accepted) return true;
  return gain === null && delta > 0 ? null : false;
}

/** What the candidates of a generation are about where they do not say so: its worst deficiency; undefined without any. */
export function worstKind({ deficiencies: [worst] }: Pick<GenerationRecord, "deficiencies">): Kind | undefined {
  return worst === undefined ? undefined : { category: worst.category, defect: worst.defect };
}
