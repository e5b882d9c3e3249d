import type { Timer } from "../../models/timer.ts";

interface Pending {
  at: number;
  end(): void;
}

export interface VirtualTimer extends Timer {
  /** Waits asked for, in order. */
  readonly waits: number[];
  /** Goes from one wait to the next until the work is done. */
  run<Value>(work: Promise<Value>): Promise<Value>;
}

/** Time that passes only when nothing else can happen. */
export function createVirtualTimer(): VirtualTimer {
  const pending = new Set<Pending>();
  const waits: number[] = [];
  let now = 0;

  const turn = () => new Promise((resolve) => setImmediate(resolve));

  return {
    waits,
    now: () => now,
    date: () => 1_000_000_000_000 + now,
    wait(milliseconds, signal) {
      waits.push(milliseconds);
      return new Promise((resolve) => {
        const one = { at: now + milliseconds, end: () => (pending.delete(one), resolve()) };
        pending.add(one);
        if (signal?.aborted === true) one.end();
        signal?.addEventListener("abort", () => one.end());
      });
    },
    after(milliseconds, act) {
      const one = { at: now + milliseconds, end: () => (pending.delete(one), act()) };
      pending.add(one);
      return () => void pending.delete(one);
    },
    async run(work) {
      const progress = { isDone: false };
      const settled = work.finally(() => (progress.isDone = true));
      settled.catch(() => undefined);
      for (;;) {
        for (let quiet = 0; quiet < 5 && !progress.isDone; quiet += 1) await turn();
        if (progress.isDone) return settled;
        const [next] = [...pending].toSorted((one, other) => one.at - other.at);
        if (next === undefined) throw new Error("The work waits for what never comes.");
        now = Math.max(now, next.at);
        next.end();
      }
    },
  };
}
