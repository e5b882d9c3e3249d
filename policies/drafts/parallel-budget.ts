/** One round of parallel proposing: the tokens of each draft, and of the digest that is made of them; 0 where there is none. */
export interface ProposingRound {
  drafts: readonly number[];
  digest: number;
}

/** What proposing took, in tokens. */
export interface ProposingBudgets {
  /** Of the accepted path, which says how long it takes: of each round one draft, the longest [R], and the digest. */
  sequential: number;
  /** Of all calls, which says what it costs. */
  total: number;
}

/**
 * The two budgets of Parallel-Distill-Refine (PDR, arXiv 2510.01123 [S]): drafts of a round are written at the same time, so they
 * count once in the one and each in the other. With one draft a round both are the same. That the longest draft of a round
 * counts, for which the digest waits, is ours [R].
 */
export function proposingBudgets(rounds: readonly ProposingRound[]): ProposingBudgets {
  const sumOver = (of: (round: ProposingRound) => number) => rounds.reduce((sum, round) => sum + of(round), 0);
  return {
    sequential: sumOver(({ drafts, digest }) => Math.max(0, ...drafts) + digest),
    total: sumOver(({ drafts, digest }) => drafts.reduce((sum, tokens) => sum + tokens, digest)),
  };
}
