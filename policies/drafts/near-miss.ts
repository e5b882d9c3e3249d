import { SettingsError } from "../../state/errors.ts";
import type { EvidenceCounts, Verdict } from "../../state/evidence.ts";
import { NearMiss, type Drafting } from "../drafting.ts";
import type { Learned } from "../policy.ts";
import { aroundDrafting } from "./around.ts";

/** Bytes of a near miss: two hashes, a reason and a number. */
const nearMissBytes = 1000;
const reasonCharacters = 200;

/**
 * Drafting as another policy does it, with one more try for a candidate that was nearly accepted: if the gate rejects it with a difference
 * of at least -margin, its draft goes back to the proposer in the next generation, with the verdict. A second try gets no third. The margin is in
 * units of the score, by default 0.02; all of it is ours [R].
 */
export function nearMissDrafting(drafting: Drafting, { margin = 0.02 }: { margin?: number } = {}): Drafting {
  if (!(margin >= 0 && margin <= 1)) throw new SettingsError("margin", `margin is ${margin}; it must be from 0 to 1.`);
  return aroundDrafting(drafting, {
    name: `near misses within ${margin} again`,
    schema: NearMiss.nullable(),
    start: null,
    maxBytes: nearMissBytes,
    learn: (_, record) => nearMissIn(record, margin),
    decide(_, memory, plan) {
      const last = NearMiss.nullable().parse(memory);
      return last === null ? plan() : { ...plan(), nearMiss: last };
    },
  });
}

function nearMissIn({ candidate, verdict, evidence }: Learned, margin: number): NearMiss | null {
  if (candidate === null || evidence === null || verdict.accepted || !verdict.decided) return null;
  const delta = seenDelta(evidence, verdict);
  const [parent, other] = candidate.parents;
  if (delta < -margin || parent === undefined || other !== undefined) return null;
  if (candidate.origin.features["retried"] === true) return null;
  return { parent, edits: candidate.edits, delta, reason: verdict.reason.slice(0, reasonCharacters) };
}

/** The difference on what was asked: that of the verdict is the best still possible if the comparison ended early. */
function seenDelta({ asked, planned, fixed, broken }: EvidenceCounts, { delta }: Verdict): number {
  return asked === planned || asked === 0 || fixed === null || broken === null ? delta : (fixed - broken) / asked;
}
