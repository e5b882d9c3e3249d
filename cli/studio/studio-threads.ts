import { setTimeout as sleep } from "node:timers/promises";
import { readRunRecord } from "../../runs/run-record.ts";
import { openRuns } from "../../runs/session.ts";
import type { RecordStore } from "../../stores/record-store.ts";
import { keyHeader } from "./studio-key.ts";

/** The name of the graph on the server. */
export const studioGraph = "skillgraph";

const lookEvery = 1000;

interface Needs {
  /** Of the dev server. */
  url: string;
  /** By which it knows us. */
  key: string;
  store: RecordStore;
}

/** Makes a thread of every run of the store, now and of those that come, for as long as this process lives. */
export async function keepThreads(needs: Needs): Promise<void> {
  const known = new Set<string>();
  for (;;) {
    // The server may not listen yet, and the store may be away for a while: the next attempt will show.
    await addThreads(needs, known).catch(() => undefined);
    await sleep(lookEvery, undefined, { ref: false });
  }
}

/** Oldest first, so that the newest run is the first in the server's list. */
async function addThreads({ url, store, key }: Needs, known: Set<string>): Promise<void> {
  const runs = openRuns(store);
  const entries = (await runs.registry.entries()).filter(({ thread }) => !known.has(thread));
  const records = (await Promise.all(entries.map((entry) => readRunRecord(store, entry)))).flatMap(
    (each) => each ?? [],
  );
  for (const { name, thread, createdAt, parent } of records.toSorted((a, b) => (a.createdAt < b.createdAt ? -1 : 1))) {
    const from = parent === null ? {} : { branch_of: parent.thread, generation: parent.generation };
    const metadata = { graph_id: studioGraph, run: name, created: createdAt, ...from };
    await send({ method: "POST", url: `${url}/threads`, key }, { thread_id: thread, if_exists: "do_nothing" });
    // Not all at once: a thread that was made there has metadata of its own.
    await send({ method: "PATCH", url: `${url}/threads/${thread}`, key }, { metadata });
    known.add(thread);
  }
}

/** Whether the server has made a thread of a run, as far as it says. */
export async function isThread({ url, key }: Omit<Needs, "store">, thread: string): Promise<boolean> {
  try {
    const response = await fetch(`${url}/threads/${thread}`, {
      headers: { [keyHeader]: key },
      signal: AbortSignal.timeout(5000),
    });
    const { metadata } = (await response.json()) as { metadata?: { run?: string } };
    return metadata?.run !== undefined;
  } catch {
    return false;
  }
}

async function send({ method, url, key }: Omit<Needs, "store"> & { method: string }, body: object): Promise<void> {
  const headers = { "content-type": "application/json", [keyHeader]: key };
  const response = await fetch(url, { method, headers, body: JSON.stringify(body) });
  if (!response.ok) throw new Error(`${method} ${url} returned ${response.status}.`);
}
