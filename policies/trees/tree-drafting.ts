import type { Drafting, Granularity } from "../drafting.ts";
import { isTreePhase } from "./task-types.ts";

/** Tokens of concise, moderate and detailed skills in MASA's study of granularity (arXiv 2605.30723 [S]). */
export const publishedSizes: readonly number[] = [370, 1092, 2737];

/**
 * One draft from the whole batch. In the phase of a type all skills that the tree began with stay as they are, so that only a skill of the type is created and edited
 * (MASA, arXiv 2605.30723 [S]). Granularity is an axis of the search: of the drafts, half keep the size of their parent's texts, a quarter each aim
 * at the next smaller and the next larger of `sizes` in tokens (shares are ours [R]); with one size all aim at it, with none at no size.
 */
export function treeDrafting({ sizes }: { sizes: readonly number[] }): Drafting {
  const moveOf = (drawn: number): Granularity["move"] => (drawn < 0.5 ? "same" : drawn < 0.75 ? "shorter" : "longer");
  return {
    name: `drafting.tree ${sizes.length === 0 ? "of any size" : sizes.join(" ")}`,
    version: 1,
    decide: ({ settings, episode }, _memory, draw) => ({
      kind: "separate",
      drafts: settings.candidates,
      onFiles: false,
      ...(isTreePhase(episode) ? { keepsStart: true as const } : {}),
      ...(sizes.length === 0 ? {} : { granularity: { sizes, move: moveOf(draw(0)) } }),
    }),
  };
}
