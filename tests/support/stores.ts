import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import type { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Redis } from "ioredis";
import Libsql from "libsql";
import AsyncLibsql from "libsql/promise";
import { createMemoryStore } from "../../stores/drivers/memory.ts";
import type { RecordStore } from "../../stores/record-store.ts";
import { createRedisStore } from "../../stores/drivers/redis.ts";
import { createSqliteStore, type SqliteConnections, type SqliteDatabase } from "../../stores/drivers/sqlite.ts";
import type { SqliteWriterDatabase } from "../../stores/drivers/sqlite-writer.ts";
import { hasRedis } from "./redis-server.ts";

/** A fresh, empty store and how to get rid of it. */
export interface TestStore {
  store: RecordStore;
  dispose(): Promise<void>;
}

/**
 * The drivers that every shared suite runs over. SQLite is a real file, without waiting for the disk; Redis is one server
 * a process, on a socket of its own, where every store has a prefix of its own.
 */
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
  ...(hasRedis ? [{ name: "redis", open: openRedis }] : []),
];

let redis: string | undefined;
let redisStores = 0;

/** The server may still be starting: the store's first command waits for it. */
function openRedis(): TestStore {
  redis ??= spawnRedis();
  redisStores += 1;
  const client = new Redis({ path: redis, lazyConnect: true, enableOfflineQueue: false, maxRetriesPerRequest: 0 });
  const store = createRedisStore({ client, url: `redis:${redis}`, prefix: `${redisStores}:` });
  return { store, dispose: () => store.close() };
}

/** Gives the socket of a server that ends, and takes its folder along, when this process has ended, however it did. */
function spawnRedis(): string {
  const { path: folder } = temporaryFolder();
  const socket = join(folder, "redis.sock");
  const words = ["--port", "0", "--unixsocket", socket, "--dir", folder, "--save", ""];
  const script = 'redis-server "$@" & cat; kill -KILL $!; wait; rm -rf "$0"';
  const server = spawn("sh", ["-c", script, folder, ...words], { stdio: ["pipe", "ignore", "ignore"], detached: true });
  server.unref();
  (server.stdin as Socket).unref();
  return socket;
}

export function connectSqlite(path: string): SqliteConnections {
  return {
    reader: new Libsql(path) as unknown as SqliteDatabase,
    writer: new AsyncLibsql(path, {}) as unknown as SqliteWriterDatabase,
    url: `file:${path}`,
  };
}

export function openFastSqlite(path: string): RecordStore {
  return createSqliteStore(withoutDisk(connectSqlite(path)));
}

/** Nothing waits for the disk, whatever is asked for. */
export function withoutDisk({ reader, writer, url }: SqliteConnections): SqliteConnections {
  const hasty = <Database extends { exec(sql: string): unknown }>(database: Database): Database =>
    Object.assign(Object.create(database) as Database, {
      exec: (sql: string) => database.exec(sql.replace("synchronous = FULL", "synchronous = OFF")),
    });
  return { reader: hasty(reader), writer: hasty(writer), url };
}

export function temporaryFolder(): { path: string; remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), "skillgraph-"));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}
