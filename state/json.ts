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
export function canonicalJson(value: unknown): string {
  const text = written(value);
  if (text === undefined) throw refusalOf(value, "$");
  return text;
}

/** Undefined for what JSON cannot hold. Without the path, which only a refusal needs. */
function written(value: unknown): string | undefined {
  if (value === null || typeof value === "boolean" || typeof value === "string") return JSON.stringify(value);
  if (typeof value === "number") {
    if (!Number.isFinite(value)) return undefined;
    return Object.is(value, -0) ? "-0" : `${value}`;
  }
  if (Array.isArray(value)) return writtenList(value);
  return typeof value === "object" && isPlain(value) ? writtenRecord(value) : undefined;
}

function writtenList(list: readonly unknown[]): string | undefined {
  let text = "[";
  for (let at = 0; at < list.length; at += 1) {
    const item = written(list[at]);
    if (item === undefined) return undefined;
    text += at === 0 ? item : `,${item}`;
  }
  return `${text}]`;
}

/** Names of fields as JSON, which come again and again. */
const quotes = new Map<string, string>();
const mostQuotes = 1_000;
const longestQuoted = 40;

function quoted(key: string): string {
  const known = quotes.get(key);
  if (known !== undefined) return known;
  const text = JSON.stringify(key);
  if (quotes.size < mostQuotes && key.length <= longestQuoted) quotes.set(key, text);
  return text;
}

/** More keys than a record of ours has: beyond them the sort of the engine is faster, which takes memory of its own. */
const fewKeys = 24;

/** By code unit, in place: records have few keys, and are written again and again. */
function sortedKeys(record: Readonly<Record<string, unknown>>): string[] {
  const keys = Object.keys(record);
  if (keys.length > fewKeys) return keys.toSorted();
  for (let next = 1; next < keys.length; next += 1) {
    const key = keys[next] as string;
    let at = next;
    for (; at > 0 && (keys[at - 1] as string) > key; at -= 1) keys[at] = keys[at - 1] as string;
    keys[at] = key;
  }
  return keys;
}

function writtenRecord(record: Readonly<Record<string, unknown>>): string | undefined {
  let text = "{";
  for (const key of sortedKeys(record)) {
    const item = written(record[key]);
    if (item === undefined) return undefined;
    text += `${text.length === 1 ? "" : ","}${quoted(key)}:${item}`;
  }
  return `${text}}`;
}

function refusalOf(value: unknown, path: string): StateError {
  if (typeof value === "number") return new StateError(`${path} is ${value}; JSON can hold finite numbers only.`);
  const bad = partsOf(value).find(([, part]) => written(part) === undefined);
  if (bad !== undefined) return refusalOf(bad[1], path + bad[0]);
  return new StateError(`${path} is not plain JSON (${describe(value)}); keep state to plain values.`);
}

/** What is in a list or a record, each with what it adds to the path. */
function partsOf(value: unknown): Array<[step: string, part: unknown]> {
  if (Array.isArray(value)) return Array.from(value, (part: unknown, index) => [`[${index}]`, part]);
  if (typeof value !== "object" || value === null || !isPlain(value)) return [];
  return Object.keys(value)
    .toSorted()
    .map((key) => [`.${key}`, value[key]]);
}

/** sha256 of the canonical JSON of a value. */
export function hashJson(value: unknown): Hash {
  return sha256(canonicalJson(value));
}

function isPlain(value: object): value is Record<string, unknown> {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function describe(value: unknown): string {
  if (typeof value === "object" && value !== null) return value.constructor?.name ?? "object";
  return typeof value;
}
