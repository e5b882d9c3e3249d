import type { Json } from "../../state/json.ts";

/** Deeper than anything that a model says. */
const deepest = 60;

/**
 * A foreign value as plain JSON: what JSON cannot hold is left out, so that the rest of a paid reply is kept. Undefined where
 * nothing is left of it. `around` are the objects that it is in, so that a circle ends.
 */
export function plainOf(value: unknown, around: readonly object[] = []): Json | undefined {
  if (value === null || typeof value === "string" || typeof value === "boolean") return value;
  if (typeof value === "number") return Number.isFinite(value) ? value : undefined;
  if (typeof value === "bigint") return String(value);
  if (typeof value !== "object" || around.length === deepest || around.includes(value)) return undefined;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? undefined : value.toISOString();
  if (ArrayBuffer.isView(value))
    return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString("base64");
  const inside = [...around, value];
  if (Array.isArray(value)) return value.map((item) => plainOf(item, inside) ?? null);
  const entries = Object.entries(value)
    .filter(([name]) => name !== "__proto__")
    .map(([name, each]) => [name, plainOf(each, inside)] as const);
  return Object.fromEntries(entries.filter((entry): entry is readonly [string, Json] => entry[1] !== undefined));
}

/** A foreign value as an object, which it may not be. */
export function fieldsOf(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}

/** A foreign value as a list, which it may not be. */
export function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}
