import { StoreError } from "../state/errors.ts";

/** A stored text and the space's commit sequence it was written at. */
export interface StoredRecord {
  value: string;
  version: number;
}

/** What a key must be at for a commit to happen: the version last read, or absent. */
export type Expectation = readonly [key: string, version: number | "absent"];

/** Changes to one space: all of them happen, or none. A key that is both deleted and put ends up put. */
export interface SpaceCommit {
  space: string;
  expect?: readonly Expectation[];
  put?: Readonly<Record<string, string>>;
  delete?: readonly string[];
}

/** `sequence` is the version every put of the commit got. A refused commit names the keys that were not as expected. */
export type CommitOutcome = { committed: true; sequence: number } | { committed: false; conflicts: string[] };

/**
 * Keys from `from` (inclusive) to `to` (exclusive), in the order of their UTF-8 bytes, which is the order of their code
 * points (not of JavaScript's `<`, which puts U+1F600 before U+FFFF). `reverse` starts at the end.
 */
export interface ListRange {
  from?: string;
  to?: string;
  reverse?: boolean;
  limit?: number;
}

/**
 * Where everything durable lives. A space is a set of records that commits atomically; every commit to it takes the next
 * dense integer of its sequence, 1, 2, 3 and so on, also when it only deletes. A refused commit takes none, and a
 * sequence never starts again, not even when all of the space is deleted.
 *
 * `commit` resolves when all of the batch is as durable as the driver promises: one acknowledgement for the batch, one
 * outcome a space commit, in the order given. They are decided one after the other, so a later one sees the earlier
 * ones of its own batch, and one that is refused does not keep the others from happening. A `commit` that throws says
 * nothing about what was stored; read before trying again.
 *
 * Spaces, keys and values are well-formed Unicode without U+0000; anything else is refused with a StoreError before
 * anything is written. JSON text is always storable, as `JSON.stringify` escapes both.
 */
export interface RecordStore {
  /** Where the records are, for messages: `memory:` or the URL given. */
  readonly url: string;
  /** The records that exist, by key; absent keys are left out. */
  get(space: string, keys: readonly string[]): Promise<Map<string, StoredRecord>>;
  commit(batch: readonly SpaceCommit[]): Promise<CommitOutcome[]>;
  list(space: string, range: ListRange): Promise<Array<StoredRecord & { key: string }>>;
  close(): Promise<void>;
}

/** The range of all keys that begin with a prefix that ends in an ASCII character, such as `timeline/`. */
export function under(prefix: string): { from: string; to: string } {
  const last = prefix.charCodeAt(prefix.length - 1);
  return { from: prefix, to: prefix.slice(0, -1) + String.fromCharCode(last + 1) };
}

const unstorable = /[\0\p{Surrogate}]/u;

/** Every driver calls this before it writes, so that all of them refuse the same. */
export function refuseUnstorable(batch: readonly SpaceCommit[]): void {
  for (const { space, put = {}, delete: gone = [] } of batch) {
    for (const text of [space, ...gone, ...Object.keys(put)]) {
      if (unstorable.test(text)) throw unstorableText(`The name ${JSON.stringify(text)}`);
    }
    for (const [key, value] of Object.entries(put)) {
      if (unstorable.test(value)) throw unstorableText(`The value of "${key}"`);
    }
  }
}

function unstorableText(what: string): StoreError {
  return new StoreError(
    `${what} holds a NUL character or half a surrogate pair, which no store keeps. Store it as JSON, which escapes both.`,
  );
}
