import { copyFileSync, existsSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { optimize } from "../../../../runs/cycle/optimize.ts";
import type { RecordStore } from "../../../../stores/record-store.ts";
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

export interface ReplacedTrial {
  /** The message the run ended with, or its status where it ended as if nothing had happened. */
  end: string;
  commitsAfter: number;
  /** Whether what was put there is still what one finds there. */
  isKept: boolean;
}

/** Replaces the store of a run before its n-th commit, and looks at what is there once the run has ended. */
export async function replaceStore(
  name: string,
  { folder, atCommit }: { folder: string; atCommit: number },
): Promise<ReplacedTrial> {
  const path = join(folder, `${name.replaceAll(" ", "-")}-${atCommit}.db`);
  const older = `${path}.older`;
  const witness = newWitness(folder, `replaced-calls-${atCommit}`);
  await makeCopies({ path, older }, witness);
  const expected = name.startsWith("another") ? readFileSync(`${older}.other`) : readFileSync(older);
  const store = openFastSqlite(path);
  let [commits, after] = [0, 0];
  const attacked: RecordStore = {
    ...store,
    async commit(batch) {
      commits += 1;
      if (commits === atCommit) replacements[name]?.({ path, older });
      const outcomes = await store.commit(batch);
      if (commits >= atCommit) after += 1;
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
