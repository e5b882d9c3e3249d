import { JsonPlusSerializer, type SerializerProtocol } from "@langchain/langgraph-checkpoint";
import { StateError } from "../../state/errors.ts";
import { canonicalJson } from "../../state/json.ts";
import { firstDifference, join, type Place } from "./difference.ts";

/** Values nested deeper are refused, as JSON text of them cannot be read back everywhere. */
const deepest = 500;

/**
 * Values of checkpoints as bytes. What is written is read back equal, or refused at the write with a StateError that
 * names its path. Plain JSON stays what it is, also where it looks like a serialized class (`{"lc":1,...}`) or has keys
 * such as `__proto__`: it is never revived. Types: `json`, `json-exact` (with a negative zero), and `langgraph` for
 * LangGraph's and LangChain's own objects, maps, sets and bytes, in LangGraph's encoding. Properties that are undefined
 * are left out.
 */
export function createSerializer(): SerializerProtocol {
  const langgraph = new JsonPlusSerializer();

  async function dumpsRich(value: unknown, why: string): Promise<[string, Uint8Array]> {
    const [, bytes] = await langgraph.dumpsTyped([value]);
    const loaded = (await langgraph.loadsTyped("json", bytes).catch(() => [])) as unknown[];
    const place = firstDifference([value], loaded);
    if (place === undefined) return ["langgraph", bytes];
    throw new StateError(`${why} It cannot be stored; use plain JSON in the state.`);
  }

  return {
    async dumpsTyped(value) {
      const found = survey(value);
      if (found.problem !== undefined) return dumpsRich(value, found.problem);
      const text = found.hasNegativeZero ? canonicalJson(withoutUndefined(value)) : JSON.stringify(value);
      return [found.hasNegativeZero ? "json-exact" : "json", Buffer.from(text)];
    },
    async loadsTyped(type, data) {
      if (type !== "langgraph") return JSON.parse(Buffer.from(data).toString("utf8")) as unknown;
      const [value] = (await langgraph.loadsTyped("json", data)) as unknown[];
      return value;
    },
  };
}

/** As JSON.stringify leaves them out; the survey has bounded the depth. */
function withoutUndefined(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutUndefined);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  return Object.fromEntries(entries.map(([key, item]) => [key, withoutUndefined(item)]));
}

interface Survey {
  /** The first value that is not plain JSON, in words. */
  problem: string | undefined;
  hasNegativeZero: boolean;
}

/** Walks without recursion, so that no depth of nesting overflows the stack. */
function survey(root: unknown): Survey {
  let hasNegativeZero = false;
  const open: Array<{ value: unknown; place: Place; depth: number }> = [{ value: root, place: [], depth: 0 }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { value, place, depth } = next;
    if (depth > deepest)
      throw new StateError(`The value at ${join(place)} is nested more than ${deepest} levels deep.`);
    if (Object.is(value, -0)) hasNegativeZero = true;
    const problem = problemOf(value);
    if (problem !== undefined) return { problem: `The value at ${join(place)} is ${problem}.`, hasNegativeZero };
    if (typeof value !== "object" || value === null) continue;
    const entries: Array<[string | number, unknown]> = Array.isArray(value)
      ? Array.from(value, (item: unknown, index) => [index, item])
      : Object.entries(value).filter(([, item]) => item !== undefined);
    for (const [key, item] of entries.toReversed())
      open.push({ value: item, place: [...place, key], depth: depth + 1 });
  }
  return { problem: undefined, hasNegativeZero };
}

/** Why a value is not plain JSON by itself, whatever it holds. */
function problemOf(value: unknown): string | undefined {
  if (value === null || typeof value === "string" || typeof value === "boolean") return undefined;
  if (typeof value === "number") return Number.isFinite(value) ? undefined : String(value);
  if (typeof value !== "object") return `a ${typeof value}`.replace("a undefined", "undefined");
  if (Array.isArray(value)) return Object.keys(value).length === value.length ? undefined : "an array with holes";
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return `a ${value.constructor?.name ?? "class instance"}`;
  if (Object.getOwnPropertySymbols(value).length > 0) return "an object with symbols for keys";
  return typeof (value as { toJSON?: unknown }).toJSON === "function" ? "an object with a toJSON function" : undefined;
}
