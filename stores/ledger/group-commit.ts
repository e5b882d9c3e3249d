import type { CommitOutcome, RecordStore, SpaceCommit } from "../record-store.ts";

/** A change, or what gives it as it is once it is on its way to the store; the same one is then asked once. */
export type Change = SpaceCommit | (() => SpaceCommit);

/** Commits changes to one space, and perhaps to others with it: one outcome, that of the first. */
export type GroupCommit = (change: Change, ...others: Change[]) => Promise<CommitOutcome>;

interface Waiting {
  changes: readonly Change[];
  resolve: (outcome: CommitOutcome) => void;
  reject: (error: unknown) => void;
}

/**
 * A `commit` whose changes reach the store as one batch, and so share one acknowledgement: those of what goes on without waiting,
 * and all that come while a batch is under way. Changes without an expectation to one space become one change, in which the
 * last value of a key counts. When the batch fails, every one of them fails.
 */
export function createGroupCommit(store: RecordStore): GroupCommit {
  const waiting: Waiting[] = [];
  let isUnderWay = false;

  async function work(): Promise<void> {
    while (waiting.length > 0) {
      const group = waiting.splice(0);
      try {
        const { joints, places } = joined(group);
        const outcomes = await store.commit(joints.map(changeOf));
        group.forEach(({ resolve }, index) => resolve(outcomes[places[index] as number] as CommitOutcome));
      } catch (error) {
        for (const { reject } of group) reject(error);
      }
    }
    isUnderWay = false;
  }

  return (...changes) =>
    new Promise((resolve, reject) => {
      waiting.push({ changes, resolve, reject });
      if (isUnderWay) return;
      isUnderWay = true;
      // Not at the end of the turn of the event loop: replies that came in the same one would be worked on before.
      process.nextTick(work);
    });
}

/** What reaches the store as one change each, and for each that waits the place of its first change there. */
function joined(group: readonly Waiting[]): { joints: SpaceCommit[][]; places: number[] } {
  const joints: SpaceCommit[][] = [];
  /** By space: where a further change can still join, as nothing was to be decided in between. */
  const open = new Map<string, number>();
  const asked = new Map<Change, number>();

  function add(change: SpaceCommit): number {
    const { space, expect = [], drop } = change;
    const isPlain = expect.length === 0 && drop === undefined;
    const place = (isPlain ? open.get(space) : undefined) ?? joints.length;
    if (isPlain) open.set(space, place);
    else open.delete(space);
    (joints[place] ??= []).push(change);
    return place;
  }

  function placeOf(change: Change): number {
    if (typeof change !== "function") return add(change);
    const place = asked.get(change) ?? add(change());
    asked.set(change, place);
    return place;
  }

  const places = group.map(({ changes }) => changes.map(placeOf)[0] as number);
  return { joints, places };
}

/** One change that leaves what all of them leave, one after the other. */
function changeOf(joint: readonly SpaceCommit[]): SpaceCommit {
  const [first] = joint as [SpaceCommit];
  if (joint.length === 1) return first;
  const put = new Map<string, string>();
  const gone = new Set<string>();
  for (const each of joint) {
    for (const key of each.delete ?? []) {
      put.delete(key);
      gone.add(key);
    }
    for (const [key, value] of Object.entries(each.put ?? {})) put.set(key, value);
  }
  return { space: first.space, put: Object.fromEntries(put), delete: [...gone] };
}
