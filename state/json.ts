import { createHash } from "node:crypto";
import { z } from "zod";
import { StateError } from "./errors.ts";

export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

export const Json: z.ZodType<Json> = z.lazy(() =>
  z.union([z.string(), z.number(), z.boolean(), z.null(), z.array(Json), z.record(z.string(), Json)]),
);

/** sha256 in lower-case hex, 64 characters. Text is hashed as UTF-8. */
export const Hash = z.string().regex(/^[0-9a-f]{64}$/, "a sha256 in hex");
export type Hash = z.infer<typeof Hash>;

export function sha256(content: string | Uint8Array): Hash {
  return createHash("sha256").update(content).digest("hex");
}

/**
 * One text per value: keys sorted by code unit, no white space. Refuses what JSON cannot hold (undefined, functions,
 * BigInt, NaN, infinities, class instances), naming the path, so that nothing is lost in silence.
 */
export function canonicalJson(value: unknown, path = "$"): string {
  if (value === null || typeof value === "boolean" || typeof value === "string") return JSON.stringify(value);
  if (typeof value === "number") {
    if (!Number.isFinite(value)) throw new StateError(`${path} is ${value}; JSON can hold finite numbers only.`);
    return Object.is(value, -0) ? "-0" : JSON.stringify(value);
  }
  if (Array.isArray(value)) {
    return `[${Array.from(value, (item: unknown, index) => canonicalJson(item, `${path}[${index}]`)).join(",")}]`;
  }
  if (typeof value === "object" && isPlain(value)) {
    const entries = Object.keys(value)
      .toSorted()
      .map(
        (key) => `${JSON.stringify(key)}:${canonicalJson((value as Record<string, unknown>)[key], `${path}.${key}`)}`,
      );
    return `{${entries.join(",")}}`;
  }
  throw new StateError(`${path} is not plain JSON (${describe(value)}); keep state to plain values.`);
}

/** sha256 of the canonical JSON of a value. */
export function hashJson(value: unknown): Hash {
  return sha256(canonicalJson(value));
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function describe(value: unknown): string {
  if (typeof value === "object" && value !== null) return value.constructor?.name ?? "object";
  return typeof value;
}
