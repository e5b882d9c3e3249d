import { DamageError, RunError } from "../../state/errors.ts";
import type { RunEntry } from "../../stores/registry.ts";
import { sweepFamily, type Leftovers } from "../../stores/sweep.ts";
import { refuseNewcomers, withClosed } from "../closed-runs.ts";
import type { Runs } from "../session.ts";

/** What was found, or why it was not looked for: somebody works on the family, or a record of it is damaged. */
export type Sweep = { leftovers: Leftovers; skipped: null } | { leftovers: null; skipped: string };

/**
 * Drops what none of these runs needs while nobody else can write to them or branch from them; a trial drops nothing. They are all of
 * one family, but for those that are leaving it.
 */
export async function sweepRuns(
  runs: Runs,
  entries: readonly RunEntry[],
  { isTrial = false, leaving = [] }: { isTrial?: boolean; leaving?: readonly RunEntry[] } = {},
): Promise<Sweep> {
  const family = entries[0]?.family ?? "";
  const threads = entries.map(({ thread }) => thread);
  const sweep = () => sweepFamily(runs.store, { family, threads }, { isTrial });
  const sweepClosed = async () => {
    await refuseNewcomers(runs, family, [...entries, ...leaving]);
    return sweep();
  };
  try {
    return { leftovers: await (isTrial ? sweep() : withClosed(runs, entries, sweepClosed)), skipped: null };
  } catch (error) {
    const isNotNow = error instanceof DamageError || (error instanceof RunError && error.problem === "owned");
    if (isNotNow) return { leftovers: null, skipped: error.message };
    throw error;
  }
}
