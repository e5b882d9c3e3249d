import { mainObjective } from "../../state/archive.ts";
import type { Archive } from "../archive.ts";
import { manyArchive, type Ranked } from "../many-archive.ts";
import type { Selection } from "../selection.ts";
import { chooseParent, updateFrontier, type ParentRule } from "./top-frontier.ts";

const scoreOf = ({ means }: Pick<Ranked, "means">) => means[mainObjective] ?? null;

/**
 * The parent from a frontier: the best member, any, or in turn by rank from the best on (EvoSkill, arXiv 2603.02766 [C]). The turn of the first
 * generation is the best's [R]; members without a score come last [R].
 */
export function frontierSelection(rule: ParentRule): Selection {
  return {
    name: `selection.frontier ${rule}`,
    version: 1,
    decide({ archive: { members }, generation }, _memory, draw) {
      const scores = members.map((member) => scoreOf(member) ?? -1);
      const place = chooseParent(rule, scores, { iteration: generation - 1, drawn: draw(0) });
      return { parents: [(members[place] as (typeof members)[number]).program], ancestor: null };
    },
  };
}

/**
 * The frontier of the `size` best programs by mean score: with room a candidate joins however it did, otherwise it replaces the worst one
 * if it is better (EvoSkill [C]). The run returns the best.
 */
export function frontierArchive(size: number): Archive {
  return manyArchive({ name: "archive.frontier", version: 1, most: size, keep: frontierOf });
}

/** The frontier that comes of these programs, one after the other. */
function frontierOf(all: readonly Ranked[], size: number): readonly Ranked[] {
  const frontier: Ranked[] = [];
  for (const one of all) {
    const scores = frontier.map((member) => scoreOf(member) ?? -1);
    const { outcome, replaced } = updateFrontier(scores, scoreOf(one), size);
    if (outcome === "added") frontier.push(one);
    else if (outcome === "replaced") frontier[replaced as number] = one;
  }
  return frontier;
}
