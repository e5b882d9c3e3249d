import { z } from "zod";
import type { Json } from "../../state/json.ts";
import { operatorsOf } from "../../state/program.ts";
import type { Drafting } from "../drafting.ts";
import type { Learned, MemoryTable } from "../policy.ts";
import { metaCards } from "./cards.ts";
import { decidedIn } from "./decided.ts";
import { isRefuted, Kind, mine, Mined, mostMinedBytes, nothingMined, type Pair } from "./mining.ts";
import { composePlans } from "./plans.ts";

/** What a composed draft says of itself in its origin: the kind of deficiency that it is about. */
const ComposedFeatures = z.looseObject({ about: Kind });

interface ComposedOptions {
  /** Plans of a generation. */
  plans: number;
  /** The share of generations in which the last plan is open although enough is known, in 0..1. */
  explore: number;
}

/**
 * Drafts by composed plans (EffiSkill, arXiv 2603.27850 [S]): operator skills are mined from pairs, and for a diagnosis some are found and composed into plans, each of
 * which becomes a candidate without anything known of the others. That the pairs are edits of skills, given beforehand and the run's own candidates with their verdicts, is ours [R]; the source has pairs of slow and fast programs. So is
 * the open plan, for operators that the others do not have, or else any: a run begins without pairs, and an operator that is never tried is never mined.
 */
export function composedDrafting({ plans, explore }: ComposedOptions): Drafting {
  return {
    name: `drafting.composed ${plans}, open ${explore}`,
    version: 1,
    memory: {
      schema: Mined,
      start: nothingMined,
      maxBytes: mostMinedBytes,
      learn: (memory, record) => pairsIn(record).reduce(mine, Mined.parse(memory)),
    },
    mines: (pairs) => pairs.reduce(mine, nothingMined),
    decide({ deficiencies = [], settings: { candidates } }, memory, draw) {
      const mined = Mined.parse(memory);
      const found = composePlans(deficiencies, mined, plans);
      const isOpen = found.length < plans || draw(0) < explore;
      const sets = isOpen ? found.slice(0, plans - 1) : found;
      const composed = sets.map((names) => ({
        operators: names,
        known: mined.operators.filter(({ name }) => names.includes(name)),
      }));
      const open = { operators: [], known: [], otherThan: [...new Set(sets.flat())] };
      return {
        kind: "composed",
        parts: isOpen ? [...composed, open] : composed,
        drafts: candidates,
        meta: metaCards(mined),
      };
    },
    describe: (memory) => tableOf(memory),
  };
}

/** The composed candidates of a generation, as pairs. */
function pairsIn(record: Learned): Pair[] {
  return decidedIn(record).flatMap(({ candidate: { origin, edits }, worked, gain }): Pair[] => {
    const features = ComposedFeatures.safeParse(origin.features).data;
    return features === undefined
      ? []
      : [{ operators: operatorsOf(origin), about: features.about, worked, gain, edits }];
  });
}

/** What was mined, for people. */
function tableOf(memory: Json): MemoryTable {
  const { operators } = Mined.parse(memory);
  const rows = operators.flatMap(({ name, tried }) =>
    tried.map((each) => [
      name,
      `${each.category} (${each.defect})`,
      isRefuted(each) ? "do not use" : "use",
      each.worked,
      each.failed,
      each.measured === 0 ? "" : (each.gain / each.measured).toFixed(3),
    ]),
  );
  return {
    title: "Operator skills",
    columns: ["operator", "deficiency", "card", "worked", "did not", "mean gain"],
    texts: 3,
    rows,
  };
}
