import { z } from "zod";
import type { Json } from "../../state/json.ts";
import { operatorsOf, type Candidate } from "../../state/program.ts";
import type { Verdict } from "../../state/evidence.ts";
import type { Drafting } from "../drafting.ts";
import type { Learned, MemoryTable } from "../policy.ts";
import { metaCards } from "./cards.ts";
import { isRefuted, mine, Mined, mostMinedBytes, nothingMined, type Pair } from "./mining.ts";
import { composePlans } from "./plans.ts";

/** What a composed draft says of itself in its origin: the kind of deficiency that it is about. */
const ComposedFeatures = z.looseObject({
  about: z.strictObject({ category: z.string(), defect: z.enum(["missing", "insufficient", "incorrect"]) }),
});

interface ComposedOptions {
  /** Plans of a generation. */
  plans: number;
  /** The share of generations in which the last plan is open although enough is known, in 0..1. */
  explore: number;
}

/**
 * Drafts by composed plans (EffiSkill, arXiv 2603.27850 [S]): operator skills are mined from pairs, and for a diagnosis some are found and composed into plans, each of
 * which becomes a candidate without anything known of the others. That the pairs are the run's own candidates with their verdicts is ours [R]; the source has pairs of slow and fast programs. So is
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

/** The candidates of a generation that something was decided on, as pairs. */
function pairsIn({ candidate, verdict, candidateScore, parentScore, others }: Learned): Pair[] {
  const decided: Array<{ candidate: Candidate; verdict: Verdict; score: number | null }> = [
    ...(candidate === null ? [] : [{ candidate, verdict, score: candidateScore }]),
    ...others,
  ];
  return decided.flatMap((one): Pair[] => {
    const features = ComposedFeatures.safeParse(one.candidate.origin.features).data;
    if (features === undefined || !one.verdict.decided) return [];
    const gain = one.score === null || parentScore === null ? null : one.score - parentScore;
    const worked = hasWorked(one.verdict, gain);
    const { edits, origin } = one.candidate;
    return worked === null ? [] : [{ operators: operatorsOf(origin), about: features.about, worked, gain, edits }];
  });
}

/** A candidate that did better worked, also where another one was taken. One that may have done better and was turned down shows nothing: null. */
function hasWorked({ accepted, delta }: Verdict, gain: number | null): boolean | null {
  if (gain !== null && gain !== 0) return gain > 0;
  if (accepted) return true;
  return gain === null && delta > 0 ? null : false;
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
