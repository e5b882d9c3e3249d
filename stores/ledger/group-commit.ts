import type { CommitOutcome, RecordStore, SpaceCommit } from "../record-store.ts";

/** Commits changes to one space, and perhaps to others with it: one outcome, that of the first. */
export type GroupCommit = (change: SpaceCommit, ...others: SpaceCommit[]) => Promise<CommitOutcome>;

interface Waiting {
  change: SpaceCommit;
  resolve: (outcome: CommitOutcome) => void;
  reject: (error: unknown) => void;
}

/** A change as it reaches the store, and those it is for. */
interface Joint {
  change: SpaceCommit;
  all: Waiting[];
}

/**
 * A `commit` whose changes of the same turn of the event loop reach the store as one batch, and so share one
 * acknowledgement. Changes without an expectation to one space become one change, in which the last value of a key counts. When
 * the batch fails, every one of them fails.
 */
export function createGroupCommit(store: RecordStore): GroupCommit {
  let waiting: Waiting[] = [];

  async function flush(): Promise<void> {
    const joints = jointsOf(waiting);
    waiting = [];
    try {
      const outcomes = await store.commit(joints.map(({ change }) => change));
      joints.forEach(({ all }, index) => all.forEach(({ resolve }) => resolve(outcomes[index] as CommitOutcome)));
    } catch (error) {
      for (const { reject } of joints.flatMap(({ all }) => all)) reject(error);
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

function jointsOf(waiting: readonly Waiting[]): Joint[] {
  const joints: Joint[] = [];
  /** By space: what a further change can still join, as nothing was to be decided in between. */
  const open = new Map<string, Joint>();
  for (const one of waiting) {
    const { space, expect = [], drop } = one.change;
    const isPlain = expect.length === 0 && drop === undefined;
    const known = isPlain ? open.get(space) : undefined;
    if (known !== undefined) {
      known.change = bothOf(known.change, one.change);
      known.all.push(one);
      continue;
    }
    const joint = { change: one.change, all: [one] };
    joints.push(joint);
    if (isPlain) open.set(space, joint);
    else open.delete(space);
  }
  return joints;
}

/** One change that leaves what both leave, one after the other. */
function bothOf(first: SpaceCommit, second: SpaceCommit): SpaceCommit {
  const gone = new Set(second.delete);
  const kept = Object.entries(first.put ?? {}).filter(([key]) => !gone.has(key));
  return {
    space: first.space,
    put: { ...Object.fromEntries(kept), ...second.put },
    delete: [...new Set([...(first.delete ?? []), ...gone])],
  };
}
