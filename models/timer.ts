import { setTimeout as sleep } from "node:timers/promises";

/** Time as calls of a model know it, so that tests need not wait. Milliseconds. */
export interface Timer {
  /** Monotonic, of no meaning outside of this process. */
  now(): number;
  /** The time of day since 1970, for what a server says in dates. */
  date(): number;
  /** Ends after so long, or at once where the signal fires. Never throws. */
  wait(milliseconds: number, signal?: AbortSignal): Promise<void>;
  /** Acts after so long, unless it is called off by what it gives. */
  after(milliseconds: number, act: () => void): () => void;
}

/** A timer of Node holds 31 bits of milliseconds; more would end at once. */
const longest = 2 ** 31 - 1;

export const systemTimer: Timer = {
  now: () => performance.now(),
  date: () => Date.now(),
  wait: (milliseconds, signal) =>
    sleep(Math.min(milliseconds, longest), undefined, signal === undefined ? {} : { signal }).catch(() => undefined),
  after(milliseconds, act) {
    const timeout = setTimeout(act, Math.min(milliseconds, longest));
    return () => clearTimeout(timeout);
  },
};
