import type { CallLimits } from "../stores/limits/common-limits.ts";
import { commonLimits } from "./calls.ts";
import { createWindow } from "./last-minute.ts";
import type { Timer } from "./timer.ts";

/** Leaves again, with the tokens that were really used, where known. */
type Leave = (tokens?: number) => void;

/** What one model may be asked at a time and a minute, in order of arrival. */
export interface Limits {
  /** Waits for its turn; `tokens` is an estimate. Throws the signal's reason where that fires before. */
  enter(tokens: number, signal: AbortSignal): Promise<Leave>;
  /** Lets nobody in for so many milliseconds: the provider asked for it. */
  hold(milliseconds: number): void;
}

interface Waiting {
  tokens: number;
  admit(leave: Leave): void;
}

export function createLimits(settings: CallLimits, timer: Timer): Limits {
  const window = createWindow(settings, timer);
  const queue: Waiting[] = [];
  let inFlight = 0;
  let heldUntil = -Infinity;
  let alarm: AbortController | null = null;

  function admit({ tokens, admit: letIn }: Waiting): void {
    const correct = window.count(tokens);
    let isIn = true;
    inFlight += 1;
    letIn((really) => {
      if (!isIn) return;
      isIn = false;
      if (really !== undefined) correct(really);
      inFlight -= 1;
      pump();
    });
  }

  function pump(): void {
    alarm?.abort();
    alarm = null;
    while (queue[0] !== undefined && inFlight < settings.inFlight) {
      const after = Math.max(window.turnOf(queue[0].tokens), heldUntil) - timer.now();
      if (after > 0) {
        alarm = new AbortController();
        void pumpAfter(after, alarm);
        return;
      }
      admit(queue.shift() as Waiting);
    }
  }

  async function pumpAfter(milliseconds: number, mine: AbortController): Promise<void> {
    await timer.wait(milliseconds, mine.signal);
    if (alarm === mine) pump();
  }

  return {
    async enter(tokens, signal) {
      signal.throwIfAborted();
      const turn = lineUp({ queue, tokens, signal, pump });
      pump();
      return turn;
    },
    hold(milliseconds) {
      heldUntil = Math.max(heldUntil, timer.now() + milliseconds);
      pump();
    },
  };
}

/** A place in the queue, given up as soon as the signal fires. */
function lineUp(needs: { queue: Waiting[]; tokens: number; signal: AbortSignal; pump(): void }): Promise<Leave> {
  const { queue, tokens, signal, pump } = needs;
  return new Promise((resolve, reject) => {
    const waiting: Waiting = {
      tokens,
      admit(leave) {
        signal.removeEventListener("abort", giveUp);
        resolve(leave);
      },
    };
    function giveUp() {
      queue.splice(queue.indexOf(waiting), 1);
      reject(signal.reason as Error);
      pump();
    }
    signal.addEventListener("abort", giveUp, { once: true });
    queue.push(waiting);
  });
}

const shared = new WeakMap<object, Map<string, Limits>>();

/** Limits are those of a model, not of what asks it: an agent and an analyst on one model, by place or object, share them. */
export function sharedLimits(place: string | object, settings: CallLimits, timer: Timer): Limits {
  const owner = typeof place === "string" ? timer : place;
  const all = shared.get(owner) ?? new Map<string, Limits>();
  shared.set(owner, all);
  const { inFlight, requestsPerMinute, tokensPerMinute } = settings;
  const key = [typeof place === "string" ? place : "", inFlight, requestsPerMinute, tokensPerMinute].join(" ");
  const limits = all.get(key) ?? createLimits(settings, timer);
  all.set(key, limits);
  return limits;
}

/**
 * Limits of this process and, for work whose store several processes share, of all of them: there a call waits for its turn here
 * first, then for that among all. `name` means the same model in each.
 */
export function acrossProcesses(local: Limits, { name, limits }: { name: string; limits: CallLimits }): Limits {
  const { inFlight, requestsPerMinute, tokensPerMinute } = limits;
  const isLimited = [inFlight, requestsPerMinute, tokensPerMinute].some(Number.isFinite);
  if (!isLimited) return local;
  return {
    async enter(tokens, signal) {
      const leave = await local.enter(tokens, signal);
      try {
        const leaveAll = await commonLimits()?.enter(name, { limits, tokens, signal });
        return (really) => {
          leaveAll?.(really);
          leave(really);
        };
      } catch (error) {
        leave();
        throw error;
      }
    },
    hold(milliseconds) {
      local.hold(milliseconds);
      commonLimits()?.hold(name, milliseconds);
    },
  };
}
