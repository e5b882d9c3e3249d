import { ReplacedError, RunError } from "../../state/errors.ts";
import type { Clock } from "./clock.ts";
import type { CommitOutcome, RecordStore, SpaceCommit } from "../record-store.ts";

/** What a lease commits: changes to the space of its thread. */
type ThreadChange = Omit<SpaceCommit, "space">;

/**
 * The right to write to one run. While it is held, a heartbeat in the thread's space tells others that its owner works. A
 * lease that was taken over keeps refusing: nothing it commits afterwards is stored.
 */
export interface Lease {
  readonly thread: string;
  readonly family: string;
  /** The space of the thread, for reading. */
  readonly space: string;
  /** Commits to the thread's space. Throws RunError "fenced" once somebody else has taken the lease. */
  commit(change: ThreadChange): Promise<CommitOutcome>;
  /**
   * Before something is paid for: throws RunError "fenced" where the lease was lost. Asks the store only where this
   * process has not heard from it for a while, as after it was stopped.
   */
  confirm(): Promise<void>;
  /** Fires when a heartbeat finds that somebody else has taken the lease, or that the store is not there any more. */
  readonly lost: AbortSignal;
  /** Fires when a heartbeat finds that somebody has asked the run to pause, by the record `pause`. */
  readonly pauseAsked: AbortSignal;
  /** Gives the lease back. After a take-over it does nothing. */
  release(): Promise<void>;
}

/** Milliseconds between heartbeats, and for how long one must stand still before its owner counts as gone. */
export interface Pace {
  every: number;
  ttl: number;
}

export const defaultPace: Pace = { every: 2000, ttl: 10_000 };

export const heartbeatKey = "heartbeat";
export const pauseKey = "pause";
/** Of a run that nobody may branch from while its lease is held. */
export const closedKey = "closed";

interface Grant {
  store: RecordStore;
  thread: string;
  family: string;
  space: string;
  /** The version of the epoch record that every commit expects. */
  epoch: number;
  /** When the lease was asked for: this process may have been stopped before it heard that it has it. */
  askedAt: number;
  pace: Pace;
  clock: Clock;
  onRelease(): void;
}

/** A lease just taken. Its heartbeat keeps no process alive. */
export function holdLease({ store, thread, family, space, epoch, askedAt, pace, clock, onRelease }: Grant): Lease {
  const lost = new AbortController();
  const pauseAsked = new AbortController();
  let released = false;
  let confirmedAt = askedAt;
  let beats = 0;
  let replaced: ReplacedError | undefined;

  async function commitFenced(change: ThreadChange): Promise<CommitOutcome> {
    const expect = [["epoch", epoch] as const, ...(change.expect ?? [])];
    const begun = clock.now();
    const [outcome] = (await store.commit([{ ...change, space, expect }])) as [CommitOutcome];
    if (!outcome.committed && outcome.conflicts.includes("epoch")) {
      stopBeating();
      lost.abort();
      throw fenced(thread, "lost its lease to another process");
    }
    confirmedAt = begun;
    return outcome;
  }

  async function beat(): Promise<void> {
    beats += 1;
    await commitFenced({ put: { [heartbeatKey]: String(beats) } });
  }

  /** A flag that cannot be read is one all the same. */
  async function lookForPause(): Promise<void> {
    const found = await store.get(space, [pauseKey], () => pauseAsked.abort());
    if (found.has(pauseKey)) pauseAsked.abort();
  }

  function stopWhenReplaced(error: unknown): void {
    if (!(error instanceof ReplacedError)) return;
    replaced = error;
    stopBeating();
    lost.abort();
  }

  // A beat that fails for another reason is tried again; a run that cannot commit stops by itself.
  const stopBeating = clock.every(pace.every, () => void beat().then(lookForPause).catch(stopWhenReplaced));

  return {
    thread,
    family,
    space,
    lost: lost.signal,
    pauseAsked: pauseAsked.signal,
    async commit(change) {
      if (released) throw fenced(thread, "released its lease");
      return commitFenced(change);
    },
    async confirm() {
      if (replaced !== undefined) throw replaced;
      if (lost.signal.aborted) throw fenced(thread, "lost its lease to another process");
      // Again where this process was stopped while it asked: what it was told is then as old.
      while (clock.now() - confirmedAt >= pace.ttl / 2) await beat();
    },
    async release() {
      if (released) return;
      released = true;
      stopBeating();
      onRelease();
      if (!lost.signal.aborted)
        await commitFenced({ delete: ["owner", heartbeatKey, pauseKey, closedKey] }).catch(ignoreFenced);
    },
  };
}

function ignoreFenced(error: unknown): void {
  if (!(error instanceof RunError && error.problem === "fenced")) throw error;
}

function fenced(thread: string, what: string): RunError {
  return new RunError(
    "fenced",
    thread,
    `This process ${what} on thread "${thread}", so the write was not stored. Take the lease again to continue from what is stored.`,
  );
}
