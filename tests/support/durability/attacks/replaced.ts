import { copyFileSync, existsSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { optimize } from "../../../../runs/cycle/optimize.ts";
import type { RecordStore, SpaceCommit } from "../../../../stores/record-store.ts";
import { houseOn, runUntilDeath, buryOwner, houseRun } from "../crashes.ts";
import { newWitness } from "../kill-points.ts";
import { openFastSqlite } from "../../stores.ts";
import { openRuns } from "../../../../runs/session.ts";
import { threadSpace } from "../../../../stores/spaces.ts";

interface Files {
  path: string;
  /** A copy of the store from before this session. */
  older: string;
}

/** What is done to the file of a store while a run is at work on it. */
export const replacements: Record<string, (files: Files) => void> = {
  removed: ({ path }) => rmSync(path),
  "moved away": ({ path }) => renameSync(path, `${path}.moved`),
  "an older copy put in its place": ({ path, older }) => renameSync(older, path),
  "an older copy written over it": ({ path, older }) => copyFileSync(older, path),
  "another store written over it": ({ path, older }) => copyFileSync(`${older}.other`, path),
};

/** What a run says that ends as its store was replaced. */
export const replacedReason =
  /^The store (file:.* (was removed|was replaced by another file|was overwritten) while .* Restore the store|redis:.* has lost acknowledged writes: .*emptied, or restored from an older copy)/;

/** Before which commit the store is replaced: the n-th, or the last, by which a run that has finished gives back its lease. */
export type Moment = number | "release";

/** Whether it is this one, of the commits that a process makes from now on. */
export function createMoment(at: Moment): (batch: readonly SpaceCommit[]) => boolean {
  let commits = 0;
  return (batch) => {
    commits += 1;
    return at === "release" ? batch.some((change) => change.delete?.includes("owner")) : commits === at;
  };
}

export interface ReplacedTrial {
  /** The message the run ended with, or its status where it ended as if nothing had happened. */
  end: string;
  commitsAfter: number;
  /** Whether what was put there is still what one finds there. */
  isKept: boolean;
}

/** Replaces the store of a run, and looks at what is there once the run has ended. */
export async function replaceStore(
  name: string,
  { folder, at }: { folder: string; at: Moment },
): Promise<ReplacedTrial> {
  const path = join(folder, `${name.replaceAll(" ", "-")}-${at}.db`);
  const older = `${path}.older`;
  const witness = newWitness(folder, `replaced-calls-${at}`);
  await makeCopies({ path, older }, witness);
  const expected = name.startsWith("another") ? readFileSync(`${older}.other`) : readFileSync(older);
  const store = openFastSqlite(path);
  const isNow = createMoment(at);
  let [isReplaced, after] = [false, 0];
  const attacked: RecordStore = {
    ...store,
    async commit(batch) {
      if (isNow(batch)) {
        replacements[name]?.({ path, older });
        isReplaced = true;
      }
      const outcomes = await store.commit(batch);
      if (isReplaced) after += 1;
      return outcomes;
    },
  };
  const end = await optimize(houseOn(attacked, witness))
    .then(async (run) => (await run.result()).status)
    .catch((error: unknown) => (error as Error).message);
  await store.close().catch(() => undefined);
  const isGone = name === "removed" || name === "moved away";
  const isKept = isGone ? !existsSync(path) : readFileSync(path).equals(expected) && !hasLog(path);
  return { end, commitsAfter: after, isKept: isKept && (name !== "moved away" || (await isWhole(`${path}.moved`))) };
}

function hasLog(path: string): boolean {
  return existsSync(`${path}-wal`) && readFileSync(`${path}-wal`).length > 0;
}

/** The store with a run half-way, a copy of it, and another store. */
async function makeCopies({ path, older }: Files, witness: string): Promise<void> {
  const store = openFastSqlite(path);
  await runUntilDeath(store, witness, { death: { atCommit: 20, when: "after" } });
  await buryOwner(store);
  await store.close();
  copyFileSync(path, older);
  // From here on the copy is older than the store.
  const later = openFastSqlite(path);
  await later.commit([{ space: "later", put: { key: "value" } }]);
  await later.close();
  const other = openFastSqlite(`${older}.other`);
  await other.commit([{ space: "other", put: { key: "value" } }]);
  await other.close();
}

/** What was moved away has the run in it, and all that was acknowledged. */
async function isWhole(path: string): Promise<boolean> {
  const store = openFastSqlite(path);
  const place = await openRuns(store).registry.find(houseRun);
  const records = place === undefined ? [] : await store.list(threadSpace(place.family, place.thread), {});
  await store.close();
  return records.length > 0;
}
