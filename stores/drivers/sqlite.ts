import { randomUUID } from "node:crypto";
import { StoreError } from "../../state/errors.ts";
import { withChecksums } from "../checksum.ts";
import { under, type Driver, type RecordStore, type StoredRecord } from "../record-store.ts";
import { busy, explainSqlite, isProblem } from "./sqlite-errors.ts";
import { createSqliteIdentity, identityView, type SqliteIdentity } from "./sqlite-identity.ts";
import { repairIndexes } from "./sqlite-repair.ts";
import { textOf, type Bytes } from "./sqlite-text.ts";
import { createSqliteWriter, recordsOf, type SqliteWriterDatabase } from "./sqlite-writer.ts";

/** What is used of a database: better-sqlite3, libsql and `node:sqlite` all have it. */
export interface SqliteDatabase {
  exec(sql: string): unknown;
  prepare(sql: string): SqliteStatement;
  close(): unknown;
}

interface SqliteStatement {
  get(...values: unknown[]): unknown;
  all(...values: unknown[]): unknown[];
}

/** Two connections to one file, so that a read never sees what is not committed yet, and never waits for it. */
export interface SqliteConnections {
  reader: SqliteDatabase;
  /** What its `exec` gives is awaited: with libsql/promise the disk is waited for beside this thread. */
  writer: SqliteWriterDatabase;
  url: string;
}

/** The layout below and what is in it. A file with another number was written by another skillgraph and is refused. */
const format = 4;

/** Marks the file as ours: "skgr" in ASCII. */
const applicationId = 0x736b6772;

/**
 * Names of spaces are long and repeat, so records refer to them by number. `records` keeps its rowid: a row of a few kB
 * without one would spill into a page of its own.
 */
const tables = `
  CREATE TABLE spaces (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, sequence INTEGER NOT NULL);
  CREATE TABLE records (
    space INTEGER NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, version INTEGER NOT NULL,
    UNIQUE (space, key)
  );
  PRAGMA application_id = ${applicationId};
  PRAGMA user_version = ${format};
`;

/** Sorts behind every text in SQLite, as all blobs do: the end of a range without one. */
const beyondText = Buffer.from([0]);

/**
 * Records in one SQLite file, safe for several processes of one host. A commit that was acknowledged survives a power
 * cut (WAL with `synchronous=FULL`). A commit waits up to ten seconds for another process's commit.
 */
export function createSqliteStore(from: SqliteConnections): RecordStore {
  return withChecksums(createSqliteDriver(from));
}

function createSqliteDriver({ reader, writer: database, url }: SqliteConnections): Driver {
  const explain = <Result>(work: () => Result): Result => explained(work, url);
  const { prepared, statements, identity } = explain(() => ({
    prepared: prepareFile(reader, url),
    statements: prepareStatements(reader),
    identity: identityOf(reader, url),
  }));
  const writer = createSqliteWriter({ database, url, identity, written: prepared.isWritten ? 1 : 0 });

  return {
    url,
    risks: prepared.risks,
    async get(space, keys) {
      return explain(() => {
        const found = new Map<string, StoredRecord>();
        for (const key of keys) {
          const row = statements.get.get(space, key) as { value: Bytes; version: number } | undefined;
          if (row !== undefined) found.set(key, { value: textOf(row.value), version: row.version });
        }
        return found;
      });
    },
    commit: (batch) => writer.commit(batch),
    async list(space, { from = "", to, reverse = false, limit }) {
      const rows = explain(() =>
        statements[reverse ? "last" : "first"].all(space, from, to ?? beyondText, limit ?? -1),
      );
      return (rows as Array<{ key: Bytes; value: Bytes; version: number }>).map((row) => ({
        key: textOf(row.key),
        value: textOf(row.value),
        version: row.version,
      }));
    },
    async spaces(familyPrefix) {
      const { from, to } = under(familyPrefix);
      return explain(() => statements.spaces.all(from, to) as Array<{ name: Bytes }>).map(({ name }) => textOf(name));
    },
    async bytes(familyPrefix) {
      const { from, to } = under(familyPrefix);
      return explain(() => statements.bytes.get(from, to) as { bytes: number }).bytes;
    },
    async compact() {
      const before = explain(() => sizeOf(reader));
      await writer.run("VACUUM");
      await writer.run("PRAGMA wal_checkpoint(TRUNCATE)");
      return { before, after: explain(() => sizeOf(reader)) };
    },
    async close() {
      // The file alone is then complete, for whoever copies it; where its disk is full, the log beside it has the rest.
      await writer
        .close()
        .catch(refuseUnlessHosts)
        .finally(() => reader.close());
    },
  };
}

