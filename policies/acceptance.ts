import type { Draw } from "../state/draw.ts";
import type { Values } from "../state/archive.ts";
import type { Evidence, Verdict } from "../state/evidence.ts";
import { failsFirst, type Plan } from "./acceptances/orders.ts";
import { decideInOrder } from "./acceptances/sequential.ts";
import type { Policy } from "./policy.ts";
import { evenAtHalf, explorationProbability } from "./schedules/annealing.ts";
import { progressOf } from "./schedules/progress.ts";
import { slack } from "./scores.ts";

/**
 * How two programs are compared. The policy owns the order of the tasks. The validator rolls out the plan in waves and
 * looks after each; on `enough` it stops, and completes the plan only where the candidate was accepted.
 */
export interface Acceptance extends Policy {
  /** Whether a candidate that does no better but has fewer tokens can be accepted for that. */
  readonly takesShorter: boolean;
  /** `other` are the scores of the program that the candidate is compared with, by place. */
  plan(other: Values, draw: Draw): Plan;
  look(evidence: Evidence): "more" | "enough";
  decide(evidence: Evidence): Verdict;
}

function isShorter({ tokens }: Evidence): boolean {
  return tokens.candidate < tokens.other;
}

interface Bound extends Pick<Acceptance, "name" | "version" | "takesShorter"> {
  above?(evidence: Evidence): number;
  band?: number;
}

/**
 * What the candidate needs at the end, as a sum of scores above the other's: more than `above`, and `band` for each pair that votes.
 * Missing pairs do not vote.
 */
function createBound({ name, version, takesShorter, above = () => 0, band = 0 }: Bound): Acceptance {
  return {
    name,
    version,
    takesShorter,
    plan: failsFirst,
    ...decideInOrder({
      tally(evidence) {
        const known = evidence.columns.other.filter((value) => value !== null);
        // A pair to come may also be missing, and then needs no band.
        const most = (other: number) => Math.max(0, 1 - other - band);
        let [gained, headroom, reserve] = [0, 0, 0];
        for (const other of known) [headroom, reserve] = [headroom + 1 - other, reserve + most(other)];
        let needed = above(evidence);
        return {
          vote(candidate, other) {
            [gained, needed] = [gained + candidate - other, needed + band];
            this.skip(other);
          },
          skip(other) {
            [headroom, reserve] = [headroom - 1 + other, reserve - most(other)];
          },
          standing: () => (gained + reserve > needed + slack ? "open" : "rejected"),
          delta: (votes, left) => (gained + headroom) / (votes + left),
        };
      },
      reason(outcome, evidence) {
        const { candidate, other } = evidence.columns;
        if (outcome === "rejected")
          return candidate.length === other.length ? "no improvement" : "cannot improve any more";
        if (gainIn(evidence) > slack) return "improved";
        if (isShorter(evidence)) return "no worse with fewer tokens";
        if ((evidence.gain ?? 0) > 0) return "no worse, and better on what was replayed";
        return gainIn(evidence) < -slack ? "not too much worse" : "no worse";
      },
    }),
  };
}

/** The sum of the differences of the pairs that vote. */
function gainIn({ columns: { candidate, other } }: Evidence): number {
  return candidate.reduce<number>((sum, value, row) => sum + (value === null ? 0 : value - (other[row] ?? value)), 0);
}

/**
 * Strictly better on the sum over all validation tasks that both have a result for. Rejects exactly as early as that is certain: the race ends when
 * passing every remaining task would not be enough (04-peers, "Exact early-reject gate"). The verdict is the one the full
 * evaluation would give.
 */
export const strictAcceptance: Acceptance = createBound({
  name: "acceptance.strict",
  version: 2,
  takesShorter: false,
});

/**
 * As strict; a candidate with fewer tokens, or one that repairs more replayed tasks than it breaks, need only not be worse.
 * So pruning and merging can pass, and edits for rare tasks that validation hardly holds (06-embedded-world, pitfall 1).
 */
export const noWorseAcceptance: Acceptance = createBound({
  name: "acceptance.no-worse",
  version: 3,
  takesShorter: true,
  above: (evidence) => (isShorter(evidence) || (evidence.gain ?? 0) > 0 ? -2 * slack : 0),
});

/** No worse on the sum over all tasks of the stage; rejects as early as that is certain. */
export const atLeastAcceptance: Acceptance = createBound({
  name: "acceptance.at-least",
  version: 1,
  takesShorter: false,
  above: () => -2 * slack,
});

/**
 * Better by more than a dead band, as a mean difference in 0..1: within it nothing changes. SkillOpt-Lite uses .01 (arXiv 2605.23904,
 * loop [C]). Rejects as early as that is certain.
 */
export function tolerantAcceptance(band: number): Acceptance {
  return createBound({
    name: `acceptance.tolerant ${band}`,
    version: 1,
    takesShorter: false,
    band,
  });
}

/**
 * An acceptance that is made for a generation, as its bar moves while a run goes on.
 */
export interface MovingAcceptance extends Pick<Acceptance, "name" | "version" | "takesShorter"> {
  at(of: Parameters<typeof progressOf>[0], draw: Draw): Acceptance;
}

/**
 * Metropolis' rule for a hill climber (ours [R]): a mean loss d is accepted with probability exp(-d / t). The temperature t begins as given,
 * in (0, 1], and halves by the middle of the run. A draw u makes it a bar, d > t ln u, the same for all candidates of a generation. The head may get worse.
 */
export function annealed(temperature: number): MovingAcceptance {
  const identity = { name: `acceptance.annealed ${temperature}`, version: 1, takesShorter: false };
  return {
    ...identity,
    at(of, draw) {
      const heat = temperature * explorationProbability({ ...progressOf(of), rate: evenAtHalf });
      return createBound({ ...identity, band: heat * Math.log(1 - draw(0)) });
    },
  };
}

/**
 * As strict, but all tasks are asked in their order whatever the outcome: for those whose results are learned from, which an early end would
 * select.
 */
export const wholeAcceptance: Acceptance = {
  ...strictAcceptance,
  name: "acceptance.whole",
  version: 1,
  plan: (other) => ({ order: "given", tasks: [...other.keys()] }),
  look: ({ columns }) => (columns.candidate.length === columns.other.length ? "enough" : "more"),
};
