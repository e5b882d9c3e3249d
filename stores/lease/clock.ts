import { setTimeout as sleep } from "node:timers/promises";

/** Time as leases know it: monotonic, in milliseconds, of no meaning outside of this process. Never the time of day. */
export interface Clock {
  now(): number;
  sleep(milliseconds: number): Promise<void>;
  /** Calls back again and again until the function it gives is called. Keeps no process alive. */
  every(milliseconds: number, work: () => void): () => void;
}

export const systemClock: Clock = {
  now: () => performance.now(),
  sleep: async (milliseconds) => sleep(milliseconds),
  every(milliseconds, work) {
    const timer = setInterval(work, milliseconds).unref();
    return () => clearInterval(timer);
  },
};
