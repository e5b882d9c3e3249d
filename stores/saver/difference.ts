import { types } from "node:util";
import { DeltaSnapshot } from "@langchain/langgraph-checkpoint";

/** A place within a value: keys and indices from the root. */
export type Place = ReadonlyArray<string | number>;

/** `$.memories[2]` */
export function join(place: Place): string {
  return place.reduce<string>((path, key) => path + (typeof key === "number" ? `[${key}]` : `.${key}`), "$");
}

interface Parts {
  kind: string;
  /** What the value is by itself. */
  self: unknown;
  children: Array<[string | number, unknown]>;
}

/**
 * Where a value that was written and read back is no longer what it was; undefined where nothing was lost. LangGraph's
 * own objects come back in the plain form LangGraph takes for them, undefined properties are left out.
 */
export function firstDifference(written: unknown, read: unknown): Place | undefined {
  const open = [{ written, read, place: [] as Place }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { place } = next;
    const [before, after] = [partsOf(next.written), partsOf(next.read)];
    const isSame =
      before.kind === after.kind &&
      Object.is(before.self, after.self) &&
      before.children.length === after.children.length;
    if (!isSame) return place;
    const byKey = new Map(after.children);
    for (const [key, value] of before.children) {
      if (!byKey.has(key)) return [...place, key];
      open.push({ written: value, read: byKey.get(key), place: [...place, key] });
    }
  }
  return undefined;
}

function partsOf(value: unknown): Parts {
  if (typeof value !== "object" || value === null) return { kind: typeof value, self: value, children: [] };
  // Holes and further properties count.
  if (Array.isArray(value)) return { kind: "array", self: Object.keys(value).length, children: indexed(value) };
  if (types.isMap(value)) return { kind: "map", self: undefined, children: indexed([...value].flat()) };
  if (types.isSet(value)) return { kind: "set", self: undefined, children: indexed([...value]) };
  if (types.isRegExp(value)) return { kind: "regexp", self: String(value), children: [] };
  if (types.isNativeError(value)) return { kind: "error", self: String(value), children: [] };
  if (types.isUint8Array(value)) return { kind: "bytes", self: Buffer.from(value).toString("base64"), children: [] };
  if (value instanceof DeltaSnapshot)
    return { kind: "delta snapshot", self: undefined, children: [["value", value.value]] };
  const plain = plainForm(value);
  if (plain !== undefined) return plain;
  return { kind: value.constructor?.name ?? "object", self: value, children: [] };
}

/** The parts of plain objects and of the objects of LangGraph and LangChain. */
function plainForm(value: object): Parts | undefined {
  const { lg_name: langgraphName, lc_serializable: isLangchain } = value as {
    lg_name?: unknown;
    lc_serializable?: unknown;
  };
  if (langgraphName === "Send") {
    const { node, args, timeout } = value as { node: unknown; args: unknown; timeout?: unknown };
    return object({ node, args, timeout });
  }
  const toJson = (value as { toJSON?: () => object }).toJSON;
  if (typeof langgraphName === "string" && typeof toJson === "function") return object(toJson.call(value));
  if (isLangchain === true && typeof toJson === "function") {
    const { id, kwargs } = toJson.call(value) as { id?: unknown; kwargs?: object };
    return { ...object({ ...kwargs }), kind: `langchain ${JSON.stringify(id)}` };
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null ? object(value) : undefined;
}

function object(value: object): Parts {
  return { kind: "object", self: undefined, children: Object.entries(value).filter(([, item]) => item !== undefined) };
}

function indexed(values: readonly unknown[]): Array<[number, unknown]> {
  return Array.from(values, (value, index) => [index, value]);
}
