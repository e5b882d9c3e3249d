import { setTimeout as sleep } from "node:timers/promises";
import type { CommitOutcome, SpaceCommit } from "../record-store.ts";
import { busy, explainSqlite, isProblem } from "./sqlite-errors.ts";
import type { SqliteIdentity } from "./sqlite-identity.ts";

/** A connection that writes: as `SqliteDatabase`, and what `exec` and `prepare` give may be promises. */
export interface SqliteWriterDatabase {
  exec(sql: string): unknown;
  prepare(sql: string): SqliteWriterStatement | Promise<SqliteWriterStatement>;
  close(): unknown;
}

interface SqliteWriterStatement {
  get(...values: unknown[]): unknown;
  run(...values: unknown[]): unknown;
}

export interface SqliteWriter {
  /** Resolves once the batch is on the disk. */
  commit(batch: readonly SpaceCommit[]): Promise<CommitOutcome[]>;
  /** Runs a statement between two transactions. */
  run(sql: string): Promise<void>;
  /** Once nothing is under way. */
  close(): Promise<void>;
}

/** The records of a space, by its name. */
export const recordsOf = "FROM records WHERE space = (SELECT id FROM spaces WHERE name = ?)";

interface Waiting {
  batch: readonly SpaceCommit[];
  resolve(outcomes: CommitOutcome[]): void;
  reject(error: unknown): void;
}

interface Needs {
  database: SqliteWriterDatabase;
  url: string;
  identity: SqliteIdentity;
  /** Transactions that were made before, and not checkpointed. */
  written: number;
}

/** Transactions between two checkpoints. */
const checkpointEvery = 500;

/** Milliseconds that another process is waited for, and between looks, as SQLite itself has them. */
const patience = 10_000;
const pauses = [1, 2, 5, 10, 15, 20, 25, 25, 25, 50, 50, 100] as const;

/** What SQLite waits for on this thread, it may not: it does so only where it waits beside it. */
const [patient, impatient] = [`PRAGMA busy_timeout = ${patience}`, "PRAGMA busy_timeout = 0"];

/**
 * Commits one transaction after the other. Batches that come while one is under way share the next, and so one wait for the
 * disk; where that fails, each has a transaction of its own, so that none is taken down by another. Only the disk, and other
 * processes, are waited for beside this thread: whoever works on it meanwhile would hold up each further step.
 */
export function createSqliteWriter({ database, url, identity, written: before }: Needs): SqliteWriter {
  let prepared: Statements | undefined;
  const waiting: Waiting[] = [];
  let working = Promise.resolve();
  let written = before;
  const refuse = (error: unknown) => refused(error, url);

  /** Gives what tells those that wait how it ended. */
  async function attempt(group: readonly Waiting[]): Promise<() => void> {
    try {
      identity.check();
      const statements = (prepared ??= await prepare(database));
      const outcomes = await inTransaction(database, statements, () =>
        group.map(({ batch }) => batch.map((change) => commitSpace(statements, change))),
      );
      // What was written to a file that is not there any more is not stored.
      identity.check();
      written += 1;
      // The commit stands. What keeps the log from being emptied shows at the next one.
      if (written >= checkpointEvery) await checkpointNow().catch(() => undefined);
      return () => group.forEach(({ resolve }, index) => resolve(outcomes[index] as CommitOutcome[]));
    } catch (error) {
      const [first, ...others] = group as [Waiting, ...Waiting[]];
      if (others.length === 0) return () => first.reject(explainSqlite(error, url));
      for (const one of group) (await attempt([one]))();
      return () => {};
    }
  }

  async function checkpointNow(): Promise<void> {
    identity.check();
    written = 0;
    await checkpoint(database, (prepared ??= await prepare(database)));
  }

  async function finish(): Promise<void> {
    if (written > 0) await checkpointNow().then(() => emptyLog(database));
  }

  async function work(): Promise<void> {
    let tell = () => {};
    while (waiting.length > 0) {
      const attempted = attempt(waiting.splice(0));
      // Those of the last transaction go on while this one waits for the disk.
      tell();
      tell = await attempted;
    }
    tell();
  }

  return {
    commit: (batch) =>
      new Promise((resolve, reject) => {
        waiting.push({ batch, resolve, reject });
        if (waiting.length === 1) working = working.then(work);
      }),
    async run(sql) {
      const done = working.then(() => identity.check()).then(() => execPatiently(database, sql));
      working = done.catch(() => undefined);
      await done.catch(refuse);
    },
    async close() {
      const closed = working.then(finish).finally(() => database.close());
      // What comes meanwhile waits, and finds it closed.
      working = closed.catch(() => undefined);
      await closed.catch(refuse);
    },
  };
}

