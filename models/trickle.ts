/** Replies that go on in one turn of the event loop. Between 1 and 4 the time of a run is level; more take less CPU, as they share commits (ours [R]). */
const perTurn = 3;

const waiting: Array<() => void> = [];

/**
 * Lets replies that come at once go on a few at a time. What the first of them left to be stored is then acknowledged, and its place given on, while
 * the others are still worked on. Otherwise all of them wait for the work on each, are stored together, and come at once again, every time.
 */
export function trickle<Reply>(reply: Reply): Promise<Reply> {
  return new Promise((resolve) => {
    if (waiting.push(() => resolve(reply)) === 1) setImmediate(next);
  });
}

function next(): void {
  for (const go of waiting.splice(0, perTurn)) go();
  if (waiting.length > 0) setImmediate(next);
}
