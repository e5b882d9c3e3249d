import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { openStore } from "../../../stores/open.ts";
import { createSqliteStore } from "../../../stores/drivers/sqlite.ts";
import type { RecordStore } from "../../../stores/record-store.ts";
import type { SqliteWriterDatabase } from "../../../stores/drivers/sqlite-writer.ts";
import { startChild } from "../../support/started/child.ts";
import { connectSqlite, openFastSqlite, temporaryFolder } from "../../support/stores.ts";

const bound = (writer: SqliteWriterDatabase) => ({
  exec: (sql: string) => writer.exec(sql),
  prepare: (sql: string) => writer.prepare(sql),
  close: () => writer.close(),
});

/** Where a text stands in a file. */
function placesOf(whole: Buffer, text: string): number[] {
  const found: number[] = [];
  for (let at = whole.indexOf(text); at !== -1; at = whole.indexOf(text, at + 1)) found.push(at);
  return found;
}

describe("a SQLite store", () => {
  let folder: ReturnType<typeof temporaryFolder>;
  let path: string;
  beforeEach(() => {
    folder = temporaryFolder();
    path = join(folder.path, "store.db");
  });
  afterEach(() => folder.remove());

  /** A copy of a file with one byte changed. */
  function damagedCopy(whole: Buffer, place: number): string {
    const damaged = Buffer.from(whole);
    damaged[place] = "~".charCodeAt(0);
    const copy = join(folder.path, `damaged-${place}.db`);
    writeFileSync(copy, damaged);
    return copy;
  }

  test("waits for the disk before a commit is acknowledged", async () => {
    const connections = connectSqlite(path);
    const store = createSqliteStore(connections);
    await store.commit([{ space: "s", put: { k: "1" } }]);
    const read = async (name: string) => (await connections.writer.prepare(`PRAGMA ${name}`)).get();
    expect(await read("journal_mode")).toMatchObject({ journal_mode: "wal" });
    expect(await read("synchronous")).toMatchObject({ synchronous: 2 });
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

  test("refuses a commit that comes while it is closed, and closes", async () => {
    const store = openFastSqlite(path);
    await store.commit([{ space: "s", put: { k: "1" } }]);
    const closing = store.close();
    await setImmediate();
    await expect(store.commit([{ space: "s", put: { k: "2" } }])).rejects.toThrow(/is closed/);
    await closing;
    const again = openFastSqlite(path);
    expect(await again.list("s", {})).toEqual([{ key: "k", value: "1", version: 1 }]);
    await again.close();
  });

  test("loses no commit of four processes that open the file and count at the same time", async () => {
    const children = Array.from({ length: 4 }, () => startChild("durability/count-up.ts", `file:${path}`, "25"));
    expect(await Promise.all(children.map(({ ended }) => ended))).toEqual([0, 0, 0, 0]);
    const store = await openStore(`file:${path}`);
    expect(await store.list("counter", {})).toEqual([{ key: "count", value: "100", version: 100 }]);
    await store.close();
  });

  test("keeps nothing of a batch that meets a full disk, and works on once there is room", async () => {
    const connections = connectSqlite(path);
    const store = createSqliteStore(connections);
    await store.commit([{ space: "s", put: { kept: "1" } }]);
    await connections.writer.exec("PRAGMA max_page_count = 1");
    const batch = [
      { space: "s", put: { small: "1" } },
      { space: "s", put: { large: "x".repeat(100_000) } },
    ];
    await expect(store.commit(batch)).rejects.toThrow(/the disk is full\. Free some space and resume/);
    expect(await store.list("s", {})).toEqual([{ key: "kept", value: "1", version: 1 }]);
    await connections.writer.exec("PRAGMA max_page_count = 1000000");
    expect((await store.commit(batch)).map((outcome) => outcome.committed)).toEqual([true, true]);
    await store.close();
  });

  test("commits what comes while it waits for the disk together, and reads what is committed alone", async () => {
    const connections = connectSqlite(path);
    const words: string[] = [];
    const { writer } = connections;
    const store = createSqliteStore({
      ...connections,
      writer: { ...bound(writer), exec: (sql) => (words.push(sql), writer.exec(sql)) },
    });
    await store.commit([{ space: "s", put: { k: "0" } }]);
    words.length = 0;
    const first = store.commit([{ space: "s", put: { k: "1" } }]);
    await vi.waitUntil(() => words.includes("COMMIT"), { interval: 0, timeout: 20_000 });
    const others = ["2", "3", "4"].map((k) => store.commit([{ space: "s", put: { k } }]));
    expect([...(await store.get("s", ["k"])).values()]).toEqual([
      { value: expect.stringMatching(/^[01]$/), version: expect.any(Number) },
    ]);
    expect(await Promise.all([first, ...others])).toEqual(
      [2, 3, 4, 5].map((sequence) => [{ committed: true, sequence }]),
    );
    expect(words).toEqual(["COMMIT", "COMMIT"]);
    expect(await store.get("s", ["k"])).toEqual(new Map([["k", { value: "4", version: 5 }]]));
    await store.close();
  });

  test("of commits that share a transaction, fails those alone that cannot be made", async () => {
    const connections = connectSqlite(path);
    const store = createSqliteStore(connections);
    connections.reader.exec(
      "CREATE TRIGGER no BEFORE INSERT ON records WHEN new.key = 'b' BEGIN SELECT RAISE(ABORT, 'no b'); END",
    );
    const outcomes = await Promise.allSettled(
      ["a", "b", "c"].map((key) => store.commit([{ space: key, put: { [key]: "1" } }])),
    );
    expect(outcomes.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
    expect(await Promise.all(["a", "b", "c"].map((space) => store.list(space, {})))).toMatchObject([
      [{ key: "a" }],
      [],
      [{ key: "c" }],
    ]);
    await store.close();
  });

  test("works with one driver for both connections, which waits in this thread", async () => {
    const { reader, url, writer } = connectSqlite(path);
    await writer.close();
    const store = createSqliteStore({
      reader,
      writer: connectSqlite(path).reader as unknown as SqliteWriterDatabase,
      url,
    });
    expect(await store.commit([{ space: "s", put: { k: "1" } }])).toEqual([{ committed: true, sequence: 1 }]);
    expect(await store.list("s", {})).toEqual([{ key: "k", value: "1", version: 1 }]);
    await store.close();
  });

  test("takes back what a failing batch had written before it failed", async () => {
    const connections = connectSqlite(path);
    const store = createSqliteStore(connections);
    connections.reader.exec(
      "CREATE TRIGGER no BEFORE INSERT ON records WHEN new.key = 'b' BEGIN SELECT RAISE(ABORT, 'no b'); END",
    );
    const batch = [
      { space: "s", put: { a: "1" } },
      { space: "s", put: { b: "1" } },
    ];
    await expect(store.commit(batch)).rejects.toThrow(/cannot be used: SQLite error: .*no b/);
    expect(await store.list("s", {})).toEqual([]);
    expect(await store.commit([{ space: "s", put: { a: "1" } }])).toEqual([{ committed: true, sequence: 1 }]);
    await store.close();
  });

  test("refuses a file of another format, and a database of another program", async () => {
    await openFastSqlite(path).close();
    const { reader: database, writer } = connectSqlite(path);
    database.exec("PRAGMA user_version = 1");
    expect(() => createSqliteStore({ reader: database, writer, url: "file:x" })).toThrow(
      /has format 1; .* reads format 4\. Use the version/,
    );
    const other = connectSqlite(join(folder.path, "other.db"));
    other.reader.exec("CREATE TABLE records (id)");
    expect(() => createSqliteStore(other)).toThrow(/database of another program/);
    for (const connection of [database, writer, other.reader, other.writer]) connection.close();
  });

  test("builds an index anew that does not agree with its table, and takes the name that a checksum proves", async () => {
    const store = openFastSqlite(path);
    const names = Array.from({ length: 4 }, (_, index) => `space-${index}-of-four`);
    const records = ({ list }: RecordStore) => Promise.all(names.map((space) => list(space, {})));
    const keyOf = (space: string) => space.replace("space", "key");
    for (const space of names) await store.commit([{ space, put: { [keyOf(space)]: "1" } }]);
    const written = await records(store);
    await store.close();
    const whole = readFileSync(path);
    for (const name of [...names, ...names.map(keyOf)]) {
      const places = placesOf(whole, name);
      expect(places).toHaveLength(2);
      for (const place of places) {
        const copy = damagedCopy(whole, place + 5);
        const damaged = openFastSqlite(copy);
        expect(damaged.warnings.all()).toEqual([expect.stringMatching(/^An index of the store .* has been rebuilt/)]);
        expect(await records(damaged)).toEqual(written);
        await damaged.close();
        const again = openFastSqlite(copy);
        expect(again.warnings.all()).toEqual([]);
        await again.close();
      }
    }
  });

  test("refuses a file in which table and index differ where no record proves what is right", async () => {
    const store = openFastSqlite(path);
    await store.commit([{ space: "a-space-of-nothing", put: {} }]);
    await store.close();
    const whole = readFileSync(path);
    for (const place of placesOf(whole, "a-space-of-nothing"))
      expect(() => openFastSqlite(damagedCopy(whole, place))).toThrow(
        /is damaged: its index does not match.* Restore it from a backup/,
      );
  });

  test.each([
    ["SQLITE_BUSY", /another process kept it locked/],
    ["SQLITE_FULL", /disk is full\. Free some space/],
    ["SQLITE_READONLY_DIRECTORY", /read-only\. Make the file and its folder writable/],
    ["SQLITE_CORRUPT", /damaged\. Restore/],
  ])("says what to do about %s", (code, text) => {
    const failing = {
      exec: () => {
        throw Object.assign(new Error("short"), { code });
      },
      prepare: () => expect.fail("nothing is prepared"),
      close: () => {},
    };
    expect(() => createSqliteStore({ reader: failing, writer: failing, url: "file:x" })).toThrow(text);
  });
});