function refused(error: unknown, url: string): never {
  throw explainSqlite(error, url);
}

/** Every checkpoint raises a number in the first page of the file: an older copy of it is known by a lower one. */
async function checkpoint(database: SqliteWriterDatabase, statements: Statements): Promise<void> {
  // Each change of the schema raises its number, and this one leaves nothing else.
  await inTransaction(database, statements, async () => {
    await database.exec("CREATE VIEW checkpoint AS SELECT 1");
    await database.exec("DROP VIEW checkpoint");
  });
  await database.exec("PRAGMA wal_checkpoint(PASSIVE)");
}

/** Without a log, a copy can take the place of the file. Others at work are not waited for. */
async function emptyLog(database: SqliteWriterDatabase): Promise<void> {
  await database.exec("PRAGMA wal_checkpoint(TRUNCATE)");
}

interface Statements {
  begin: SqliteWriterStatement;
  get: SqliteWriterStatement;
  advance: SqliteWriterStatement;
  put: SqliteWriterStatement;
  delete: SqliteWriterStatement;
  empty: SqliteWriterStatement;
  forget: SqliteWriterStatement;
}

async function prepare(database: SqliteWriterDatabase): Promise<Statements> {
  await database.exec(patient);
  await database.exec("PRAGMA synchronous = FULL");
  await database.exec("PRAGMA wal_autocheckpoint = 0");
  const statements = {
    begin: await database.prepare("BEGIN IMMEDIATE"),
    get: await database.prepare(`SELECT CAST(version AS INTEGER) AS version ${recordsOf} AND key = ?`),
    advance: await database.prepare(
      `INSERT INTO spaces (name, sequence) VALUES (?, 1)
       ON CONFLICT DO UPDATE SET sequence = sequence + 1 RETURNING id, sequence`,
    ),
    put: await database.prepare(
      `INSERT INTO records VALUES (?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET value = excluded.value, version = excluded.version`,
    ),
    delete: await database.prepare("DELETE FROM records WHERE space = ? AND key = ?"),
    empty: await database.prepare("DELETE FROM records WHERE space = (SELECT id FROM spaces WHERE name = ?)"),
    forget: await database.prepare("DELETE FROM spaces WHERE name = ?"),
  };
  await database.exec(impatient);
  return statements;
}

function commitSpace(statements: Statements, { space, expect = [], put = {}, ...change }: SpaceCommit): CommitOutcome {
  const versionOf = (key: string) => (statements.get.get(space, key) as { version: number } | undefined)?.version;
  const conflicts = expect.filter(([key, version]) => (versionOf(key) ?? "absent") !== version).map(([key]) => key);
  if (conflicts.length > 0) return { committed: false, conflicts };
  if (change.drop === true) {
    statements.empty.run(space);
    statements.forget.run(space);
    return { committed: true, sequence: 0 };
  }
  const { id, sequence } = statements.advance.get(space) as { id: number; sequence: number };
  for (const key of change.delete ?? []) statements.delete.run(id, key);
  for (const [key, value] of Object.entries(put)) statements.put.run(id, key, value, sequence);
  return { committed: true, sequence };
}

async function inTransaction<Result>(
  database: SqliteWriterDatabase,
  { begin }: Statements,
  work: () => Result | Promise<Result>,
): Promise<Result> {
  if (!hasBegun(begin)) await beginLater(begin);
  try {
    const result = work();
    if (result instanceof Promise) await result;
    await database.exec("COMMIT");
    return result;
  } catch (error) {
    try {
      await database.exec("ROLLBACK");
    } catch {
      // SQLite has rolled back by itself, as it does when the disk is full.
    }
    throw error;
  }
}

/** False while another process commits. */
function hasBegun(begin: SqliteWriterStatement): boolean {
  try {
    begin.run();
    return true;
  } catch (error) {
    if (isProblem(error, busy)) return false;
    throw error;
  }
}

async function execPatiently(database: SqliteWriterDatabase, sql: string): Promise<void> {
  await database.exec(patient);
  try {
    await database.exec(sql);
  } finally {
    await database.exec(impatient);
  }
}

async function beginLater(begin: SqliteWriterStatement): Promise<void> {
  const until = performance.now() + patience;
  for (let attempts = 0; performance.now() < until; attempts += 1) {
    await sleep(pauses[attempts] ?? 100);
    if (hasBegun(begin)) return;
  }
  begin.run();
}
