import type { Origin } from "../state/program.ts";

/**
 * Right answers more that an edit's proposer expects on the tasks it replayed: what it says to expect (`expected`), as of an agent that overlooks rules of long skills;
 * else the tasks that replaying repairs beyond those that it breaks (`fixes`, `breaks`). Null where its proposer says neither in finite numbers.
 */
export function expectedGain({ features: { expected, fixes, breaks } }: Origin): number | null {
  const counted = typeof fixes === "number" && typeof breaks === "number" ? fixes - breaks : null;
  const gain = typeof expected === "number" ? expected : counted;
  return Number.isFinite(gain) ? gain : null;
}
