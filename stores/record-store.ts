import type { RedisPlace } from "./drivers/redis-client.ts";
import type { Warnings } from "./warnings.ts";

/** A stored text and the space's commit sequence it was written at. */
export interface StoredRecord {
  value: string;
  version: number;
}

/** What a key must be at for a commit to happen: the version last read, or absent. */
export type Expectation = readonly [key: string, version: number | "absent"];

/**
 * Changes to one space: all of them happen, or none. A key that is both deleted and put ends up put. `drop` comes with
 * neither: the space is gone then, its sequence too, as if it had never been; the outcome's sequence is 0.
 */
export interface SpaceCommit {
  space: string;
  expect?: readonly Expectation[];
  put?: Readonly<Record<string, string>>;
  delete?: readonly string[];
  drop?: true;
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

/** A record that is not as it was written: damaged on the disk, cut short, or moved. */
export interface Damage {
  readonly space: string;
  readonly key: string;
  readonly version: number;
  readonly url: string;
}

/** What a reader that can go on without a record does about damage; the record is left out of what it reads. */
export type OnDamage = (damage: Damage) => void;

/** What a database must do. `withChecksums` makes a record store of it. */
export interface Driver {
  /** Where the records are, for messages: `memory:` or the URL given. */
  readonly url: string;
  /** What its users must know from the start. */
  readonly risks?: readonly string[];
  get(space: string, keys: readonly string[]): Promise<Map<string, StoredRecord>>;
  commit(batch: readonly SpaceCommit[]): Promise<CommitOutcome[]>;
  list(space: string, range: ListRange): Promise<Array<StoredRecord & { key: string }>>;
  /**
   * The spaces of a family, in the order of their UTF-8 bytes: those whose names begin with `{family}/` and that took a
   * commit, also where nothing is left in them.
   */
  spaces(familyPrefix: string): Promise<string[]>;
  /** What the records of a family take: bytes of their keys and values, as stored. */
  bytes(familyPrefix: string): Promise<number>;
  /** Gives space that was freed back to the disk, where the driver keeps it: bytes before and after. */
  compact?(): Promise<{ before: number; after: number }>;
  /** The Redis that the records lie in, where they do: queues of work lie beside them. */
  readonly redis?: RedisPlace;
  close(): Promise<void>;
}

/**
 * Where everything durable lives. A space is a set of records that commits atomically; every commit to it takes the next
 * dense integer of its sequence, 1, 2, 3 and so on, also when it only deletes. A refused commit takes none, and a
 * sequence never starts again, not even when all of the space is deleted; only a space that is dropped is forgotten.
 *
 * `commit` resolves when all of the batch is as durable as the driver promises: one acknowledgement for the batch, one
 * outcome a space commit, in the order given. They are decided one after the other, so a later one sees the earlier
 * ones of its own batch, and one that is refused does not keep the others from happening. A `commit` that throws says
 * nothing about what was stored; read before trying again.
 *
 * Spaces, keys and values are well-formed Unicode without U+0000; anything else is refused with a StoreError before
 * anything is written. JSON text is always storable, as `JSON.stringify` escapes both.
 *
 * `close` fails for no commit that is under way, which is made or refused; reads and commits that come later throw a StoreError.
 *
 * A record that is not as it was written throws a DamageError when it is read; with `onDamage` it is reported there instead,
 * and left out.
 */
export interface RecordStore extends Driver {
  readonly warnings: Warnings;
  /** The records that exist, by key; absent keys are left out. */
  get(space: string, keys: readonly string[], onDamage?: OnDamage): Promise<Map<string, StoredRecord>>;
  list(space: string, range: ListRange, onDamage?: OnDamage): Promise<Array<StoredRecord & { key: string }>>;
}

/** The range of all keys that begin with a prefix that ends in an ASCII character, such as `timeline/`. */
export function under(prefix: string): { from: string; to: string } {
  const last = prefix.charCodeAt(prefix.length - 1);
  return { from: prefix, to: prefix.slice(0, -1) + String.fromCharCode(last + 1) };
}
