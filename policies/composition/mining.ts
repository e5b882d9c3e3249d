import { z } from "zod";
import { rounded } from "../../state/rounding.ts";
import { shorten } from "../../skills/shorten.ts";
import { Hash } from "../../state/json.ts";
import { Deficiency } from "../../state/study.ts";

/** What an edit is for: a kind of deficiency. The category is a name or a few words. */
export const Kind = z.strictObject({ category: z.string(), defect: Deficiency.shape.defect });
export type Kind = z.infer<typeof Kind>;

/** The texts before and after edits, as it is counted. */
export interface Pair {
  /** The operators that made them. */
  operators: readonly string[];
  about: Kind;
  worked: boolean;
  /** Mean score after minus before, in -1..1; null where it was not measured. */
  gain: number | null;
  /** The list of edits in the payload. */
  edits: Hash;
}

const Count = z.int().nonnegative();

/** How often an operator worked for a kind of deficiency, and how often not; the sum of the gains that were measured, and their number. */
const Tried = Kind.extend({
  worked: Count,
  failed: Count,
  gain: z.number(),
  measured: Count,
});
export type Tried = z.infer<typeof Tried>;

/** What is known of an operator: the kinds of deficiencies that it was used for, the last one at the end, and the edits of the pair that worked and gained most. */
const Operator = z.strictObject({
  name: z.string(),
  tried: z.array(Tried),
  best: z.strictObject({ edits: Hash, gain: z.number() }).nullable(),
});
export type Operator = z.infer<typeof Operator>;

/** Operators that were used together, in order of name. */
const Combination = z.strictObject({ operators: z.array(z.string()).min(2), worked: Count, failed: Count });
type Combination = z.infer<typeof Combination>;

/** What was mined, the operators and combinations used last at the end. */
export const Mined = z.strictObject({ operators: z.array(Operator), combinations: z.array(Combination) });
export type Mined = z.infer<typeof Mined>;

export const nothingMined: Mined = { operators: [], combinations: [] };

/** Limits of what is kept, beyond which what was not used for longest is forgotten; all ours [R]. */
const most = { operators: 32, kinds: 8, combinations: 32, together: 4 };
const characters = { operator: 40, category: 60 };
/** In the widest characters. */
export const mostMinedBytes = 150_000;
const digits = 9;

/** With what another pair shows. A pair without an operator shows nothing; one of more than four is no combination. */
export function mine(known: Mined, pair: Pair): Mined {
  const names = [...new Set(pair.operators.map((name) => shorten(name, characters.operator)))].toSorted();
  const operators = names.reduce((list, name) => {
    const one = list.find((each) => each.name === name) ?? { name, tried: [], best: null };
    return [...list.filter((each) => each !== one), operatorAfter(one, pair)];
  }, known.operators);
  const isCombination = names.length > 1 && names.length <= most.together;
  return {
    operators: operators.slice(-most.operators),
    combinations: isCombination ? combinationsAfter(known.combinations, names, pair) : known.combinations,
  };
}

function operatorAfter({ name, tried, best }: Operator, { about, worked, gain, edits }: Pair): Operator {
  const kind = { ...about, category: shorten(about.category, characters.category) };
  const before = triedFor({ tried }, kind) ?? { ...kind, worked: 0, failed: 0, gain: 0, measured: 0 };
  const after: Tried = {
    ...before,
    worked: before.worked + Number(worked),
    failed: before.failed + Number(!worked),
    gain: rounded(before.gain + (gain ?? 0), digits),
    measured: before.measured + Number(gain !== null),
  };
  const isBest = worked && (best === null || (gain ?? 0) > best.gain);
  return {
    name,
    tried: [...tried.filter((each) => each !== before), after].slice(-most.kinds),
    best: isBest ? { edits, gain: gain ?? 0 } : best,
  };
}

function combinationsAfter(
  known: readonly Combination[],
  operators: string[],
  { worked }: Pick<Pair, "worked">,
): Combination[] {
  const before = known.find((each) => each.operators.join("\n") === operators.join("\n"));
  const after: Combination = {
    operators,
    worked: (before?.worked ?? 0) + Number(worked),
    failed: (before?.failed ?? 0) + Number(!worked),
  };
  return [...known.filter((each) => each !== before), after].slice(-most.combinations);
}

/** How an operator did for a kind of deficiency; undefined where it was not used for it. */
export function triedFor({ tried }: Pick<Operator, "tried">, { category, defect }: Kind): Tried | undefined {
  const name = shorten(category, characters.category);
  return tried.find((each) => each.category === name && each.defect === defect);
}

/** Whether something failed more often than it worked: then it is not used any more (ours [R]). */
export function isRefuted({ worked, failed }: Pick<Tried, "worked" | "failed">): boolean {
  return failed > worked;
}

/** The probability that something works, from a uniform prior (Laplace; ours [R]). */
export function chanceOf({ worked, failed }: Pick<Tried, "worked" | "failed">): number {
  return (worked + 1) / (worked + failed + 2);
}
