import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Libsql from "libsql";
import { createMemoryStore } from "../../stores/memory.ts";
import type { RecordStore } from "../../stores/record-store.ts";
import { createSqliteStore, type SqliteDatabase } from "../../stores/sqlite.ts";

/** A fresh, empty store and how to get rid of it. */
export interface TestStore {
  store: RecordStore;
  dispose(): Promise<void>;
}

/** The drivers that every shared suite runs over. SQLite is a real file, without waiting for the disk. */
export const drivers: Array<{ name: string; open: () => TestStore }> = [
  {
    name: "memory",
    open() {
      const store = createMemoryStore();
      return { store, dispose: () => store.close() };
    },
  },
  {
    name: "sqlite",
    open() {
      const folder = temporaryFolder();
      const store = openFastSqlite(join(folder.path, "store.db"));
      return {
        store,
        async dispose() {
          await store.close();
          folder.remove();
        },
      };
    },
  },
];

export function openFastSqlite(path: string): RecordStore {
  const database = new Libsql(path) as unknown as SqliteDatabase;
  const store = createSqliteStore({ database, url: `file:${path}` });
  database.exec("PRAGMA synchronous = OFF");
  return store;
}

export function temporaryFolder(): { path: string; remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), "skillgraph-"));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}
