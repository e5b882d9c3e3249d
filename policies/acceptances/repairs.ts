import type { Acceptance } from "../acceptance.ts";
import { failsFirst } from "./orders.ts";
import { decideInOrder } from "./sequential.ts";

interface Terms {
  /** Repairs minus regressions must be at least this, from 1. */
  margin: number;
  /** Regressions must be at most this; null for any number. */
  mostBroken: number | null;
}

/**
 * Counts tasks, not points: accepts if at least `margin` more tasks are repaired than broken, and at most `mostBroken` are broken. Margin 1
 * without a limit is the gate of SkillGen (repairs - regressions > 0 [S]). Rejects as early as that is certain.
 */
export function repairsAcceptance({ margin, mostBroken }: Terms): Acceptance {
  const most = mostBroken ?? Infinity;
  return {
    name: `acceptance.repairs ${margin} ${mostBroken ?? "any"}`,
    version: 1,
    takesShorter: false,
    plan: failsFirst,
    ...decideInOrder({
      tally({ columns }) {
        const known = columns.other.filter((value) => value !== null);
        let repairable = known.filter((value) => value < 1).length;
        let [won, lost, gained, headroom] = [0, 0, 0, known.reduce((sum, value) => sum + 1 - value, 0)];
        return {
          vote(candidate, other) {
            gained += candidate - other;
            if (candidate > other) won += 1;
            if (candidate < other) lost += 1;
            this.skip(other);
          },
          skip(other) {
            headroom -= 1 - other;
            if (other < 1) repairable -= 1;
          },
          standing: () => (lost > most || won + repairable - lost < margin ? "rejected" : "open"),
          delta: (votes, left) => (gained + headroom) / (votes + left),
        };
      },
      reason: (outcome) =>
        outcome === "accepted" ? "repairs more than it breaks" : "breaks too much for what it repairs",
    }),
  };
}
