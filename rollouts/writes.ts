/** What of a rollout is on its way to the store. */
export interface Writes {
  add(storing: Promise<unknown>): void;
  /** Resolves once all that was added by now is stored; rejects with the first error. */
  done(): Promise<unknown>;
  /** Resolves in either case. */
  settled(): Promise<unknown>;
}

export function createWrites(): Writes {
  const all: Array<Promise<unknown>> = [];
  return {
    add(storing) {
      storing.catch(() => undefined);
      all.push(storing);
    },
    done: () => Promise.all(all),
    settled: () => Promise.allSettled(all),
  };
}
