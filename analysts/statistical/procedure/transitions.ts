import type { Act, Value } from "../../../agents/procedure/grammar/act.ts";
import { valueAfter } from "./lists.ts";

/** A value that acts came to. Two of one search are the same object where their values are equal. */
export interface Stop {
  readonly id: number;
  readonly value: Value;
}

/** What acts make of values, each act performed once on each value. */
export interface Transitions {
  stopAt(value: Value): Stop;
  /** Undefined where the act comes to nothing. */
  after(act: Act, stop: Stop): Stop | undefined;
}

export function createTransitions(): Transitions {
  const stops = new Map<string, Stop>();
  const made = new Map<string, Stop | null>();
  const stopAt = (value: Value): Stop => {
    const key = JSON.stringify(value);
    const stop = stops.get(key) ?? { id: stops.size, value };
    stops.set(key, stop);
    return stop;
  };
  return {
    stopAt,
    after(act, stop) {
      const key = `${stop.id} ${JSON.stringify(act)}`;
      const known = made.get(key);
      if (known !== undefined) return known ?? undefined;
      const value = valueAfter([act], stop.value);
      const next = value === "" ? null : stopAt(value);
      made.set(key, next);
      return next ?? undefined;
    },
  };
}