function explained<Result>(work: () => Result, url: string): Result {
  try {
    return work();
  } catch (error) {
    throw explainSqlite(error, url);
  }
}

function refuseUnlessHosts(error: unknown): void {
  if (!(error instanceof StoreError && error.isHostFault)) throw error;
}

function identityOf(database: SqliteDatabase, url: string): SqliteIdentity {
  const { id } = database.prepare(`SELECT CAST(id AS BLOB) AS id FROM ${identityView}`).get() as { id: Bytes };
  const files = database.prepare("SELECT CAST(file AS BLOB) AS file FROM pragma_database_list WHERE name = 'main'");
  const { file } = files.get() as { file: Bytes };
  const checkpoint = () => void database.exec("PRAGMA wal_checkpoint(PASSIVE)");
  // A checkpoint puts the id into the file itself, where it is looked for.
  checkpoint();
  return createSqliteIdentity({ path: textOf(file), url, id: textOf(id), checkpoint });
}

/** The bytes of the file, without its log. */
function sizeOf(database: SqliteDatabase): number {
  const [count, size] = ["page_count", "page_size"].map(
    (name) => Object.values(database.prepare(`PRAGMA ${name}`).get() as Record<string, number>)[0] as number,
  ) as [number, number];
  return count * size;
}

/** Gives whether something was written, and what users must know. */
function prepareFile(database: SqliteDatabase, url: string): { isWritten: boolean; risks: string[] } {
  database.exec("PRAGMA busy_timeout = 10000");
  database.exec("PRAGMA synchronous = FULL");
  database.exec("BEGIN IMMEDIATE");
  let isNamed: boolean;
  try {
    const { application_id: application } = database.prepare("PRAGMA application_id").get() as {
      application_id: number;
    };
    const isEmpty = database.prepare("SELECT 1 FROM sqlite_master LIMIT 1").get() === undefined;
    if (application !== applicationId && !isEmpty) {
      throw new StoreError(`${url} is a SQLite database of another program. Use a separate file for skillgraph.`);
    }
    if (isEmpty) database.exec(tables);
    isNamed = database.prepare(`SELECT 1 FROM sqlite_master WHERE name = '${identityView}'`).get() !== undefined;
    if (!isNamed) database.exec(`CREATE VIEW ${identityView} AS SELECT '${randomUUID()}' AS id`);
    const { user_version: found } = database.prepare("PRAGMA user_version").get() as { user_version: number };
    if (found !== format) {
      throw new StoreError(
        `${url} has format ${found}; this skillgraph reads format ${format}. Use the version that wrote it, or another store.`,
      );
    }
  } catch (error) {
    database.exec("ROLLBACK");
    throw error;
  }
  database.exec("COMMIT");
  startWriteAheadLog(database);
  const repair = repairIndexes(database, url);
  return { isWritten: !isNamed || repair !== undefined, risks: repair === undefined ? [] : [repair] };
}

/**
 * Where several processes open a new file at once, SQLite refuses this change to some of them without waiting, as it
 * takes them for a deadlock. They are soon done.
 */
function startWriteAheadLog(database: SqliteDatabase): void {
  for (let attempts = 1; ; attempts += 1) {
    try {
      database.exec("PRAGMA journal_mode = WAL");
      return;
    } catch (error) {
      if (!isProblem(error, busy) || attempts === 100) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
    }
  }
}

function prepareStatements(database: SqliteDatabase) {
  // Damage may turn a number into text too.
  const stored = "CAST(value AS BLOB) AS value, CAST(version AS INTEGER) AS version";
  const range = `SELECT CAST(key AS BLOB) AS key, ${stored} ${recordsOf} AND records.key >= ? AND records.key < ? ORDER BY records.key`;
  return {
    get: database.prepare(`SELECT ${stored} ${recordsOf} AND key = ?`),
    first: database.prepare(`${range} LIMIT ?`),
    last: database.prepare(`${range} DESC LIMIT ?`),
    spaces: database.prepare(
      "SELECT CAST(name AS BLOB) AS name FROM spaces WHERE spaces.name >= ? AND spaces.name < ? ORDER BY spaces.name",
    ),
    bytes: database.prepare(
      `SELECT coalesce(sum(length(CAST(key AS BLOB)) + length(CAST(value AS BLOB))), 0) AS bytes
       FROM records WHERE space IN (SELECT id FROM spaces WHERE name >= ? AND name < ?)`,
    ),
  };
}
