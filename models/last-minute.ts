import type { CallLimits } from "../stores/limits/common-limits.ts";
import type { Timer } from "./timer.ts";

/** What may be asked in any 60 seconds. */
type MinuteLimits = Omit<CallLimits, "inFlight">;

const minute = 60_000;

/** What the last 60 seconds hold. */
export interface Window {
  /** When a call of so many tokens may go. A call larger than the limit goes alone. */
  turnOf(tokens: number): number;
  /** Counts a call from now on, until its real usage is reported. */
  count(tokens: number): (really: number) => void;
}

export function createWindow({ requestsPerMinute, tokensPerMinute }: MinuteLimits, timer: Timer): Window {
  const isLimited = Number.isFinite(requestsPerMinute) || Number.isFinite(tokensPerMinute);
  const entries: Array<{ at: number; tokens: number }> = [];
  let used = 0;
  return {
    turnOf(tokens) {
      const now = timer.now();
      while (entries[0] !== undefined && entries[0].at <= now - minute) used -= entries.shift()?.tokens ?? 0;
      let [turn, requests, left] = [now, entries.length, used];
      for (const entry of entries) {
        if (requests < requestsPerMinute && left + tokens <= tokensPerMinute) break;
        requests -= 1;
        left -= entry.tokens;
        turn = entry.at + minute;
      }
      return turn;
    },
    count(tokens) {
      if (!isLimited) return () => undefined;
      const entry = { at: timer.now(), tokens };
      entries.push(entry);
      used += tokens;
      return (really) => {
        if (!entries.includes(entry)) return;
        used += really - entry.tokens;
        entry.tokens = really;
      };
    },
  };
}
