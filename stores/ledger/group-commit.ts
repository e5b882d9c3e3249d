import type { CommitOutcome, RecordStore, SpaceCommit } from "../record-store.ts";

/** Commits changes to one space, and perhaps to others with it: one outcome, that of the first. */
export type GroupCommit = (change: SpaceCommit, ...others: SpaceCommit[]) => Promise<CommitOutcome>;

interface Waiting {
  change: SpaceCommit;
  resolve: (outcome: CommitOutcome) => void;
  reject: (error: unknown) => void;
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
      const outcomes = await store.commit(joints.map(changeOf));
      joints.forEach((joint, index) => joint.forEach(({ resolve }) => resolve(outcomes[index] as CommitOutcome)));
    } catch (error) {
      for (const { reject } of joints.flat()) reject(error);
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

/** What reaches the store as one change each. */
function jointsOf(waiting: readonly Waiting[]): Waiting[][] {
  const joints: Waiting[][] = [];
  /** By space: what a further change can still join, as nothing was to be decided in between. */
  const open = new Map<string, Waiting[]>();
  for (const one of waiting) {
    const { space, expect = [], drop } = one.change;
    const isPlain = expect.length === 0 && drop === undefined;
    const known = isPlain ? open.get(space) : undefined;
    if (known !== undefined) {
      known.push(one);
      continue;
    }
    const joint = [one];
    joints.push(joint);
    if (isPlain) open.set(space, joint);
    else open.delete(space);
  }
  return joints;
}

/** One change that leaves what all of them leave, one after the other. */
function changeOf([first, ...others]: readonly Waiting[]): SpaceCommit {
  const { change } = first as Waiting;
  if (others.length === 0) return change;
  const put = new Map<string, string>();
  const gone = new Set<string>();
  for (const each of [change, ...others.map((other) => other.change)]) {
    for (const key of each.delete ?? []) {
      put.delete(key);
      gone.add(key);
    }
    for (const [key, value] of Object.entries(each.put ?? {})) put.set(key, value);
  }
  return { space: change.space, put: Object.fromEntries(put), delete: [...gone] };
}
