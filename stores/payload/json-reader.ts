import type { z } from "zod";
import { StoreError } from "../../state/errors.ts";
import type { Hash } from "../../state/json.ts";
import type { Blobs } from "./blobs.ts";

/** Bytes of the values kept in memory: the columns of an archive, or the task suites that every wave reads again. */
const cachedBytes = 16 * 1024 * 1024;

/** What a value counts in addition to the bytes of its JSON. */
const entryBytes = 1024;

/** The values read last are kept whatever their size, or large suites would be parsed again in every wave. */
const cachedValues = 8;

/** Reads JSON from blobs, checked by a schema. A value may be one that was given before: do not change it. */
export function createJsonReader({ blobs, url }: { blobs: Pick<Blobs, "get">; url: string }): ReadCached {
  return cached(async (hash, schema) => {
    const bytes = await blobs.get(hash);
    const parsed = schema.safeParse(JSON.parse(Buffer.from(bytes).toString("utf8")));
    if (parsed.success) return { value: parsed.data, bytes: bytes.length + entryBytes };
    throw new StoreError(
      `Blob ${hash} in ${url} has an unexpected format: ${parsed.error.issues[0]?.message}. Use the version of skillgraph that wrote it.`,
      { cause: parsed.error },
    );
  });
}

interface Read<Value> {
  value: Value;
  bytes: number;
}

type ReadCached = <Value>(hash: Hash, schema: z.ZodType<Value>) => Promise<Value>;
type ReadJson = <Value>(hash: Hash, schema: z.ZodType<Value>) => Promise<Read<Value>>;

/** Keeps the values that were used last. */
function cached(read: ReadJson): ReadCached {
  const numbers = new WeakMap<z.ZodType, number>();
  const known = new Map<string, Read<unknown>>();
  let [schemas, held] = [0, 0];
  const keep = (place: string, found: Read<unknown>) => {
    held += found.bytes - (known.get(place)?.bytes ?? 0);
    known.delete(place);
    known.set(place, found);
    for (const [oldest, { bytes }] of known) {
      if (held <= cachedBytes || known.size <= cachedValues) break;
      known.delete(oldest);
      held -= bytes;
    }
  };
  return async <Value>(hash: Hash, schema: z.ZodType<Value>): Promise<Value> => {
    const number = numbers.get(schema) ?? (schemas += 1);
    numbers.set(schema, number);
    const place = `${number}/${hash}`;
    const found = (known.get(place) as Read<Value> | undefined) ?? (await read(hash, schema));
    keep(place, found);
    return found.value;
  };
}
