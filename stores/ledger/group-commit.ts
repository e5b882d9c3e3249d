import type { CommitOutcome, RecordStore, SpaceCommit } from "../record-store.ts";

interface Waiting {
  change: SpaceCommit;
  resolve: (outcome: CommitOutcome) => void;
  reject: (error: unknown) => void;
}

/** Commits changes to one space, and perhaps to others with it: one outcome, that of the first. */
export type GroupCommit = (change: SpaceCommit, ...others: SpaceCommit[]) => Promise<CommitOutcome>;

/**
 * A `commit` of one space whose changes of the same turn of the event loop reach the store as one batch, and so share one
 * acknowledgement. When the batch fails, every one of them fails.
 */
export function createGroupCommit(store: RecordStore): GroupCommit {
  let waiting: Waiting[] = [];

  async function flush(): Promise<void> {
    const batch = waiting;
    waiting = [];
    try {
      const outcomes = await store.commit(batch.map(({ change }) => change));
      batch.forEach(({ resolve }, index) => resolve(outcomes[index] as CommitOutcome));
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  }

  const add = (change: SpaceCommit) =>
    new Promise<CommitOutcome>((resolve, reject) => {
      if (waiting.length === 0) setImmediate(flush);
      waiting.push({ change, resolve, reject });
    });
  return async (...changes) => {
    const [outcome] = await Promise.all(changes.map(add));
    return outcome as CommitOutcome;
  };
}
