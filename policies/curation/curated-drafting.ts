import type { Drafting } from "../drafting.ts";

/** One draft of a curator in each generation; what it writes is judged where that counts for its reward (SkillOS, arXiv 2605.06614 [S]). */
export function curatedDrafting({ judges }: { judges: boolean }): Drafting {
  return {
    name: `drafting.curated${judges ? "" : " not judged"}`,
    version: 1,
    decide: () => ({ kind: "curated", judges }),
  };
}
