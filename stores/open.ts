import { existsSync, mkdirSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { bare } from "../state/bare.ts";
import { StoreError } from "../state/errors.ts";
import { createMemoryStore } from "./drivers/memory.ts";
import type { RecordStore } from "./record-store.ts";
import { isRedisUrl, withoutLogin } from "./drivers/redis-url.ts";
import { createSqliteStore, type SqliteConnections, type SqliteDatabase } from "./drivers/sqlite.ts";
import type { SqliteWriterDatabase } from "./drivers/sqlite-writer.ts";

/**
 * Opens the store at a URL: `memory:`, `file:PATH` for a SQLite file, or `redis://HOST` (`rediss://` for TLS). It is made
 * where it does not exist, unless `create` is false. Throws a StoreError for a store that cannot be opened; what the
 * settings of a server put at risk is in the store's `warnings`.
 */
export async function openStore(given: string, { create = true }: { create?: boolean } = {}): Promise<RecordStore> {
  const url = bare(given);
  if (url === "memory:") return createMemoryStore();
  if (isRedisUrl(url)) return (await import("./drivers/redis-open.ts")).openRedisStore(url, { create });
  if (!url.startsWith("file:")) {
    const hint = /^[a-z]+:/.test(url) ? "" : ` For a file, write file:${url || "PATH"}.`;
    // Nobody knows where a password may stand in what is no URL of ours.
    const shown = withoutLogin(url);
    throw new StoreError(`"${shown}" is not a store URL. Expected memory:, file:PATH or redis://HOST:PORT.${hint}`);
  }
  const path = pathOf(url);
  if (!create && !existsSync(path)) {
    throw new StoreError(`There is no store at ${url}. Check the path, or start a run there first.`);
  }
  prepareFolder(path, url);
  return createSqliteStore(await connectTo(path, url));
}

function pathOf(url: string): string {
  try {
    const path = url.startsWith("file://") ? fileURLToPath(url) : url.slice("file:".length);
    if (path !== "") return resolve(path);
  } catch {
    // A URL of another host, or a malformed one.
  }
  throw new StoreError(`The store "${url}" is not a local file. Write file:PATH, such as file:runs.db.`);
}

function prepareFolder(path: string, url: string): void {
  try {
    mkdirSync(dirname(path), { recursive: true });
  } catch (error) {
    throw new StoreError(
      `The folder ${dirname(path)} of the store ${url} cannot be created: ${(error as Error).message}. Make it writable, or use another path.`,
      { cause: error },
    );
  }
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() === true) {
    throw new StoreError(
      `The store ${url} is a folder. Name a file, such as ${url.replace(/(?<!\/)\/+$/, "")}/runs.db.`,
    );
  }
}

async function connectTo(path: string, url: string): Promise<SqliteConnections> {
  const [{ default: Database }, { default: AsyncDatabase }] = await Promise.all([
    import("libsql"),
    import("libsql/promise"),
  ]).catch((error: unknown) => {
    throw new StoreError(
      "The SQLite driver libsql cannot be loaded on this machine. Install again without --omit=optional, or pass better-sqlite3 databases to createSqliteStore.",
      { cause: error },
    );
  });
  try {
    const reader = new Database(path) as unknown as SqliteDatabase;
    const writer = new AsyncDatabase(path, {}) as unknown as SqliteWriterDatabase;
    return { reader, writer, url };
  } catch (error) {
    throw new StoreError(
      `The store ${url} cannot be opened: ${(error as Error).message}. Check that ${path} is a file and its folder is writable.`,
      { cause: error },
    );
  }
}
