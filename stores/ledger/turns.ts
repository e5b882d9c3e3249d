/** Takes its turn: gives what ends it. */
type Turn = Promise<() => void>;

interface Waiting {
  rank: number;
  go(): void;
}

/** Who may run: any number together, or one with nothing beside it. */
export interface Turns {
  /** Beside others of its kind. */
  together(): Turn;
  /** With nothing beside it: when nothing else runs or waits to run together. The lowest rank goes first. */
  alone(rank: number): Turn;
}

export function createTurns(): Turns {
  let running = 0;
  let isAlone = false;
  const shared: Array<() => void> = [];
  const single: Waiting[] = [];

  function next(): void {
    if (isAlone) return;
    for (const go of shared.splice(0)) {
      running += 1;
      go();
    }
    if (running > 0 || single.length === 0) return;
    single.sort((left, right) => left.rank - right.rank);
    isAlone = true;
    single.shift()?.go();
  }

  return {
    together: () =>
      new Promise((resolve) => {
        const end = once(() => {
          running -= 1;
          next();
        });
        shared.push(() => resolve(end));
        next();
      }),
    alone: (rank) =>
      new Promise((resolve) => {
        const end = once(() => {
          isAlone = false;
          next();
        });
        single.push({ rank, go: () => resolve(end) });
        // Whoever asks in the same turn of the event loop is compared too.
        setImmediate(next);
      }),
  };
}

function once(work: () => void): () => void {
  let isDone = false;
  return () => {
    if (isDone) return;
    isDone = true;
    work();
  };
}
