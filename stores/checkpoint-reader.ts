import {
  checkpointIdKey,
  checkpointKey,
  checkpointPrefix,
  entryOf,
  type CheckpointEntry,
} from "./checkpoint-record.ts";
import { under, type RecordStore } from "./record-store.ts";

/** One namespace of one thread: the line of checkpoints of a graph or subgraph. */
export interface CheckpointLine {
  thread: string;
  space: string;
  namespace: string;
}

/** Finds stored checkpoints. Needs no lease. */
export interface CheckpointReader {
  /** The last one committed, whatever its id says. */
  latest(line: CheckpointLine): Promise<CheckpointEntry | undefined>;
  byId(line: CheckpointLine, id: string): Promise<CheckpointEntry | undefined>;
  /** Last committed first, read in pages; `to` is the key to stop short of. */
  newestFirst(line: CheckpointLine, to?: string): AsyncGenerator<CheckpointEntry>;
  /** The namespaces a thread has checkpoints in, the root graph's first. */
  namespaces(space: string): Promise<string[]>;
}

const pageSize = 50;

export function createCheckpointReader(store: RecordStore): CheckpointReader {
  async function page({ space, namespace }: CheckpointLine, limit: number, to?: string): Promise<CheckpointEntry[]> {
    const range = under(checkpointPrefix(namespace));
    const records = await store.list(space, { ...range, ...(to === undefined ? {} : { to }), reverse: true, limit });
    return records.map((record) => entryOf(Number(record.key.slice(range.from.length)), record));
  }

  return {
    async latest(line) {
      const [last] = await page(line, 1);
      return last;
    },
    async byId({ space, namespace }, id) {
      const idKey = checkpointIdKey(namespace, id);
      const sequence = (await store.get(space, [idKey])).get(idKey)?.value;
      if (sequence === undefined) return undefined;
      const key = checkpointKey(namespace, Number(sequence));
      const stored = (await store.get(space, [key])).get(key);
      return stored === undefined ? undefined : entryOf(Number(sequence), stored);
    },
    async *newestFirst(line, to) {
      for (let end = to; ;) {
        const entries = await page(line, pageSize, end);
        yield* entries;
        const last = entries.at(-1);
        if (last === undefined) return;
        end = checkpointKey(line.namespace, last.sequence);
      }
    },
    async namespaces(space) {
      const names: string[] = [];
      let { from, to } = under("checkpoint/");
      for (;;) {
        const [first] = await store.list(space, { from, to, limit: 1 });
        if (first === undefined) return names;
        const name = decodeURIComponent(first.key.split("/")[1] as string);
        names.push(name);
        from = under(checkpointPrefix(name)).to;
      }
    },
  };
}
