import type { Patch, SupportedEdit } from "../../analysts/analyst.ts";
import type { SkillFolder } from "../../skills/folder.ts";
import { fuseDrafts } from "../../skills/fusion.ts";
import { canonicalJson } from "../../state/json.ts";

/**
 * Patches merged by counting: the same edit in several of them is one with the support of all; of edits that are in each other's way
 * those from failures win, then those with more support, then the earlier ones. Ours, for analysts that do not merge [R].
 */
export function fusePatches(skills: readonly SkillFolder[], patches: readonly Patch[]): Patch {
  const pool = new Map<string, SupportedEdit>();
  for (const one of patches.flat()) {
    const key = canonicalJson(one.edit);
    const known = pool.get(key);
    const isFailures = known?.outcome === "failures" || one.outcome === "failures";
    pool.set(key, {
      edit: one.edit,
      support: one.support + (known?.support ?? 0),
      outcome: isFailures ? "failures" : "successes",
    });
  }
  const ordered = [...pool.values()].toSorted((a, b) => turnOf(a) - turnOf(b) || b.support - a.support);
  const { drafts } = fuseDrafts(
    skills,
    ordered.map(({ edit }) => [edit]),
  );
  return drafts.map((index) => ordered[index] as SupportedEdit);
}

/** The edits with the most support first; of equal ones those from failures, then the earlier ones. */
export function bySupport(patch: Patch): Patch {
  return patch.toSorted((a, b) => b.support - a.support || turnOf(a) - turnOf(b));
}

function turnOf({ outcome }: SupportedEdit): number {
  return outcome === "failures" ? 0 : 1;
}
