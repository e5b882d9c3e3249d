import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { optimize } from "../../../runs/cycle/optimize.ts";
import { draw } from "../../../state/draw.ts";
import { createMemoryStore } from "../../../stores/drivers/memory.ts";
import type { RecordStore } from "../../../stores/record-store.ts";
import { createSqliteStore } from "../../../stores/drivers/sqlite.ts";
import { buryOwner, houseOn, runUntilDeath } from "./crashes.ts";
import { jumpInTime, ShiftedDate } from "../workers/shifted-date.ts";
import { connectSqlite, withoutDisk } from "../stores.ts";
import { executionsIn } from "../world.ts";

export interface AdversityTrial {
  digest: string;
  calls: number;
  unique: number;
}

/** A run whose clock jumps at every commit, and which dies and goes on at other times of day. */
export async function runUnderClockJumps(trial: number, folder: string): Promise<AdversityTrial> {
  const witness = join(folder, `clock-${trial}`);
  writeFileSync(witness, "");
  const store = createMemoryStore();
  let commits = 0;
  const jumping: RecordStore = {
    ...store,
    async commit(batch) {
      commits += 1;
      jumpInTime(23, trial, commits);
      return store.commit(batch);
    },
  };
  const RealDate = Date;
  globalThis.Date = ShiftedDate as DateConstructor;
  try {
    for (let life = 0; ; life += 1) {
      const atCommit = 20 + Math.floor(draw(23, trial, "death", life) * 40);
      const died = await runUntilDeath(jumping, witness, { death: { atCommit, when: "after" } });
      await buryOwner(store);
      if (died.result === undefined) continue;
      const calls = executionsIn(witness);
      return { digest: died.result.digest, calls: calls.length, unique: new Set(calls).size };
    }
  } finally {
    globalThis.Date = RealDate;
  }
}

export interface DiskFullTrial extends AdversityTrial {
  /** Whether the disk was full before the run ended. */
  wasFull: boolean;
  /** Calls begun after the first write that failed. */
  callsAfterFailure: number;
  message: string;
}

/** A run on a SQLite file that may grow by some pages only, and again once there is room. */
export async function runOnFullDisk(pages: number, folder: string): Promise<DiskFullTrial> {
  const [witness, file] = [join(folder, `full-${pages}`), join(folder, `full-${pages}.db`)];
  writeFileSync(witness, "");
  const connections = withoutDisk(connectSqlite(file));
  const sqlite = createSqliteStore(connections);
  const { page_count: used } = connections.reader.prepare("PRAGMA page_count").get() as { page_count: number };
  await connections.writer.exec(`PRAGMA max_page_count = ${used + pages}`);
  let callsAtFailure: number | undefined;
  const store: RecordStore = {
    ...sqlite,
    async commit(batch) {
      try {
        return await sqlite.commit(batch);
      } catch (error) {
        callsAtFailure ??= executionsIn(witness).length;
        throw error;
      }
    },
  };
  const attempt = async () => (await optimize(houseOn(store, witness))).result();
  // Before the run has begun there is nothing to pause.
  const first = await attempt().catch((error: unknown) => ({ status: "paused", reason: (error as Error).message }));
  const wasFull = first.status === "paused";
  const callsAfterFailure = executionsIn(witness).length - (callsAtFailure ?? executionsIn(witness).length);
  await connections.writer.exec("PRAGMA max_page_count = 1000000");
  const { digest } = await attempt();
  const calls = executionsIn(witness);
  await sqlite.close();
  const message = first.reason ?? "";
  return { digest, wasFull, callsAfterFailure, message, calls: calls.length, unique: new Set(calls).size };
}
