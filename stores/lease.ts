import { randomUUID } from "node:crypto";
import { RunError } from "../state/errors.ts";
import { hashJson } from "../state/json.ts";
import { currentOwner, judgeOwner, Owner } from "./owner.ts";
import type { CommitOutcome, RecordStore, SpaceCommit, StoredRecord } from "./record-store.ts";
import type { Registry, RunEntry } from "./registry.ts";
import { threadSpace } from "./spaces.ts";

/** What a lease commits: changes to the space of its thread. */
export type ThreadChange = Omit<SpaceCommit, "space">;

/**
 * The right to write to one run. A lease that was taken over keeps refusing: nothing it commits afterwards is stored.
 */
export interface Lease {
  readonly thread: string;
  readonly family: string;
  /** The space of the thread, for reading. */
  readonly space: string;
  /** Commits to the thread's space. Throws RunError "fenced" once somebody else has taken the lease. */
  commit(change: ThreadChange): Promise<CommitOutcome>;
  /** Gives the lease back. After a take-over it does nothing. */
  release(): Promise<void>;
}

export interface Leases {
  /**
   * Takes the lease of a registered run, at once where its owner is gone. Throws RunError "missing" for an unknown run
   * and "owned" where the owner lives or cannot be judged from here; `takeOver` takes it all the same.
   */
  acquire(thread: string, options?: { takeOver?: boolean }): Promise<Lease>;
  /** Who works on a run, as far as can be seen from here; undefined for nobody. */
  ownerOf(thread: string): Promise<Owner | undefined>;
  /** The lease this process last took on the thread and has not released, fenced or not. */
  held(thread: string): Lease | undefined;
}

/**
 * One writer a run. The thread's space holds `owner`, the process that writes, and `epoch`, a number that only taking
 * the lease changes: every write expects the epoch it started with, so that a writer who lost the lease cannot store.
 */
export function createLeases({
  store,
  registry,
  owner = currentOwner(),
}: {
  store: RecordStore;
  registry: Registry;
  owner?: Owner;
}): Leases {
  const leases = new Map<string, Lease>();

  return {
    held: (thread) => leases.get(thread),
    async ownerOf(thread) {
      const entry = await registry.find(thread);
      if (entry === undefined) return undefined;
      const record = (await store.get(threadSpace(entry.family, entry.thread), ["owner"])).get("owner");
      const found = record === undefined ? undefined : Owner.parse(JSON.parse(record.value));
      return found === undefined || isGone(found, owner) ? undefined : found;
    },
    async acquire(thread, { takeOver = false } = {}) {
      const entry = await registry.find(thread);
      if (entry?.thread !== thread) {
        throw new RunError("missing", thread, `There is no run on thread "${thread}" in ${store.url}. Register it.`);
      }
      const space = threadSpace(entry.family, thread);
      const self = { ...owner, token: randomUUID() };
      for (;;) {
        const damaged = new Map<string, number>();
        const found = await store.get(space, ["epoch", "owner"], ({ key, version }) => damaged.set(key, version));
        const epoch = found.get("epoch");
        if (!takeOver && damaged.has("owner")) throw unreadable(entry.name, store.url);
        if (!takeOver) refuseOwned(found.get("owner"), self, entry.name);
        const [outcome] = await store.commit([
          {
            space,
            expect: [["epoch", epoch?.version ?? damaged.get("epoch") ?? "absent"]],
            put: { epoch: String(Number(epoch?.value ?? 0) + 1), owner: JSON.stringify(self) },
          },
        ]);
        // A refusal means that somebody was quicker; the next look names them.
        if (outcome?.committed !== true) continue;
        const lease = createLease(store, entry, outcome.sequence, () => {
          live.delete(self.token);
          if (leases.get(thread) === lease) leases.delete(thread);
        });
        live.add(self.token);
        leases.set(thread, lease);
        return lease;
      }
    },
  };
}

/** The leases this process has taken and not given back. One that could not be given back, as its store failed, is not here. */
const live = new Set<string>();

/** `epoch` is the version of the epoch record that every commit expects. */
function createLease(store: RecordStore, { thread, family }: RunEntry, epoch: number, onRelease: () => void): Lease {
  const space = threadSpace(family, thread);
  let released = false;
  const commitFenced = async (change: ThreadChange): Promise<CommitOutcome> => {
    const expect = [["epoch", epoch] as const, ...(change.expect ?? [])];
    const [outcome] = await store.commit([{ ...change, space, expect }]);
    return outcome as CommitOutcome;
  };
  return {
    thread,
    family,
    space,
    async commit(change) {
      if (released) throw fenced(thread, "gave its lease back");
      const outcome = await commitFenced(change);
      const lost = !outcome.committed && outcome.conflicts.includes("epoch");
      if (lost) throw fenced(thread, "lost its lease to another process");
      return outcome;
    },
    async release() {
      released = true;
      onRelease();
      await commitFenced({ delete: ["owner"] });
    },
  };
}

function isSameProcess(owner: Owner, self: Owner): boolean {
  return hashJson({ ...owner, token: "" }) === hashJson({ ...self, token: "" });
}

function isGone(owner: Owner, self: Owner): boolean {
  return isSameProcess(owner, self) ? !live.has(owner.token) : judgeOwner(owner, self) === "dead";
}

function refuseOwned(record: StoredRecord | undefined, self: Owner, run: string): void {
  if (record === undefined) return;
  const owner = Owner.parse(JSON.parse(record.value));
  if (isGone(owner, self)) return;
  const where = `process ${owner.pid} on ${owner.host}`;
  const text =
    judgeOwner(owner, self) === "unknown"
      ? `${where} holds it, and whether that process lives cannot be seen from ${self.host}. Resume it there; if you know that it is gone, resume here with --take-over (takeOver: true in code).`
      : isSameProcess(owner, self)
        ? `this process (${where}) already holds it. Release it before taking it again.`
        : `${where} is working on it. Wait until it is done, or stop it with: kill ${owner.pid}.`;
  throw new RunError("owned", run, `Run "${run}" has an owner: ${text}`);
}

function unreadable(run: string, url: string): RunError {
  return new RunError(
    "owned",
    run,
    `The record of who works on run "${run}" in ${url} is damaged. If nobody does, resume with --take-over (takeOver: true in code).`,
  );
}

function fenced(thread: string, what: string): RunError {
  return new RunError(
    "fenced",
    thread,
    `This process ${what} on thread "${thread}", so nothing of it was stored. Take the lease again to go on from what is stored.`,
  );
}
