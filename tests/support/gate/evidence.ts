import type { Values } from "../../../state/archive.ts";
import type { Evidence } from "../../../state/evidence.ts";

/** What a candidate was measured to be against the head, as far as it was asked. */
export function evidenceOf(candidate: Values, other: Values, changes: Partial<Evidence> = {}): Evidence {
  return {
    suite: "validation",
    against: "head",
    order: "any",
    columns: { task: other.map((_, index) => index), candidate, other },
    decidedAt: candidate.length,
    maxMissing: 0.2,
    tokens: { candidate: 10, other: 10 },
    means: { candidate: {}, other: {} },
    gain: null,
    ...changes,
  };
}
