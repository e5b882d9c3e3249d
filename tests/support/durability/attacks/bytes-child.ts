// Runs on stores with one damaged byte, in a process of its own, as damage may end it: bytes-child.ts FOLDER DIGEST FROM TO. A line of JSON each.
import { copyFileSync, openSync, readSync, statSync, writeSync, closeSync, rmSync } from "node:fs";
import { join } from "node:path";
import { draw } from "../../../../state/draw.ts";
import { SkillgraphError } from "../../../../state/errors.ts";
import { optimize } from "../../../../runs/cycle/optimize.ts";
import { exportRun } from "../../../../runs/keeping/export.ts";
import { show } from "../../../../runs/reading/show.ts";
import { createMemoryStore } from "../../../../stores/drivers/memory.ts";
import type { RecordStore } from "../../../../stores/record-store.ts";
import { houseRun } from "../crashes.ts";
import { houseParts, houseProgram, houseSettings, houseSuites } from "../../world.ts";
import { openFastSqlite } from "../../stores.ts";

const [folder, digest, from, to] = process.argv.slice(2) as [string, string, string, string];

function damage(path: string, trial: number): number {
  const at = Math.floor(draw(17, trial, "byte", 0) * statSync(path).size);
  const file = openSync(path, "r+");
  const byte = Buffer.alloc(1);
  readSync(file, byte, 0, 1, at);
  byte[0] = (byte[0] as number) ^ (1 + Math.floor(draw(17, trial, "bits", 0) * 255));
  writeSync(file, byte, 0, 1, at);
  closeSync(file);
  return at;
}

async function runOn(store: RecordStore): Promise<{ outcome: string; message: string }> {
  const options = {
    ...houseParts(),
    program: houseProgram,
    tasks: houseSuites,
    settings: houseSettings,
    run: houseRun,
  };
  const result = await (await optimize({ ...options, store, concurrency: 4 })).result();
  const view = await show(houseRun, { store });
  await exportRun(houseRun, { store, to: createMemoryStore() });
  const message = store.warnings.all().join(" | ");
  if (result.digest === digest && view.result.digest === digest) return { outcome: "same result", message };
  return { outcome: message === "" ? "silent" : "told", message };
}

for (let trial = Number(from); trial < Number(to); trial += 1) {
  const path = join(folder, `damaged-${trial}.db`);
  copyFileSync(join(folder, "base.db"), path);
  const at = damage(path, trial);
  let store: RecordStore | undefined;
  let found: { outcome: string; message: string };
  try {
    store = openFastSqlite(path);
    found = await runOn(store);
  } catch (error) {
    const isTyped = error instanceof SkillgraphError;
    found = {
      outcome: isTyped ? "refused" : "crashed",
      message: isTyped ? error.message : String((error as Error).stack),
    };
  }
  await store?.close().catch(() => undefined);
  for (const end of ["", "-wal", "-shm"]) rmSync(`${path}${end}`, { force: true });
  process.stdout.write(`${JSON.stringify({ trial, at, ...found })}\n`);
}
