/** What the search weighs. Fixed for all task sets; part of the analyst's fingerprint. */
export interface Tuning {
  /** Changes that are imagined to have gone wrong besides those that were seen: keeps small numbers from counting fully. */
  doubt: number;
  /** A wrong answer turned into another wrong one: the rule reaches further than it is good for. */
  idleCost: number;
  /** The same for exceptions and added requirements, which are tried in far greater numbers on far fewer cases. */
  exclusionDoubt: number;
  wordCost: number;
  /** How much of its effect a phrase without any content word loses, in 0..1. */
  emptinessCost: number;
  /** A change must score more than this. */
  leastScore: number;
  /** How many traits of a label are tried in pairs. */
  pairs: number;
  /** Changes to one rule within one draft. */
  changesPerEdit: number;
}

export const defaultTuning: Tuning = {
  doubt: 0.5,
  exclusionDoubt: 3,
  idleCost: 0.3,
  wordCost: 0.02,
  emptinessCost: 0.9,
  leastScore: 0.1,
  pairs: 8,
  changesPerEdit: 3,
};
