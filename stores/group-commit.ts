import type { CommitOutcome, RecordStore, SpaceCommit } from "./record-store.ts";

interface Waiting {
  change: SpaceCommit;
  resolve: (outcome: CommitOutcome) => void;
  reject: (error: unknown) => void;
}

/**
 * A `commit` of one space whose changes of the same turn of the event loop reach the store as one batch, and so share one
 * acknowledgement. When the batch fails, every one of them fails.
 */
export function createGroupCommit(store: RecordStore): (change: SpaceCommit) => Promise<CommitOutcome> {
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

  return (change) =>
    new Promise((resolve, reject) => {
      if (waiting.length === 0) setImmediate(flush);
      waiting.push({ change, resolve, reject });
    });
}
