import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { optimize } from "../../../runs/cycle/optimize.ts";
import { draw } from "../../../state/draw.ts";
import { pausesRun } from "../../../state/errors.ts";
import { createMemoryStore } from "../../../stores/drivers/memory.ts";
import { createSqliteStore, type SqliteDatabase } from "../../../stores/drivers/sqlite.ts";
import type { SqliteWriterDatabase } from "../../../stores/drivers/sqlite-writer.ts";
import { houseOn } from "../durability/crashes.ts";
import { connectSqlite, withoutDisk } from "../stores.ts";
import type { FaultFound } from "./host-faults.ts";

/** Errors of SQLite that the host is to blame for, by their extended codes as libsql has them. */
export const storeFaults = [
  { name: "SQLITE_NOMEM", rawCode: 7 },
  { name: "SQLITE_READONLY_DIRECTORY", rawCode: 1544 },
  { name: "SQLITE_IOERR_READ", rawCode: 266 },
  { name: "SQLITE_IOERR_WRITE", rawCode: 778 },
  { name: "SQLITE_IOERR_FSYNC", rawCode: 1034 },
  { name: "SQLITE_FULL", rawCode: 13 },
  { name: "SQLITE_CANTOPEN", rawCode: 14 },
] as const;

/** Statements that the run of the trials makes, about. */
const statements = 250;

let whole: Promise<string> | undefined;

/** A run that meets an error at a drawn statement and at all after it, reads as well or writes alone, and goes on without. */
export async function meetStoreFault(trial: number, folder: string): Promise<FaultFound> {
  const [witness, file] = [join(folder, `witness-${trial}`), join(folder, `faulty-${trial}.db`)];
  writeFileSync(witness, "");
  whole ??= digestOfWhole(witness);
  const digest = await whole;
  const fault = storeFaults[trial % storeFaults.length] as (typeof storeFaults)[number];
  const at = Math.floor(draw(31, trial, "statement", 0) * statements);
  const [connections, host] = withFaults(file, { fault, at, reads: draw(31, trial, "reads", 0) < 0.3 });
  const store = createSqliteStore(connections);
  const attempt = async () => (await optimize(houseOn(store, witness))).result();
  host.isOn = true;
  const first = await attempt().catch((error: unknown) => error as Error);
  host.isOn = false;
  const problems: string[] = [];
  const where = `${fault.name} from statement ${at} on`;
  const outcome = first instanceof Error ? "refused" : first.status === "paused" ? "paused" : "unaffected";
  if (first instanceof Error && !pausesRun(first)) problems.push(`${where}: it ended with ${String(first)}`);
  const message = first instanceof Error ? first.message : (first.reason ?? "");
  if (outcome !== "unaffected" && !message.includes(`The store file:${file} cannot be used: `))
    problems.push(`${where}: no place is named: ${message}`);
  const second = await attempt();
  if (second.status !== "finished" || second.digest !== digest || second.held.length > 0)
    problems.push(`${where}: resumed, it is ${second.status} with ${second.held.length} held, ${second.digest}`);
  await store.close();
  return { outcome, problems };
}

async function digestOfWhole(witness: string): Promise<string> {
  return (await (await optimize(houseOn(createMemoryStore(), witness))).result()).digest;
}

interface Faults {
  fault: { name: string; rawCode: number };
  /** The statement that is the first to fail. */
  at: number;
  /** Whether reads fail too. */
  reads: boolean;
}

function withFaults(file: string, { fault, at, reads }: Faults) {
  const { reader, writer, url } = withoutDisk(connectSqlite(file));
  const host = { isOn: false };
  let count = 0;
  const ask = <Value>(work: () => Value): Value => {
    count += host.isOn ? 1 : 0;
    if (host.isOn && count > at) throw Object.assign(new Error(fault.name), { rawCode: fault.rawCode });
    return work();
  };
  const faulty: SqliteWriterDatabase = {
    // SQLite ends a transaction in any case; only that is not met.
    exec: (sql) => (/^(PRAGMA|ROLLBACK)/.test(sql) ? writer.exec(sql) : ask(() => writer.exec(sql))),
    prepare: (sql) => writer.prepare(sql),
    close: () => writer.close(),
  };
  const reading: SqliteDatabase = {
    exec: (sql) => reader.exec(sql),
    close: () => reader.close(),
    prepare(sql) {
      const statement = reader.prepare(sql);
      if (!reads) return statement;
      return {
        get: (...values) => ask(() => statement.get(...values)),
        all: (...values) => ask(() => statement.all(...values)),
      };
    },
  };
  return [{ reader: reading, writer: faulty, url }, host] as const;
}
