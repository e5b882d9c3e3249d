import { StateError } from "../../state/errors.ts";

/** What became of a measured candidate at a frontier of the best. */
export interface FrontierUpdate {
  outcome: "added" | "replaced" | "discarded";
  /** The member that gave way, as a place in the scores; null where none did. */
  replaced: number | null;
}

/**
 * A frontier of the `size` members with the best scores (EvoSkill, sentient-agi/EvoSkill registry [C]): where there is room the candidate is
 * added, however it did; else it takes the place of the worst, and only if it scores more. Of equally bad members the latest gives
 * way [R]. A candidate without a score is discarded [R]. Throws a `StateError` where the frontier has no room at all.
 */
export function updateFrontier(scores: readonly number[], candidate: number | null, size: number): FrontierUpdate {
  if (!(size >= 1)) throw new StateError(`The frontier has room for ${size}; it needs room for one member at least.`);
  const discarded: FrontierUpdate = { outcome: "discarded", replaced: null };
  if (candidate === null) return discarded;
  if (scores.length < size) return { outcome: "added", replaced: null };
  const worst = Math.min(...scores);
  return candidate > worst ? { outcome: "replaced", replaced: scores.lastIndexOf(worst) } : discarded;
}

/** Which member of a frontier the next candidate starts from (EvoSkill [C]; `best` is its default, its paper has `round-robin`). */
export type ParentRule = "best" | "random" | "round-robin";

/**
 * The chosen parent, as a place in the scores: the best; any, by a draw in [0, 1); or, in turn, the one whose rank from the best on
 * is `iteration` modulo their number. Of equals the earlier ranks higher. Throws a `StateError` where there is no member.
 */
export function chooseParent(
  rule: ParentRule,
  scores: readonly number[],
  { iteration, drawn }: { iteration: number; drawn: number },
): number {
  if (scores.length === 0) throw new StateError("The frontier has no member to start from.");
  if (rule === "random") return Math.floor(drawn * scores.length);
  const ranked = [...scores.keys()].toSorted((a, b) => (scores[b] as number) - (scores[a] as number) || a - b);
  return ranked[rule === "best" ? 0 : iteration % ranked.length] as number;
}
