import type { CommitOutcome, SpaceCommit } from "../record-store.ts";

type Send = (root: string, number: number, changes: readonly SpaceCommit[]) => Promise<CommitOutcome[]>;

interface Waiting {
  change: SpaceCommit;
  resolve: (outcome: CommitOutcome) => void;
  reject: (error: unknown) => void;
}

/** What goes into one call: a script keeps the server from all else while it runs. */
const mostChanges = 500;
const mostCharacters = 8_000_000;

/**
 * One call a family at a time, in order, numbered upwards; what comes meanwhile goes out together in the next. Families
 * do not wait for each other. Where a call fails, so does what waits behind it.
 */
export function createLanes(send: Send) {
  const lanes = new Map<string, Waiting[]>();
  let number = 0;

  async function drain(root: string, waiting: Waiting[]): Promise<void> {
    while (waiting.length > 0) {
      const group = waiting.splice(0, sizeOfCall(waiting));
      number += 1;
      try {
        const outcomes = await send(
          root,
          number,
          group.map(({ change }) => change),
        );
        group.forEach(({ resolve }, index) => resolve(outcomes[index] as CommitOutcome));
      } catch (error) {
        for (const { reject } of [...group, ...waiting.splice(0)]) reject(error);
      }
    }
    lanes.delete(root);
  }

  return {
    /** Changes with the root of their family. Resolves to their outcomes once all are acknowledged. */
    commit(changes: ReadonlyArray<readonly [root: string, SpaceCommit]>): Promise<CommitOutcome[]> {
      const idle = new Map<string, Waiting[]>();
      const outcomes = changes.map(([root, change]) => {
        const waiting = lanes.get(root) ?? [];
        if (!lanes.has(root)) idle.set(root, waiting);
        lanes.set(root, waiting);
        return new Promise<CommitOutcome>((resolve, reject) => waiting.push({ change, resolve, reject }));
      });
      for (const [root, waiting] of idle) void drain(root, waiting);
      return Promise.all(outcomes);
    },
  };
}

function sizeOfCall(waiting: readonly Waiting[]): number {
  let characters = 0;
  const over = waiting.findIndex(({ change: { put = {} } }, index) => {
    for (const value of Object.values(put)) characters += value.length;
    return index > 0 && (index === mostChanges || characters > mostCharacters);
  });
  return over === -1 ? waiting.length : over;
}
