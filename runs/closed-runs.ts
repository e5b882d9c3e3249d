import { RunError } from "../state/errors.ts";
import { closedKey, type Lease } from "../stores/lease/held-lease.ts";
import type { RunEntry } from "../stores/registry.ts";
import { familyPrefix, threadSpace } from "../stores/spaces.ts";
import { dropSpaces } from "../stores/sweep.ts";
import { readRunRecord, type RunRecord } from "./run-record.ts";
import { withLeases, type Place, type Runs } from "./session.ts";

/**
 * Works while nobody else can write to any of the runs, or branch from them. A run is closed before its family is read, and a branch is
 * written down before it looks whether its parent is closed. So one of the two sees the other, and gives way.
 */
export async function withClosed<Value>(
  runs: Runs,
  places: readonly Place[],
  work: (leases: readonly Lease[]) => Promise<Value>,
): Promise<Value> {
  return withLeases(runs, places, async (leases) => {
    // Goes with the lease.
    for (const lease of leases) await lease.commit({ put: { [closedKey]: "closed" } });
    return work(leases);
  });
}

/** Throws where a run is closed, or gone. To be asked by a branch that stands in the store already. */
export async function refuseClosed({ store, leases }: Runs, { name, thread, family }: RunRecord): Promise<void> {
  const space = threadSpace(family, thread);
  const isClosed = (await store.get(space, [closedKey], () => undefined)).size > 0;
  // A process that ended without giving its lease back works on nothing any more.
  const owner = isClosed ? await leases.ownerOf(thread) : undefined;
  if (owner !== undefined) {
    const text = `Run "${name}" is being removed or cleaned up by process ${owner.pid} on ${owner.host}, so it cannot be branched now. Try again when that is done.`;
    throw new RunError("owned", name, text);
  }
  if ((await readRunRecord(store, { family, thread })) !== undefined) return;
  throw new RunError("missing", name, `Run "${name}" was removed in the meantime, so it cannot be branched.`);
}

/** Drops what is left of a family that has no run any more: the last to leave does it, a removal or a branch that came to nothing. */
export async function dropDeserted({ store, registry }: Runs, family: string): Promise<void> {
  if ((await registry.entries()).some((entry) => entry.family === family)) return;
  await dropSpaces(store, await store.spaces(familyPrefix(family)));
}

/** Refuses runs of a family that are not known: branches that were made meanwhile. */
export async function refuseNewcomers(
  { registry }: Runs,
  family: string,
  known: ReadonlyArray<Pick<RunEntry, "thread">>,
): Promise<void> {
  const threads = new Set(known.map(({ thread }) => thread));
  const entries = await registry.entries();
  const newcomer = entries.find((entry) => entry.family === family && !threads.has(entry.thread));
  if (newcomer === undefined) return;
  throw new RunError(
    "owned",
    newcomer.name,
    `Run "${newcomer.name}" was branched in the meantime. Run the command again.`,
  );
}
