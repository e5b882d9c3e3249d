import { setImmediate as turn } from "node:timers/promises";
import type { Clock } from "../../../stores/lease/clock.ts";

interface Timer {
  at: number;
  order: number;
  fire(): void;
}

/** Time that only passes when everything that can happen now has happened. */
export interface VirtualTime {
  now(): number;
  at(time: number, fire: () => void): void;
  /** Runs until the work has ended. Throws when nothing is left to happen before that. */
  until<Value>(work: Promise<Value>): Promise<Value>;
}

export function createVirtualTime(): VirtualTime {
  const timers: Timer[] = [];
  let now = 0;
  let order = 0;
  return {
    now: () => now,
    at(time, fire) {
      timers.push({ at: Math.max(now, time), order: (order += 1), fire });
    },
    async until(work) {
      const state = { isEnded: false };
      const ended = work.finally(() => (state.isEnded = true));
      ended.catch(() => undefined);
      for (;;) {
        // Two turns: a commit waits one for others to join it.
        await turn();
        await turn();
        if (state.isEnded) return ended;
        const next = timers.reduce<Timer | undefined>(
          (best, timer) =>
            best === undefined || timer.at < best.at || (timer.at === best.at && timer.order < best.order)
              ? timer
              : best,
          undefined,
        );
        if (next === undefined) throw new Error("Nothing is left to happen, and the work has not ended.");
        timers.splice(timers.indexOf(next), 1);
        now = next.at;
        next.fire();
      }
    },
  };
}

/** The clock of one simulated process: it can be stopped for a while, and does nothing more once the process is dead. */
export interface ProcessClock extends Clock {
  stop(milliseconds: number): void;
  kill(): void;
  readonly isDead: boolean;
}

export function createProcessClock(time: VirtualTime): ProcessClock {
  let stoppedUntil = 0;
  let isDead = false;
  const after = (milliseconds: number, work: () => void): void => {
    const fire = () => {
      if (isDead) return;
      if (time.now() < stoppedUntil) time.at(stoppedUntil, fire);
      else work();
    };
    time.at(time.now() + milliseconds, fire);
  };
  return {
    get isDead() {
      return isDead;
    },
    now: () => time.now(),
    stop(milliseconds) {
      stoppedUntil = time.now() + milliseconds;
    },
    kill() {
      isDead = true;
    },
    sleep: (milliseconds) => new Promise((resolve) => after(milliseconds, resolve)),
    every(milliseconds, work) {
      let isOn = true;
      const again = () => {
        if (!isOn) return;
        work();
        after(milliseconds, again);
      };
      after(milliseconds, again);
      return () => (isOn = false);
    },
  };
}
