/** A place in a pool, for one piece of work after another. */
export interface Slot {
  /** What the work before in this place left to be stored; nothing is paid for until then. Rejects where it could not be. */
  readonly before: Promise<unknown>;
  /** Gives the place on at once: all that is left to do is to wait until this is stored. */
  pass(storing: Promise<unknown>): void;
}

/** A place that nothing came before in and nothing waits for: whoever counts places does so elsewhere. */
export const loneSlot: Slot = { before: Promise.resolve(), pass: (storing) => void storing.catch(() => undefined) };

export interface Slots {
  /** Does the work once a place is free, in the order of the calls. */
  run<Value>(work: (slot: Slot) => Promise<Value>): Promise<Value>;
}

/**
 * A pool of so many places. A place that was passed on is prepared while the last work in it is stored, so that both share a
 * commit; what is paid for and not stored yet, and what is being paid for, are together never more than there are places.
 */
export function createSlots(size: number): Slots {
  let free = size;
  const waiting: Array<() => void> = [];
  /** What was passed on and is not stored yet; there are as many such places free or begun. */
  const unstored = new Set<Promise<unknown>>();

  async function take(): Promise<Pick<Slot, "before">> {
    if (free > 0) free -= 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    const [before = Promise.resolve()] = unstored;
    unstored.delete(before);
    return { before };
  }

  function give(): void {
    const next = waiting.shift();
    if (next === undefined) free += 1;
    else next();
  }

  return {
    async run(work) {
      const { before } = await take();
      let isPassed = false;
      const pass = (own: Promise<unknown>) => {
        if (isPassed) return;
        isPassed = true;
        // Work that paid for nothing, such as an answer the ledger had, has not waited for what came before it.
        // Without what they give, which would keep the results of all work that this place has had.
        const storing = Promise.all([before, own]).then(() => undefined);
        unstored.add(storing);
        const forget = () => void unstored.delete(storing);
        storing.then(forget, forget);
        give();
      };
      try {
        return await work({ before, pass });
      } finally {
        pass(Promise.resolve());
      }
    },
  };
}
