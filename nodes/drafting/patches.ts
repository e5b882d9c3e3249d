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

/**
 * Patches cut into clusters of edits that are alike: the same operation at the same place. Each edit is in one, beside the edits of its patch
 * that are alike, in the order given.
 */
export function likeEdits(patches: readonly Patch[]): Patch[][] {
  const clusters = new Map<string, Map<number, SupportedEdit[]>>();
  for (const [from, patch] of patches.entries()) {
    for (const one of patch) {
      const { skill, file, op, anchor } = one.edit;
      const key = canonicalJson({ skill, file, op, anchor });
      const cluster = clusters.get(key) ?? new Map<number, SupportedEdit[]>();
      cluster.set(from, [...(cluster.get(from) ?? []), one]);
      clusters.set(key, cluster);
    }
  }
  return [...clusters.values()].map((cluster) => [...cluster.values()]);
}

/**
 * Edits that are alike as one, with the support of all patches: what they insert line by line, each line once, the most supported edit's first;
 * of replacements the most supported. Ours, for analysts that do not merge [R].
 */
export function mergeLike(cluster: readonly Patch[]): SupportedEdit {
  const all = cluster.flat();
  const [first, ...others] = bySupport(all) as [SupportedEdit, ...SupportedEdit[]];
  // Edits of one patch are asked for by the same tasks.
  const support = cluster.reduce((sum, patch) => sum + Math.max(...patch.map((one) => one.support)), 0);
  const outcome = all.some((one) => one.outcome === "failures") ? ("failures" as const) : ("successes" as const);
  if (first.edit.op === "replace" || first.edit.op === "delete") return { edit: first.edit, support, outcome };
  const body = withoutLastBreaks(first.edit.text);
  const lines = new Set(body.split("\n"));
  const more = [...new Set(others.flatMap(({ edit }) => edit.text.split("\n")))].filter(
    (line) => line !== "" && !lines.has(line),
  );
  const text = [body, ...more].join("\n") + first.edit.text.slice(body.length);
  return { edit: { ...first.edit, text }, support, outcome };
}

function withoutLastBreaks(text: string): string {
  let end = text.length;
  while (text[end - 1] === "\n") end -= 1;
  return text.slice(0, end);
}

/** The edits with the most support first; of equal ones those from failures, then the earlier ones. */
export function bySupport(patch: Patch): Patch {
  return patch.toSorted((a, b) => b.support - a.support || turnOf(a) - turnOf(b));
}

function turnOf({ outcome }: SupportedEdit): number {
  return outcome === "failures" ? 0 : 1;
}
