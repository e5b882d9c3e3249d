import type { Values } from "../../state/archive.ts";
import type { Evidence } from "../../state/evidence.ts";
import type { Acceptance } from "../acceptance.ts";
import { anyOrder } from "./orders.ts";
import { decideInOrder } from "./sequential.ts";

/** A race as a bet: a stake on every pair that it is the candidate's, and what the wealth, 1 at the start, decides. */
interface RaceTerms {
  /** Share of the wealth that is staked on a pair, for binary scores: .32 is Wald's test of a candidate that wins 66 % of the discordant pairs. */
  stake: number;
  /** Accepts at this wealth. */
  accept: number;
  /** Rejects at this wealth. */
  reject: number;
  /** Accepts at this wealth once every task was asked. */
  end: number;
}

/** Thresholds chosen on simulated effects, not published [D]; docs/gate.md has what they do. */
const raceTerms: RaceTerms = { stake: 0.32, accept: 8, reject: 0.5, end: 3 };

/** No stake risks the whole wealth. */
const mostStake = 0.9;

/**
 * Wald's sequential test on the pairs, in a seeded order that no outcome has a part in. The wealth is the product of 1 + stake x difference;
 * for binary scores that is the likelihood ratio of winning a discordant pair with probability (1 + stake) / 2 against 1/2. For graded
 * scores the stake is larger, as differences are smaller: by how much less the other's scores vary than binary scores with their mean
 * would (ours [R]). The other's scores are known before, so the stake is predictable, and a candidate that is no better reaches the
 * wealth w with probability at most 1 / w. Stops as well once even a win of every pair to come would not do.
 */
export function raceAcceptance(terms: RaceTerms = raceTerms): Acceptance {
  return {
    name: `acceptance.race ${terms.stake} ${terms.accept} ${terms.reject} ${terms.end}`,
    version: 1,
    takesShorter: false,
    plan: anyOrder,
    ...decideInOrder({ tally: (evidence) => createTally(evidence, terms), reason }),
  };
}

function createTally({ columns: { other } }: Evidence, { accept, reject, end, ...terms }: RaceTerms) {
  const stake = stakeFor(other, terms.stake);
  const most = (score: number) => Math.log1p(stake * (1 - score));
  let [wealth, gained] = [0, 0];
  let reserve = other.reduce<number>((sum, score) => sum + (score === null ? 0 : most(score)), 0);
  return {
    vote(candidate: number, score: number) {
      wealth += Math.log1p(stake * (candidate - score));
      gained += candidate - score;
      reserve -= most(score);
    },
    skip(score: number) {
      reserve -= most(score);
    },
    standing() {
      if (wealth >= Math.log(accept) - slack) return "accepted" as const;
      if (wealth <= Math.log(reject) + slack || wealth + reserve < Math.log(end) - slack) return "rejected" as const;
      return "open" as const;
    },
    delta: (votes: number) => (votes === 0 ? 0 : gained / votes),
  };
}

/** Logarithms of products are compared with this much slack. */
const slack = 1e-9;

/** The stake for binary scores, times how much less these scores vary. */
function stakeFor(scores: Values, stake: number): number {
  const known = scores.filter((score) => score !== null);
  const mean = known.reduce((sum, score) => sum + score, 0) / Math.max(1, known.length);
  const variance = known.reduce((sum, score) => sum + (score - mean) ** 2, 0) / Math.max(1, known.length);
  const binary = mean * (1 - mean);
  return binary < slack ? stake : Math.min(mostStake, stake * Math.sqrt(binary / Math.max(variance, slack)));
}

function reason(outcome: "accepted" | "rejected", { columns: { candidate, other } }: Evidence): string {
  if (outcome === "accepted") return "won the race";
  return candidate.length === other.length ? "no improvement" : "lost the race";
}
