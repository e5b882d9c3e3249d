import { StoreError } from "../state/errors.ts";
import { withChecksums } from "./checksum.ts";
import { under, type CommitOutcome, type Driver, type RecordStore, type SpaceCommit } from "./record-store.ts";

/** What is used of a database: better-sqlite3, libsql and `node:sqlite` all have it. */
export interface SqliteDatabase {
  exec(sql: string): unknown;
  prepare(sql: string): SqliteStatement;
  close(): unknown;
}

export interface SqliteStatement {
  get(...values: unknown[]): unknown;
  all(...values: unknown[]): unknown[];
  run(...values: unknown[]): unknown;
}

/** The layout below and what is in it. A file with another number was written by another skillgraph and is refused. */
const format = 2;

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
export function createSqliteStore(from: { database: SqliteDatabase; url: string }): RecordStore {
  return withChecksums(createSqliteDriver(from));
}

function createSqliteDriver({ database, url }: { database: SqliteDatabase; url: string }): Driver {
  const explain = <Result>(work: () => Result): Result => {
    try {
      return work();
    } catch (error) {
      throw error instanceof StoreError ? error : explainSqlite(error, url);
    }
  };
  const statements = explain(() => {
    prepareFile(database, url);
    return prepareStatements(database);
  });

  function commitSpace({ space, expect = [], put = {}, delete: gone = [] }: SpaceCommit): CommitOutcome {
    const versionOf = (key: string) => (statements.get.get(space, key) as { version: number } | undefined)?.version;
    const conflicts = expect.filter(([key, version]) => (versionOf(key) ?? "absent") !== version).map(([key]) => key);
    if (conflicts.length > 0) return { committed: false, conflicts };
    const { id, sequence } = statements.advance.get(space) as { id: number; sequence: number };
    for (const key of gone) statements.delete.run(id, key);
    for (const [key, value] of Object.entries(put)) statements.put.run(id, key, value, sequence);
    return { committed: true, sequence };
  }

  return {
    url,
    async get(space, keys) {
      return explain(
        () =>
          new Map(
            keys.flatMap((key) => {
              const row = statements.get.get(space, key) as { value: string; version: number } | undefined;
              return row === undefined ? [] : [[key, { value: row.value, version: row.version }]];
            }),
          ),
      );
    },
    async commit(batch) {
      return explain(() => inTransaction(database, () => batch.map(commitSpace)));
    },
    async list(space, { from = "", to, reverse = false, limit }) {
      const rows = explain(() =>
        statements[reverse ? "last" : "first"].all(space, from, to ?? beyondText, limit ?? -1),
      );
      return (rows as Array<{ key: string; value: string; version: number }>).map(({ key, value, version }) => ({
        key,
        value,
        version,
      }));
    },
    async spaces(familyPrefix) {
      const { from, to } = under(familyPrefix);
      return explain(() => statements.spaces.all(from, to) as Array<{ name: string }>).map(({ name }) => name);
    },
    async close() {
      explain(() => {
        // The file alone is then complete, for whoever copies it.
        database.exec("PRAGMA wal_checkpoint(PASSIVE)");
        database.close();
      });
    },
  };
}

function prepareFile(database: SqliteDatabase, url: string): void {
  database.exec("PRAGMA busy_timeout = 10000");
  inTransaction(database, () => {
    const { application_id: application } = database.prepare("PRAGMA application_id").get() as {
      application_id: number;
    };
    const isEmpty = database.prepare("SELECT 1 FROM sqlite_master LIMIT 1").get() === undefined;
    if (application !== applicationId && !isEmpty) {
      throw new StoreError(`${url} is a SQLite database of another program. Give a file of its own to skillgraph.`);
    }
    if (isEmpty) database.exec(tables);
    const { user_version: found } = database.prepare("PRAGMA user_version").get() as { user_version: number };
    if (found !== format) {
      throw new StoreError(
        `${url} has format ${found}; this skillgraph reads format ${format}. Use the version that wrote it, or another store.`,
      );
    }
  });
  database.exec("PRAGMA synchronous = FULL");
  startWriteAheadLog(database);
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
  const ofSpace = "FROM records WHERE space = (SELECT id FROM spaces WHERE name = ?)";
  const range = `SELECT key, value, version ${ofSpace} AND key >= ? AND key < ? ORDER BY key`;
  return {
    get: database.prepare(`SELECT value, version ${ofSpace} AND key = ?`),
    first: database.prepare(`${range} LIMIT ?`),
    last: database.prepare(`${range} DESC LIMIT ?`),
    advance: database.prepare(
      `INSERT INTO spaces (name, sequence) VALUES (?, 1)
       ON CONFLICT DO UPDATE SET sequence = sequence + 1 RETURNING id, sequence`,
    ),
    put: database.prepare(
      `INSERT INTO records VALUES (?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET value = excluded.value, version = excluded.version`,
    ),
    spaces: database.prepare("SELECT name FROM spaces WHERE name >= ? AND name < ? ORDER BY name"),
    delete: database.prepare("DELETE FROM records WHERE space = ? AND key = ?"),
  };
}

function inTransaction<Result>(database: SqliteDatabase, work: () => Result): Result {
  database.exec("BEGIN IMMEDIATE");
  try {
    const result = work();
    database.exec("COMMIT");
    return result;
  } catch (error) {
    try {
      database.exec("ROLLBACK");
    } catch {
      // SQLite has rolled back by itself, as it does when the disk is full.
    }
    throw error;
  }
}

/** A result code of SQLite, with its name: better-sqlite3 gives names of extended codes, libsql their numbers. */
type Problem = readonly [name: string, code: number];

const busy: Problem = ["SQLITE_BUSY", 5];

const advice: Array<[problem: Problem, text: string]> = [
  [busy, "another process kept it locked for ten seconds. Wait for that process, or stop it."],
  [["SQLITE_READONLY", 8], "it is read-only. Make the file and its folder writable, or use another file."],
  [["SQLITE_CORRUPT", 11], "it is damaged. Restore it from a copy, or use another file."],
  [["SQLITE_FULL", 13], "the disk is full. Free some space and resume; what was acknowledged is kept."],
  [["SQLITE_CANTOPEN", 14], "it cannot be opened. Check that its folder exists and is writable."],
  [["SQLITE_NOTADB", 26], "it is no SQLite database. Use another file, or move this one away."],
];

function isProblem(error: unknown, [name, code]: Problem): boolean {
  const found = error as { code?: string; rawCode?: number };
  // The low byte of an extended code is the plain one.
  return found.code?.startsWith(name) === true || (found.rawCode !== undefined && (found.rawCode & 0xff) === code);
}

/** One StoreError for whatever SQLite reports, with what to do. */
function explainSqlite(error: unknown, url: string): StoreError {
  const known = advice.find(([problem]) => isProblem(error, problem));
  const text = known === undefined ? `SQLite says: ${(error as Error).message}.` : known[1];
  return new StoreError(`The store ${url} cannot be used: ${text}`, { cause: error });
}
