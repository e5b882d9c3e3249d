import { bestAccepted, type Archive } from "../archive.ts";
import type { Selection } from "../selection.ts";
import { firstBound, type Stopping } from "../stopping.ts";

/** The program that the episode revises: its best so far, or the head at its beginning. */
export const episodeSelection: Selection = {
  name: "selection.episode",
  version: 1,
  decide: ({ archive, episode }) => ({ parents: [episode?.from ?? archive.head], ancestor: null }),
};

/**
 * Keeps the best program of each episode, the last `members` of them, beside the head, which stays the program that the run started from: a skill
 * that was tuned on a few tasks is no skill for the others. An accepted revision replaces the one that it revises (ours [R]).
 */
export function episodeArchive(members: number): Archive {
  return {
    name: "archive.episodes",
    version: 1,
    update({ archive: { head, members: known }, measured, parents }) {
      const { winner, verdicts } = bestAccepted(measured);
      const joining = winner?.candidate.program;
      const others = known.map(({ program }) => program).filter((program) => program !== head);
      const kept =
        joining === undefined || joining === head
          ? others
          : [...others.filter((program) => program !== joining && !parents.includes(program)), joining];
      return { keep: [head, ...kept.slice(-(members - 1))], head, verdicts };
    },
  };
}

/** Stops when every train task was in an episode of so many, and at any bound that is reached before. */
export function afterEpisodes({ pinned, length }: { pinned: number; length: number }): Stopping {
  const episodes = (train: number) => Math.ceil(train / pinned);
  return {
    ...firstBound,
    name: "stopping.episodes",
    version: 1,
    most: ({ train }) => episodes(train) * length,
    decide(standing, memory) {
      const { next = 0, train = 0 } = standing.episodes ?? {};
      return next > episodes(train) ? "episodes" : firstBound.decide(standing, memory);
    },
  };
}
