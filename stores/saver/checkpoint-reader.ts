import { DamageError } from "../../state/errors.ts";
import {
  checkpointHeadKey,
  checkpointIdKey,
  checkpointKey,
  checkpointPrefix,
  entryOf,
  type CheckpointEntry,
} from "./checkpoint-record.ts";
import { under, type RecordStore } from "../record-store.ts";

/** One namespace of one thread: the line of checkpoints of a graph or subgraph. */
export interface CheckpointLine {
  thread: string;
  space: string;
  namespace: string;
}

/** Finds stored checkpoints. Needs no lease. What is damaged or gone is warned of and passed over. */
export interface CheckpointReader {
  /** The sequence of the last one committed, readable or not; 0 before the first. */
  last(line: CheckpointLine): Promise<number>;
  /** Throws a DamageError for one that is not as it was written. */
  byId(line: CheckpointLine, id: string): Promise<CheckpointEntry | undefined>;
  /** Last committed first, whatever their ids say, read in pages; `to` is the key to stop short of. */
  newestFirst(line: CheckpointLine, to?: string): AsyncGenerator<CheckpointEntry>;
  /** The namespaces a thread has checkpoints in, the root graph's first. */
  namespaces(space: string): Promise<string[]>;
}

const pageSize = 50;

export function createCheckpointReader(store: RecordStore): CheckpointReader {
  return {
    last: (line) => lastOf(store, line),
    newestFirst: (line, to) => newestFirst(store, line, to),
    async byId(line, id) {
      const sequence = await sequenceOf(store, line, id);
      if (sequence === undefined) return undefined;
      const key = checkpointKey(line.namespace, sequence);
      const stored = (await store.get(line.space, [key])).get(key);
      if (stored === undefined) throw new DamageError({ space: line.space, key, url: store.url }, "gone");
      return entryOf(sequence, stored);
    },
    async namespaces(space) {
      const names: string[] = [];
      let { from, to } = under("checkpoint/");
      for (;;) {
        const keys: string[] = [];
        const found = await store.list(space, { from, to, limit: 1 }, ({ key }) => keys.push(key));
        const [key] = [...keys, ...found.map((record) => record.key)];
        if (key === undefined) return names;
        const name = decodeURIComponent(key.split("/")[1] as string);
        names.push(name);
        from = under(checkpointPrefix(name)).to;
      }
    },
  };
}

/** A few checkpoints and what came of their sequences: undefined for one that is damaged. */
async function pageOf(
  store: RecordStore,
  line: CheckpointLine,
  { limit, to }: { limit: number; to?: string | undefined },
) {
  const { space, namespace } = line;
  const range = under(checkpointPrefix(namespace));
  const sequenceIn = (key: string) => Number(key.slice(range.from.length));
  const found = new Map<number, CheckpointEntry | undefined>();
  const options = { ...range, ...(to === undefined ? {} : { to }), reverse: true, limit };
  const records = await store.list(space, options, ({ key }) => found.set(sequenceIn(key), undefined));
  for (const record of records) found.set(sequenceIn(record.key), entryOf(sequenceIn(record.key), record));
  return [...found].toSorted(([left], [right]) => right - left);
}

async function headOf(store: RecordStore, { space, namespace }: CheckpointLine): Promise<number> {
  const key = checkpointHeadKey(namespace);
  const warn = () => store.warnings.add(`The record of the last checkpoint of "${space}" in ${store.url} is damaged.`);
  const record = (await store.get(space, [key], warn)).get(key);
  return Number(record?.value ?? 0);
}

async function lastOf(store: RecordStore, line: CheckpointLine): Promise<number> {
  const [[newest = 0] = []] = await pageOf(store, line, { limit: 1 });
  return Math.max(newest, await headOf(store, line));
}

async function* newestFirst(store: RecordStore, line: CheckpointLine, to?: string): AsyncGenerator<CheckpointEntry> {
  const warn = (what: string) => store.warnings.add(`${what} (thread "${line.thread}" in ${store.url}).`);
  /** Sequences are dense: what is not there was there once. */
  const missAfter = (sequence: number) => {
    if (expected === sequence + 1) warn(`Checkpoint ${expected} is missing`);
    if (expected > sequence + 1) warn(`Checkpoints ${sequence + 1} to ${expected} are missing`);
  };
  let expected = to === undefined ? await headOf(store, line) : 0;
  let limit = 1;
  for (let end = to; ;) {
    const found = await pageOf(store, line, { limit, to: end });
    for (const [sequence, entry] of found) {
      missAfter(sequence);
      expected = sequence - 1;
      if (entry === undefined) warn(`Checkpoint ${sequence} is damaged`);
      else yield entry;
    }
    const lowest = found.at(-1);
    if (lowest === undefined) break;
    end = checkpointKey(line.namespace, lowest[0]);
    limit = pageSize;
  }
  missAfter(0);
}

async function sequenceOf(store: RecordStore, line: CheckpointLine, id: string): Promise<number | undefined> {
  const key = checkpointIdKey(line.namespace, id);
  let isDamaged = false;
  const record = (await store.get(line.space, [key], () => (isDamaged = true))).get(key);
  if (!isDamaged) return record === undefined ? undefined : Number(record.value);
  for await (const entry of newestFirst(store, line)) if (entry.record.id === id) return entry.sequence;
  return undefined;
}
