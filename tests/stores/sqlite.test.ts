import Libsql from "libsql";
import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openStore } from "../../stores/open.ts";
import { createSqliteStore, type SqliteDatabase } from "../../stores/sqlite.ts";
import { startChild } from "../support/child.ts";
import { openFastSqlite, temporaryFolder } from "../support/stores.ts";

function openDatabase(path: string): SqliteDatabase {
  return new Libsql(path) as unknown as SqliteDatabase;
}

describe("a SQLite store", () => {
  let folder: ReturnType<typeof temporaryFolder>;
  let path: string;
  beforeEach(() => {
    folder = temporaryFolder();
    path = join(folder.path, "store.db");
  });
  afterEach(() => folder.remove());

  test("waits for the disk before a commit is acknowledged", async () => {
    const database = openDatabase(path);
    const store = createSqliteStore({ database, url: `file:${path}` });
    expect(database.prepare("PRAGMA journal_mode").get()).toMatchObject({ journal_mode: "wal" });
    expect(database.prepare("PRAGMA synchronous").get()).toMatchObject({ synchronous: 2 });
    await store.close();
  });

  test("is one store for two connections, which see each other's commits at once", async () => {
    const [left, right] = [openFastSqlite(path), openFastSqlite(path)];
    for (const [turn, store] of [left, right, left, right].entries()) {
      const [outcome] = await store.commit([{ space: "s", expect: [["k", turn || "absent"]], put: { k: `${turn}` } }]);
      expect(outcome).toEqual({ committed: true, sequence: turn + 1 });
    }
    expect(await left.list("s", {})).toEqual([{ key: "k", value: "3", version: 4 }]);
    await Promise.all([left.close(), right.close()]);
  });

  test("leaves a file behind that is complete without its log", async () => {
    const store = openFastSqlite(path);
    await store.commit([{ space: "s", put: { k: "1" } }]);
    await store.close();
    copyFileSync(path, `${path}.copy`);
    const copy = openFastSqlite(`${path}.copy`);
    expect(await copy.list("s", {})).toEqual([{ key: "k", value: "1", version: 1 }]);
    await copy.close();
  });

  test("loses no commit of four processes that open the file and count at the same time", async () => {
    const children = Array.from({ length: 4 }, () => startChild("count-up.ts", `file:${path}`, "25"));
    expect(await Promise.all(children.map(({ ended }) => ended))).toEqual([0, 0, 0, 0]);
    const store = await openStore(`file:${path}`);
    expect(await store.list("counter", {})).toEqual([{ key: "count", value: "100", version: 100 }]);
    await store.close();
  });

  test("keeps nothing of a batch that meets a full disk, and works on once there is room", async () => {
    const database = openDatabase(path);
    const store = createSqliteStore({ database, url: `file:${path}` });
    await store.commit([{ space: "s", put: { kept: "1" } }]);
    database.exec("PRAGMA max_page_count = 1");
    const batch = [
      { space: "s", put: { small: "1" } },
      { space: "s", put: { large: "x".repeat(100_000) } },
    ];
    await expect(store.commit(batch)).rejects.toThrow(/the disk is full\. Free some space and resume/);
    expect(await store.list("s", {})).toEqual([{ key: "kept", value: "1", version: 1 }]);
    database.exec("PRAGMA max_page_count = 1000000");
    expect((await store.commit(batch)).map((outcome) => outcome.committed)).toEqual([true, true]);
    await store.close();
  });

  test("takes back what a failing batch had written before it failed", async () => {
    const database = openDatabase(path);
    const store = createSqliteStore({ database, url: `file:${path}` });
    database.exec(
      "CREATE TRIGGER no BEFORE INSERT ON records WHEN new.key = 'b' BEGIN SELECT RAISE(ABORT, 'no b'); END",
    );
    const batch = [
      { space: "s", put: { a: "1" } },
      { space: "s", put: { b: "1" } },
    ];
    await expect(store.commit(batch)).rejects.toThrow(/cannot be used: SQLite says: .*no b/);
    expect(await store.list("s", {})).toEqual([]);
    expect(await store.commit([{ space: "s", put: { a: "1" } }])).toEqual([{ committed: true, sequence: 1 }]);
    await store.close();
  });

  test("refuses a file of another format, and a database of another program", async () => {
    await openFastSqlite(path).close();
    const database = openDatabase(path);
    database.exec("PRAGMA user_version = 1");
    expect(() => createSqliteStore({ database, url: "file:x" })).toThrow(
      /has format 1; .* reads format 2\. Use the version/,
    );
    const other = openDatabase(join(folder.path, "other.db"));
    other.exec("CREATE TABLE records (id)");
    expect(() => createSqliteStore({ database: other, url: "file:x" })).toThrow(/database of another program/);
    database.close();
    other.close();
  });

  test.each([
    ["SQLITE_BUSY", /another process kept it locked/],
    ["SQLITE_FULL", /disk is full\. Free some space/],
    ["SQLITE_READONLY_DIRECTORY", /read-only\. Make the file and its folder writable/],
    ["SQLITE_CORRUPT", /damaged\. Restore/],
  ])("says what to do about %s", (code, text) => {
    const failing: SqliteDatabase = {
      exec: () => {
        throw Object.assign(new Error("short"), { code });
      },
      prepare: () => expect.fail("nothing is prepared"),
      close: () => {},
    };
    expect(() => createSqliteStore({ database: failing, url: "file:x" })).toThrow(text);
  });
});
