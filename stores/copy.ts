import { StoreError } from "../state/errors.ts";
import { closedKey, heartbeatKey, pauseKey } from "./lease/held-lease.ts";
import type { RecordStore, SpaceCommit } from "./record-store.ts";

/** What a lease keeps in a thread's space: it belongs to its store and is never copied. */
export const leaseKeys: ReadonlySet<string> = new Set(["epoch", "owner", heartbeatKey, pauseKey, closedKey]);

const pageSize = 100;

export interface StorePair {
  from: RecordStore;
  to: RecordStore;
}

/** Puts all records of some spaces into the same spaces of the other store, over what is there. Gives their number. */
export async function copyRecords({ from, to }: StorePair, spaces: readonly string[]): Promise<number> {
  let copied = 0;
  for (let start = 0; start < spaces.length; start += pageSize) {
    const page = spaces.slice(start, start + pageSize);
    const batch = await Promise.all(
      page.map(async (space): Promise<SpaceCommit> => {
        const records = await from.list(space, {});
        copied += records.length;
        return { space, put: Object.fromEntries(records.map(({ key, value }) => [key, value])) };
      }),
    );
    await to.commit(batch.filter(({ put = {} }) => Object.keys(put).length > 0));
  }
  return copied;
}

/** Makes a space of the other store hold what this one does, and nothing else. For spaces that need no order. */
export async function replaceRecords({ from, to }: StorePair, space: string): Promise<number> {
  const [records, old] = [await from.list(space, {}), await to.list(space, {})];
  const put = Object.fromEntries(records.map(({ key, value }) => [key, value]));
  if (records.length + old.length > 0) await to.commit([{ space, delete: old.map(({ key }) => key), put }]);
  return records.length;
}

/**
 * Makes a thread's space of the other store hold what this one does. What was committed together is again, and in the
 * same order, which checkpoints are listed by. Every commit expects the epoch this copy began with, so of two copies at
 * once the one that began first fails. The thread must not be written to meanwhile.
 */
export async function copyThread({ from, to }: StorePair, space: string): Promise<number> {
  const epoch = await clearThread(to, space);
  const places = await placesIn(from, space);
  const versions = [...new Set(places.map(({ version }) => version))].toSorted((left, right) => left - right);
  for (let start = 0; start < versions.length; start += pageSize) {
    const page = new Set(versions.slice(start, start + pageSize));
    const keys = places.filter(({ version }) => page.has(version)).map(({ key }) => key);
    const records = await from.get(space, keys);
    const puts = new Map([...page].map((version): [number, Record<string, string>] => [version, {}]));
    for (const [key, { value, version }] of records) {
      const put = puts.get(version);
      if (put === undefined) throw disturbed(from, space);
      put[key] = value;
    }
    const batch = [...puts.values()].map((put): SpaceCommit => ({ space, expect: [["epoch", epoch]], put }));
    if ((await to.commit(batch)).some(({ committed }) => !committed)) throw disturbed(to, space);
  }
  return places.length;
}

/** Takes the space for this copy and empties it. Gives the version of its epoch. */
async function clearThread(store: RecordStore, space: string): Promise<number> {
  const epoch = (await store.get(space, ["epoch"])).get("epoch");
  const old = (await store.list(space, {})).map(({ key }) => key).filter((key) => key !== "epoch");
  const [outcome] = await store.commit([
    {
      space,
      expect: [["epoch", epoch?.version ?? "absent"]],
      put: { epoch: String(Number(epoch?.value ?? 0) + 1) },
      delete: old,
    },
  ]);
  if (outcome?.committed !== true) throw disturbed(store, space);
  return outcome.sequence;
}

async function placesIn(store: RecordStore, space: string): Promise<Array<{ key: string; version: number }>> {
  const places: Array<{ key: string; version: number }> = [];
  for (let from = ""; ;) {
    const page = await store.list(space, { from, limit: pageSize });
    places.push(...page.filter(({ key }) => !leaseKeys.has(key)).map(({ key, version }) => ({ key, version })));
    const last = page.at(-1);
    if (last === undefined) return places;
    // Nothing stands between a key and this: keys hold no NUL.
    from = `${last.key}\u0001`;
  }
}

function disturbed(store: RecordStore, space: string): StoreError {
  return new StoreError(
    `Another process is writing to ${space} in ${store.url}. Wait until it is done, then export again.`,
  );
}
