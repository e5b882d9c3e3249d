/** A stored text and the space's commit sequence it was written at. */
export interface StoredRecord {
  value: string;
  version: number;
}

/** What a key must be at for a commit to happen: the version last read, or absent. */
export type Expectation = readonly [key: string, version: number | "absent"];

/** Changes to one space: all of them happen, or none. */
export interface SpaceCommit {
  space: string;
  expect?: readonly Expectation[];
  put?: Readonly<Record<string, string>>;
  delete?: readonly string[];
}

/** `sequence` is the version every put of the commit got. A refused commit names the keys that were not as expected. */
export type CommitOutcome = { committed: true; sequence: number } | { committed: false; conflicts: string[] };

/** Keys from `from` (inclusive) to `to` (exclusive), ordered by code unit of the key; `reverse` starts at the end. */
export interface ListRange {
  from?: string;
  to?: string;
  reverse?: boolean;
  limit?: number;
}

/**
 * Where everything durable lives. A space is a set of records that commits atomically; every commit to it takes the next
 * dense integer of its sequence, 1, 2, 3 and so on, also when it only deletes. A refused commit takes none. `commit`
 * resolves when all of the batch is as durable as the driver promises: one acknowledgement for the batch, one outcome a
 * space, in the order given. Values and keys are well-formed Unicode text.
 */
export interface RecordStore {
  /** Where the records are, for messages: `memory:` or the URL given. */
  readonly url: string;
  get(space: string, keys: readonly string[]): Promise<Map<string, StoredRecord>>;
  commit(batch: readonly SpaceCommit[]): Promise<CommitOutcome[]>;
  list(space: string, range: ListRange): Promise<Array<StoredRecord & { key: string }>>;
  close(): Promise<void>;
}
