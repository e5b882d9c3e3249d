import { isDeepStrictEqual } from "node:util";
import * as fc from "fast-check";
import { StateError } from "../../../state/errors.ts";
import type { RecordStore } from "../../../stores/record-store.ts";
import { createLeases } from "../../../stores/lease/lease.ts";
import { createRegistry } from "../../../stores/registry.ts";
import { createSaver } from "../../../stores/saver/saver.ts";

const hostileKey = fc.constantFrom("__proto__", "constructor", "toString", "lc", "", "\0", "\ud800", "a.b", "lg_name");

/** Objects that look like what LangGraph's own serializers revive. */
const lookAlike = fc.constantFrom(
  { lc: 1, type: "constructor", id: ["x"], kwargs: {} },
  { lc: 1, type: "constructor", id: ["langchain_core", "messages", "HumanMessage"], kwargs: { content: "hi" } },
  { lc: 1, type: "secret", id: ["OPENAI_API_KEY"] },
  { lc: 1, type: "not_implemented", id: ["y"] },
  { lc: 2, type: "undefined" },
  { lc: 2, type: "constructor", id: ["RegExp"], method: null, args: ["(a+)+$", ""], kwargs: {} },
  { lc: 2, type: "constructor", id: ["Set"], args: [[1]], kwargs: {} },
  { lc: 2, type: "delta_snapshot", value: 1 },
  { __lc_escaped__: { lc: 1 } },
  { __overwrite__: [1] },
);

const leaf = fc.oneof(
  lookAlike,
  fc.string({ unit: "binary" }),
  fc.constantFrom("\ud800", "a\0b", "\u2028", "__proto__", "😀", -0, Number.NaN, Infinity, 1e308, Number.MIN_VALUE),
  fc.constantFrom<unknown>(
    1n,
    undefined,
    Symbol.iterator,
    () => 1,
    new Date(0),
    Object.create({ inherited: 1 }),
    /a/g,
    new URL("a:b"),
  ),
);

/** A deep chain, a large text, or anything. */
export const { hostileValue } = fc.letrec<{ hostileValue: unknown }>((tie) => ({
  hostileValue: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    leaf,
    fc.array(tie("hostileValue"), { maxLength: 4 }),
    fc.array(fc.tuple(fc.oneof(hostileKey, fc.string()), tie("hostileValue")), { maxLength: 4 }).map(ownEntries),
    fc.array(fc.tuple(fc.string(), tie("hostileValue")), { maxLength: 3 }).map((entries) => new Map(entries)),
    fc.anything({
      withBigInt: true,
      withDate: true,
      withMap: true,
      withSet: true,
      withSparseArray: true,
      withTypedArray: true,
    }),
    fc.integer({ min: 1, max: 600 }).map(nested),
  ),
}));

/** Own properties, whatever their names. */
function ownEntries(entries: Array<[string, unknown]>): Record<string, unknown> {
  return Object.fromEntries(entries);
}

export function nested(depth: number): unknown {
  let deep: unknown = "bottom";
  for (let level = 0; level < depth; level += 1) deep = level % 2 === 0 ? [deep] : { deep };
  return deep;
}

/** A saver on a thread of its own, and a way to put a value through it. */
export function createStateProbe(store: RecordStore) {
  const registry = createRegistry(store);
  const saver = createSaver({ store, registry, leases: createLeases({ store, registry }) });
  let count = 0;
  const base = { v: 4, ts: "2026-01-01T00:00:00Z", versions_seen: {} };

  /** `equal`: read back as it was written; `refused`: a StateError that names the place; anything else is a finding. */
  return async function probe(channel: string, value: unknown): Promise<"equal" | "refused" | { finding: string }> {
    count += 1;
    const thread = `t-${count % 50}`;
    const config = { configurable: { thread_id: thread, checkpoint_ns: "" } };
    const checkpoint = {
      ...base,
      id: `c-${count}`,
      channel_values: Object.fromEntries([[channel, value]]),
      channel_versions: Object.fromEntries([[channel, count]]),
    };
    const versions = Object.fromEntries([[channel, count]]);
    let isRefused = false;
    try {
      await saver.put(config, checkpoint, { source: "loop", step: count, parents: {} }, versions);
      const written = { configurable: { ...config.configurable, checkpoint_id: checkpoint.id } };
      await saver.putWrites(written, [[channel, value]], `task-${count}`);
    } catch (error) {
      if (!(error instanceof StateError)) return { finding: `refused with ${String(error)}` };
      if (!error.message.includes(channel) || !/at \$/.test(error.message)) return { finding: error.message };
      isRefused = true;
    }
    const tuple = await saver.getTuple(config);
    if (isRefused) return tuple?.checkpoint.id === checkpoint.id ? { finding: "half written" } : "refused";
    const read = tuple?.checkpoint.channel_values ?? {};
    const written = tuple?.pendingWrites?.[0]?.[2];
    if (!Object.hasOwn(read, channel)) return { finding: "the channel is gone" };
    const expected = withoutUndefined(value);
    const isEqual = [read[channel], written].every((found) => isDeepStrictEqual(withoutUndefined(found), expected));
    return isEqual ? "equal" : { finding: `read ${JSON.stringify(read[channel])}` };
  };
}

/** What is promised: undefined properties are left out, objects are plain. */
export function withoutUndefined(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutUndefined);
  if (value instanceof Map)
    return new Map([...value].map(([key, item]) => [withoutUndefined(key), withoutUndefined(item)]));
  if (value instanceof Set) return new Set([...value].map(withoutUndefined));
  if (typeof value !== "object" || value === null) return value;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, item]) => (item === undefined ? [] : [[key, withoutUndefined(item)]])),
  );
}
