import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { hashJson } from "../../state/json.ts";
import type { RecordStore } from "../record-store.ts";
import { enterScript, holdScript, leaveScript, renewScript } from "./common-script.ts";

/** What may be asked at a time, and in any 60 seconds; Infinity for no limit. */
export interface CallLimits {
  inFlight: number;
  requestsPerMinute: number;
  tokensPerMinute: number;
}

/** Limits of calls that hold over all processes that share a store. */
export interface CommonLimits {
  /**
   * Waits until one more call of this name may be made; `tokens` is an estimate. Gives what ends the call, which takes the tokens
   * that it really used, where they are known. Throws the signal's reason where that fires before, and a StoreError where the store
   * cannot be reached.
   */
  enter(name: string, call: { limits: CallLimits; tokens: number; signal: AbortSignal }): Promise<Leave>;
  /** Lets nobody in for so many milliseconds. */
  hold(name: string, milliseconds: number): void;
}

type Leave = (tokens?: number) => void;

/** Milliseconds. */
interface Pace {
  /** For how long a call under way keeps its place while its process gives no sign of life; renewed after a third of it. [R] */
  lease: number;
  minute: number;
  /** Between looks whether a place is free, at first; twice as long each time, up to ten times. [R] */
  look: number;
  wait(milliseconds: number, signal: AbortSignal): Promise<unknown>;
}

const defaultPace: Pace = {
  lease: 15_000,
  minute: 60_000,
  look: 25,
  wait: (milliseconds, signal) => sleep(milliseconds, undefined, { signal }),
};

/** Limits in the Redis of a store; undefined for a store elsewhere, which processes on other hosts do not share. */
export function createCommonLimits(store: RecordStore, given: Partial<Pace> = {}): CommonLimits | undefined {
  const { redis } = store;
  if (redis === undefined) return undefined;
  const { caller, prefix } = redis;
  const { lease, minute, look, wait } = { ...defaultPace, ...given };
  const keysOf = (name: string) => keysUnder(prefix, name);
  const run = (script: string, keys: readonly string[], values: ReadonlyArray<string | number>) =>
    caller.call((client) => client.eval(script, keys.length, ...keys, ...values));
  const places = createPlaces(lease, (name, ids) => run(renewScript, [keysOf(name).calls], [lease, ...ids]));
  /** The last that waits, by name: only the first one of a process looks whether there is a place. */
  const lines = new Map<string, Promise<unknown>>();

  /** The milliseconds until its turn, once it has a place. */
  async function book(name: string, id: string, { limits, tokens, signal }: Parameters<CommonLimits["enter"]>[1]) {
    const { calls, turns, state } = keysOf(name);
    const most = [limits.inFlight, limits.requestsPerMinute, limits.tokensPerMinute].map((limit) =>
      Number.isFinite(limit) ? limit : -1,
    );
    for (let pause = look; ; pause = Math.min(2 * pause, 10 * look)) {
      signal.throwIfAborted();
      const values = [id, Math.ceil(tokens), ...most, lease, minute];
      const milliseconds = Number(await run(enterScript, [calls, turns, state], values));
      if (milliseconds >= 0) return milliseconds;
      await wait(pause, signal);
    }
  }

  function leave(name: string, id: string, tokens: number): void {
    places.drop(name, id);
    const { calls, turns, state } = keysOf(name);
    // Where the store cannot be reached, the lease runs out.
    run(leaveScript, [calls, turns, state], [id, tokens]).catch(() => undefined);
  }

  return {
    async enter(name, call) {
      const id = randomUUID();
      const before = lines.get(name);
      const booking = (async () => {
        if (before !== undefined) await untilAborted(before, call.signal);
        return book(name, id, call);
      })();
      // Those behind a call that is aborted still wait for those before it.
      const line = Promise.allSettled([before, booking]);
      lines.set(name, line);
      void line.then(() => lines.get(name) === line && lines.delete(name));
      try {
        const milliseconds = await booking;
        places.add(name, id);
        if (milliseconds > 0) await wait(milliseconds, call.signal);
      } catch (error) {
        leave(name, id, -2);
        call.signal.throwIfAborted();
        throw error;
      }
      let isOver = false;
      return (tokens) => {
        if (isOver) return;
        isOver = true;
        leave(name, id, tokens === undefined ? -1 : Math.ceil(tokens));
      };
    },
    hold(name, milliseconds) {
      run(holdScript, [keysOf(name).state], [Math.ceil(milliseconds), minute]).catch(() => undefined);
    },
  };
}

/** Ends once the others have their turn, or the signal fires. */
async function untilAborted(others: Promise<unknown>, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  const over = new AbortController();
  const aborted = once(signal, "abort", { signal: over.signal });
  await Promise.race([others, aborted]);
  over.abort();
}

/** In braces, so that the keys of one name lie on one node of a cluster. */
function keysUnder(prefix: string, name: string) {
  const place = `{${prefix}limits:${hashJson(name).slice(0, 16)}}`;
  return { calls: `${place}:calls`, turns: `${place}:turns`, state: `${place}:state` };
}

/** The calls of this process that have a place, whose leases are renewed as long as it lives. */
function createPlaces(lease: number, renew: (name: string, ids: readonly string[]) => Promise<unknown>) {
  const held = new Map<string, Set<string>>();
  let timer: NodeJS.Timeout | undefined;

  function keep(): void {
    for (const [name, ids] of held) renew(name, [...ids]).catch(() => undefined);
  }

  return {
    add(name: string, id: string): void {
      held.set(name, (held.get(name) ?? new Set()).add(id));
      timer ??= setInterval(keep, lease / 3).unref();
    },
    drop(name: string, id: string): void {
      const ids = held.get(name);
      ids?.delete(id);
      if (ids?.size === 0) held.delete(name);
      if (held.size > 0 || timer === undefined) return;
      clearInterval(timer);
      timer = undefined;
    },
  };
}
