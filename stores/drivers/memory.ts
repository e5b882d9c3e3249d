import { withChecksums } from "../checksum.ts";
import type { CommitOutcome, Driver, RecordStore, SpaceCommit, StoredRecord } from "../record-store.ts";

interface Space {
  sequence: number;
  records: Map<string, StoredRecord>;
  /** The keys of `records` in order. */
  keys: string[];
}

/** Records in this process only: for tests and for trying things out. Nothing survives the process. */
export function createMemoryStore(): RecordStore {
  return withChecksums(createMemoryDriver());
}

/** The same without checksums, for tests that look at what is stored or damage it. */
export function createMemoryDriver(): Driver {
  const spaces = new Map<string, Space>();

  function commitSpace({ space: name, expect = [], put = {}, delete: gone = [], drop }: SpaceCommit): CommitOutcome {
    const space = spaces.get(name) ?? { sequence: 0, records: new Map(), keys: [] };
    const conflicts = expect
      .filter(([key, version]) => (space.records.get(key)?.version ?? "absent") !== version)
      .map(([key]) => key);
    if (conflicts.length > 0) return { committed: false, conflicts };
    if (drop === true) {
      spaces.delete(name);
      return { committed: true, sequence: 0 };
    }
    spaces.set(name, space);
    space.sequence += 1;
    for (const key of gone) remove(space, key);
    for (const [key, value] of Object.entries(put)) insert(space, key, { value, version: space.sequence });
    return { committed: true, sequence: space.sequence };
  }

  return {
    url: "memory:",
    async get(name, keys) {
      const records = spaces.get(name)?.records;
      return new Map(
        keys.flatMap((key) => {
          const record = records?.get(key);
          return record === undefined ? [] : [[key, { ...record }]];
        }),
      );
    },
    async commit(batch) {
      return batch.map(commitSpace);
    },
    async list(name, { from = "", to, reverse = false, limit = Infinity }) {
      const space = spaces.get(name);
      if (space === undefined) return [];
      const first = place(space.keys, from);
      const end = Math.max(first, to === undefined ? space.keys.length : place(space.keys, to));
      const size = Math.min(limit, end - first);
      const keys = reverse ? space.keys.slice(end - size, end).toReversed() : space.keys.slice(first, first + size);
      return keys.map((key) => ({ key, ...(space.records.get(key) as StoredRecord) }));
    },
    async spaces(familyPrefix) {
      const names = [...spaces.keys()].filter((name) => name.startsWith(familyPrefix));
      return names.toSorted((left, right) => Buffer.compare(Buffer.from(left), Buffer.from(right)));
    },
    async bytes(familyPrefix) {
      const inFamily = [...spaces].filter(([name]) => name.startsWith(familyPrefix));
      const records = inFamily.flatMap(([, space]) => [...space.records]);
      return records.reduce((sum, [key, { value }]) => sum + Buffer.byteLength(key) + Buffer.byteLength(value), 0);
    },
    async close() {
      spaces.clear();
    },
  };
}

function insert(space: Space, key: string, record: StoredRecord): void {
  if (!space.records.has(key)) space.keys.splice(place(space.keys, key), 0, key);
  space.records.set(key, record);
}

function remove(space: Space, key: string): void {
  if (space.records.delete(key)) space.keys.splice(place(space.keys, key), 1);
}

/** Where a key stands or would stand among the sorted keys. */
function place(keys: readonly string[], key: string): number {
  const bytes = Buffer.from(key);
  let low = 0;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (Buffer.compare(Buffer.from(keys[middle] as string), bytes) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
