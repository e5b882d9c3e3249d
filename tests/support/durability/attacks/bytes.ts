import { spawnSync } from "node:child_process";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { optimize } from "../../../../runs/cycle/optimize.ts";
import { createMemoryStore } from "../../../../stores/drivers/memory.ts";
import { buryOwner, houseRun } from "../crashes.ts";
import { compiled } from "../../started/compiled.ts";
import { createMortalStore } from "../mortal-store.ts";
import { houseParts, houseProgram, houseSettings, houseSuites } from "../../world.ts";
import { openFastSqlite } from "../../stores.ts";

/** What came of one damaged byte. `silent`: another result without a warning; `aborted`: the process was ended. */
export interface ByteTrial {
  trial: number;
  at: number;
  outcome: "same result" | "told" | "refused" | "silent" | "crashed" | "aborted";
  message: string;
}

const child = compiled("tests/support/durability/attacks/bytes-child.ts");

const house = {
  ...houseParts(),
  program: houseProgram,
  tasks: houseSuites,
  settings: houseSettings,
  run: houseRun,
  concurrency: 4,
};

/** Changes one drawn byte of a SQLite file with a run half-way, goes on with the run, shows and exports it: trials `from` to `to`. */
export async function damageBytes(
  folder: string,
  { from = 0, to }: { from?: number; to: number },
): Promise<ByteTrial[]> {
  const base = join(folder, "base.db");
  for (const end of ["", "-wal", "-shm"]) rmSync(`${base}${end}`, { force: true });
  const store = openFastSqlite(base);
  const mortal = createMortalStore(store, { atCommit: 90, when: "after" });
  await optimize({ ...house, store: mortal })
    .then((run) => run.result())
    .catch(() => undefined);
  await buryOwner(store);
  await store.close();
  const { digest } = await (await optimize({ ...house, store: createMemoryStore() })).result();
  const trials: ByteTrial[] = [];
  for (let next = from; next < to;) {
    const words = [child, folder, digest, String(next), String(to)];
    // A process of its own is outside of any test run.
    const { VITEST: _, ...env } = process.env;
    const run = spawnSync(process.execPath, words, { encoding: "utf8", maxBuffer: 1 << 28, env });
    const lines = run.stdout.split("\n").filter((line) => line !== "");
    trials.push(...lines.map((line) => JSON.parse(line) as ByteTrial));
    next += lines.length;
    if (next >= to) break;
    trials.push({
      trial: next,
      at: -1,
      outcome: "aborted",
      message: `${run.signal ?? run.status} ${run.stderr.slice(-300)}`,
    });
    next += 1;
  }
  return trials;
}
