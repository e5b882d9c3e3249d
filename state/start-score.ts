import type { GenerationRecord } from "./evidence.ts";
import type { Hash } from "./json.ts";

/**
 * The score of the program that a run began with, in 0..1, and on how many validation tasks: as the first generation has it, or else the first audit, where that
 * program is the one that was checked last. Null while neither is there, or where its results are missing.
 */
export function startScoreOf(timeline: Iterable<GenerationRecord>): { score: number; tasks: number | null } | null {
  let start: Hash | undefined;
  for (const { parents, parentScore, audit } of timeline) {
    start ??= parents[0];
    const tasks = audit === null ? null : audit.counts.asked - audit.counts.missing;
    if (parents[0] === start && parentScore !== null) return { score: parentScore, tasks };
    if (audit === null) continue;
    const { checked } = audit.means;
    return audit.checked === start && checked !== null ? { score: checked, tasks } : null;
  }
  return null;
}
