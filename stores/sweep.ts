import { blobKey } from "./payload/blobs.ts";
import type { RecordStore, SpaceCommit } from "./record-store.ts";
import { payerKey } from "./ledger/settlements.ts";
import { answerSpace, blobSpace, familyPrefix, threadSpace } from "./spaces.ts";

/** What of a family no run of it needs: counts of spaces, and the bytes of their records. */
export interface Leftovers {
  blobs: number;
  answers: number;
  bytes: number;
}

interface FamilyRuns {
  family: string;
  /** The threads of its runs. */
  threads: readonly string[];
}

const pageSize = 200;

/**
 * Drops what no run of a family needs (mark and sweep); with `isTrial` only reports it. Needed is every blob and answer whose hash
 * stands in a record of a run's thread, or in a blob that is needed itself, whatever it means there; and every answer but those
 * that a branch has paid for which is gone. Nobody may write to the family meanwhile. Throws a DamageError, before anything is
 * dropped, where a record cannot be read that may name others.
 */
export async function sweepFamily(
  store: RecordStore,
  { family, threads }: FamilyRuns,
  { isTrial }: { isTrial: boolean },
): Promise<Leftovers> {
  const spaces = await store.spaces(familyPrefix(family));
  const needed = await mark(store, { family, threads }, new Set(spaces));
  const deadOf = (prefix: string) => spaces.filter((space) => space.startsWith(prefix) && !needed.has(space));
  const blobs = deadOf(blobSpace(family, ""));
  const answers = await droppable(store, deadOf(answerSpace(family, "")), new Set(threads));
  const swept = [...blobs, ...answers];
  const leftovers = { blobs: blobs.length, answers: answers.length, bytes: await bytesIn(store, swept) };
  if (isTrial || swept.length === 0) return leftovers;
  await dropSpaces(store, swept);
  return leftovers;
}

/** Drops spaces, some at a time. */
export async function dropSpaces(store: RecordStore, spaces: readonly string[]): Promise<void> {
  for (const page of pagesOf(spaces)) {
    await store.commit(page.map((space): SpaceCommit => ({ space, drop: true })));
  }
}

/** The spaces that the runs need. */
async function mark(
  store: RecordStore,
  { family, threads }: FamilyRuns,
  present: ReadonlySet<string>,
): Promise<Set<string>> {
  const needed = new Set<string>();
  const waiting: string[] = [];
  const follow = (text: string) => {
    for (const [hash] of text.matchAll(/[0-9a-f]{64}/g)) {
      for (const space of [blobSpace(family, hash), answerSpace(family, hash)]) {
        if (needed.has(space) || !present.has(space)) continue;
        needed.add(space);
        if (space === blobSpace(family, hash)) waiting.push(space);
      }
    }
  };
  for (const thread of threads) await eachValue(store, threadSpace(family, thread), follow);
  for (let space = waiting.pop(); space !== undefined; space = waiting.pop()) {
    follow((await store.get(space, [blobKey])).get(blobKey)?.value ?? "");
  }
  return needed;
}

async function eachValue(store: RecordStore, space: string, visit: (value: string) => void): Promise<void> {
  for (let from = ""; ;) {
    const page = await store.list(space, { from, limit: pageSize });
    for (const { value } of page) visit(value);
    const last = page.at(-1);
    if (last === undefined) return;
    // Nothing stands between a key and this: keys hold no NUL.
    from = `${last.key}\u0001`;
  }
}

/** Of some answers those that a branch has paid for which is gone. Who is there, as the root is, may ask again. */
async function droppable(
  store: RecordStore,
  answers: readonly string[],
  threads: ReadonlySet<string>,
): Promise<string[]> {
  const gone: string[] = [];
  for (const page of pagesOf(answers)) {
    const payers = await Promise.all(
      page.map(async (space) => (await store.get(space, [payerKey], () => undefined)).get(payerKey)?.value),
    );
    gone.push(...page.filter((_, index) => payers[index] !== undefined && !threads.has(payers[index])));
  }
  return gone;
}

async function bytesIn(store: RecordStore, spaces: readonly string[]): Promise<number> {
  let bytes = 0;
  for (const page of pagesOf(spaces)) {
    const records = await Promise.all(page.map((space) => store.list(space, {}, () => undefined)));
    for (const { key, value } of records.flat()) bytes += Buffer.byteLength(key) + Buffer.byteLength(value);
  }
  return bytes;
}

function* pagesOf<Item>(items: readonly Item[]): Generator<Item[]> {
  for (let start = 0; start < items.length; start += pageSize) yield items.slice(start, start + pageSize);
}
