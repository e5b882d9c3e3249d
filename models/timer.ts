import { setTimeout as sleep } from "node:timers/promises";

/** Time as calls of a model know it, so that tests need not wait. Milliseconds. */
export interface Timer {
  /** Monotonic, of no meaning outside of this process. */
  now(): number;
  /** The time of day since 1970, for what a server says in dates. */
  date(): number;
  /** Ends after so long, or at once where the signal fires. Never throws. */
  wait(milliseconds: number, signal?: AbortSignal): Promise<void>;
}

export const systemTimer: Timer = {
  now: () => performance.now(),
  date: () => Date.now(),
  // A timer of Node holds 31 bits of milliseconds; more would end at once.
  wait: (milliseconds, signal) =>
    sleep(Math.min(milliseconds, 2 ** 31 - 1), undefined, signal === undefined ? {} : { signal }).catch(
      () => undefined,
    ),
};
