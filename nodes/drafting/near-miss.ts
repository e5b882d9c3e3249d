import type { Patch } from "../../analysts/analyst.ts";
import { fuseDrafts } from "../../skills/fusion.ts";
import type { Draft } from "../../state/program.ts";
import type { DraftWork } from "./work.ts";

/** A near miss as a patch beside those of groups. */
export function nearPatch({ nearMiss }: Pick<DraftWork, "nearMiss">): Patch {
  return (nearMiss?.edits ?? []).map((edit) => ({ edit, support: 1, outcome: "failures" }));
}

/** A near miss in words, for a proposer that distills. */
export function nearText({ edits, reason, delta }: NonNullable<DraftWork["nearMiss"]>): string {
  const list = edits.map((edit) => JSON.stringify(edit)).join("\n");
  return `These edits were tried together and nearly accepted (${reason}, ${delta.toFixed(3)} in score). Improve them:\n${list}`;
}

/**
 * A near miss with what goes with it of another draft, for proposers that do not distill: the edits of the near miss first, but at least
 * one of the other draft. Undefined where nothing can be added.
 */
export function combined(
  draft: Draft,
  { nearMiss, skills, budget }: Pick<DraftWork, "nearMiss" | "skills" | "budget">,
): Draft | undefined {
  const kept = (nearMiss?.edits ?? []).slice(0, Math.max(0, budget.edits - 1));
  if (kept.length === 0) return undefined;
  const { drafts, edits } = fuseDrafts(skills, [kept, ...draft.edits.map((edit) => [edit])]);
  if (drafts.length < 2) return undefined;
  return { edits: edits.slice(0, budget.edits), origin: { ...draft.origin, operator: "near-miss" } };
}
