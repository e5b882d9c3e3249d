import type { Tally } from "./board.ts";
import type { Listing } from "./listing.ts";
import type { Tuning } from "./tuning.ts";

/** A change of the listing, with what replaying it came to. `marks` name what it does, for the memory of rejections. */
export interface Choice {
  readonly operator: string;
  /** The id of the rule it adds or changes. */
  readonly place: string;
  readonly tally: Tally;
  /** Whether it keeps a rule from cases instead of giving it more. */
  readonly isExclusion: boolean;
  /** Words it adds; negative where it removes some. */
  readonly words: number;
  readonly emptiness: number;
  /** Right answers more that an agent that overlooks rules is expected to give; stands in for what the tally says. */
  readonly forecast?: number;
  readonly marks: readonly string[];
  apply(): Listing;
}

/** What a choice says and how, apart from what it does. */
type Terms = Pick<Choice, "words" | "emptiness" | "isExclusion">;

type Numbers = Pick<Choice, "tally" | "words" | "emptiness" | "isExclusion" | "forecast">;

/** Keeps the best of the choices that enter. The earlier of two equals wins, so the order of entry must be fixed. */
export interface Contest {
  readonly best: Choice | undefined;
  /** What a word weighs, in right answers. */
  readonly wordCost: number;
  /** Whether a choice with so many fixes and words can win at all. */
  mayWin(fixes: number, words: number): boolean;
  /** A choice that adds no fewer words than it removes cannot win with fewer fixes. */
  readonly leastFixes: number;
  /**
   * Whether a choice with at most so many fixes and at least so many breaks and idle changes could win: where what is
   * weighed is above 0, it rises with fixes and falls with the others.
   */
  couldWin(bound: Tally, terms: Terms): boolean;
  /** A choice that takes so many words wins only where it fixes so many more cases than it breaks. */
  leastGain(words: number, emptiness: number): number;
  /** Whether a choice with these numbers would win; ask before building it. */
  wouldWin(numbers: Numbers): boolean;
  enter(choice: Choice): void;
  /** Notes that an edited skill was executed on so many cases. */
  simulated(cases: number): void;
  readonly simulations: number;
}

/** More than what a score is off by. */
const rounding = 1e-9;
/** More than any choice gains. */
export const noGain = 2 ** 30 - 1;

export function createContest(tuning: Tuning, isBanned: (choice: Choice) => boolean): Contest {
  let score = tuning.leastScore;
  let best: Choice | undefined;
  let simulations = 0;
  const { wordCost } = tuning;
  const scoreOf = ({ tally, words, emptiness, isExclusion, forecast }: Numbers): number => {
    if (forecast !== undefined) return forecast - wordCost * words;
    const { fixes, breaks, idle } = tally;
    const doubt = isExclusion ? tuning.exclusionDoubt : tuning.doubt;
    const changed = fixes + breaks;
    const expected = (2 * changed * fixes) / (changed + doubt || 1) - changed - tuning.idleCost * idle;
    return expected * (1 - tuning.emptinessCost * emptiness) - wordCost * words;
  };
  return {
    wordCost,
    get best() {
      return best;
    },
    get simulations() {
      return simulations;
    },
    get leastFixes() {
      return Math.floor(score) + 1;
    },
    mayWin: (fixes, words) => fixes - wordCost * words > score,
    couldWin: (tally, { words, emptiness, isExclusion }) => scoreOf({ tally, words, emptiness, isExclusion }) > score,
    leastGain(words, emptiness) {
      const least = (score + wordCost * words) / Math.max(0, 1 - tuning.emptinessCost * emptiness);
      return Math.min(noGain, Math.floor(least - rounding) + 1);
    },
    wouldWin: (numbers) => scoreOf(numbers) > score,
    enter(choice) {
      const reached = scoreOf(choice);
      if (reached <= score || isBanned(choice)) return;
      score = reached;
      best = choice;
    },
    simulated(cases) {
      simulations += cases;
    },
  };
}
