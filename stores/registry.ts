import { z } from "zod";
import { RunError } from "../state/errors.ts";
import { under, type Damage, type RecordStore } from "./record-store.ts";
import { directorySpace } from "./spaces.ts";

/** A run: the name people use, its LangGraph thread, and the family whose ledger and blobs it shares. */
export const RunEntry = z.strictObject({ name: z.string(), thread: z.string(), family: z.string() });
export type RunEntry = z.infer<typeof RunEntry>;

const NameRecord = RunEntry.omit({ name: true });
const ThreadRecord = RunEntry.omit({ thread: true });

/** The global list of runs. Names and threads are unique. */
export interface Registry {
  /** Adds a run. Throws RunError "exists" when its name or thread is taken. */
  register(entry: RunEntry): Promise<void>;
  /** Adds several runs, or none. */
  registerAll(entries: readonly RunEntry[]): Promise<void>;
  /** A thread id wins over a name that reads the same. */
  find(nameOrThread: string): Promise<RunEntry | undefined>;
  /** Takes a run off the list and frees its name. */
  remove(thread: string): Promise<void>;
  /** All runs, by name. */
  entries(): Promise<RunEntry[]>;
}

export function createRegistry(store: RecordStore): Registry {
  /** Every run stands in two records, so that a damaged one is found by the other. */
  async function entries(): Promise<RunEntry[]> {
    const warn = ({ key }: Damage) =>
      store.warnings.add(`The record "${key}" of the list of runs in ${store.url} is damaged.`);
    const byName = await store.list(directorySpace, under("name/"), warn);
    const byThread = await store.list(directorySpace, under("thread/"), warn);
    const all = new Map<string, RunEntry>();
    for (const { key, value } of byThread) {
      const thread = key.slice("thread/".length);
      all.set(thread, { thread, ...ThreadRecord.parse(JSON.parse(value)) });
    }
    for (const { key, value } of byName) {
      const entry = { name: key.slice("name/".length), ...NameRecord.parse(JSON.parse(value)) };
      all.set(entry.thread, entry);
    }
    return [...all.values()].toSorted((left, right) => (left.name < right.name ? -1 : 1));
  }

  async function find(nameOrThread: string): Promise<RunEntry | undefined> {
    const [nameKey, threadKey] = [`name/${nameOrThread}`, `thread/${nameOrThread}`];
    let isDamaged = false;
    const found = await store.get(directorySpace, [nameKey, threadKey], () => (isDamaged = true));
    if (isDamaged) {
      const all = await entries();
      return all.find(({ thread }) => thread === nameOrThread) ?? all.find(({ name }) => name === nameOrThread);
    }
    const byThread = found.get(threadKey)?.value;
    if (byThread !== undefined) return { thread: nameOrThread, ...ThreadRecord.parse(JSON.parse(byThread)) };
    const byName = found.get(nameKey)?.value;
    return byName === undefined ? undefined : { name: nameOrThread, ...NameRecord.parse(JSON.parse(byName)) };
  }

  return {
    find,
    entries,
    registerAll: (added) => addAll(store, added),
    register: (entry) => addAll(store, [entry]),
    async remove(thread) {
      const entry = await find(thread);
      if (entry?.thread !== thread) return;
      await store.commit([{ space: directorySpace, delete: [`name/${entry.name}`, `thread/${thread}`] }]);
    },
  };
}

async function addAll(store: RecordStore, added: readonly RunEntry[]): Promise<void> {
  const records = added.flatMap(({ name, thread, family }) => [
    [`name/${name}`, JSON.stringify({ thread, family })] as const,
    [`thread/${thread}`, JSON.stringify({ name, family })] as const,
  ]);
  const expect = records.map(([key]) => [key, "absent"] as const);
  const [outcome] = await store.commit([{ space: directorySpace, expect, put: Object.fromEntries(records) }]);
  const [conflict] = outcome?.committed === false ? outcome.conflicts : [];
  if (conflict === undefined) return;
  const { name, thread } = added.find((entry) =>
    [`name/${entry.name}`, `thread/${entry.thread}`].includes(conflict),
  ) as RunEntry;
  const taken = conflict === `name/${name}` ? `run named "${name}"` : `run on thread "${thread}"`;
  throw new RunError("exists", name, `A ${taken} already exists in ${store.url}. Resume it, or choose another name.`);
}
