import { StoreError } from "../../state/errors.ts";
import { isIntact } from "../checksum.ts";
import type { SqliteDatabase } from "./sqlite.ts";
import { isProblem } from "./sqlite-errors.ts";
import { textOf, type Bytes } from "./sqlite-text.ts";

/** A row of a table by what its index has of it, each column as text. */
interface Row {
  id: number;
  words: string[];
}

/** A table that is looked up by its index alone: out of order that misses what is there, without a word. */
interface Indexed {
  table: string;
  index: string;
  columns: readonly string[];
  /** Whether a checksum says that the row belongs under these words. */
  isProved(row: Row): boolean;
}

/**
 * Builds indexes anew that do not agree with their tables. Where the two differ, that counts which the checksum of a record proves; where
 * none does, or a table itself is damaged, the store is refused with a StoreError. Gives what users must know; undefined for a sound store,
 * which takes about a millisecond for each megabyte.
 */
export function repairIndexes(database: SqliteDatabase, url: string): string | undefined {
  const areFound = faultsIn(database, "records").length === 0;
  if (areFound && faultsIn(database, "spaces").length === 0) return undefined;
  const tables = tablesOf(database, areFound);
  database.exec("BEGIN IMMEDIATE");
  let isSound: boolean;
  try {
    isSound = tables.every((each) => rebuild(database, each));
  } catch (error) {
    database.exec("ROLLBACK");
    // Damage may have made two names of one.
    if (!isProblem(error, ["SQLITE_CONSTRAINT", 19])) throw error;
    throw refusal(url);
  }
  database.exec(isSound ? "COMMIT" : "ROLLBACK");
  if (!isSound) throw refusal(url);
  return `An index of the store ${url} was damaged and has been rebuilt from its intact data. Check the disk.`;
}

function refusal(url: string): StoreError {
  return new StoreError(
    `The store ${url} is damaged: its index does not match its contents. Restore it from a backup, or use another file.`,
  );
}

/** Spaces first: a record is proved by the name of its space. `areFound`: records can be looked up by their index. */
function tablesOf(database: SqliteDatabase, areFound: boolean): Indexed[] {
  const from = areFound ? "records" : "records NOT INDEXED";
  const recordsIn = `SELECT CAST(key AS BLOB) AS key, CAST(value AS BLOB) AS value FROM ${from} WHERE`;
  const isIn = (space: string, { key, value }: { key: Bytes; value: Bytes }) =>
    isIntact(space, textOf(key), textOf(value));
  return [
    {
      table: "spaces",
      index: "sqlite_autoindex_spaces_1",
      columns: ["name"],
      isProved({ id, words: [name = ""] }) {
        const records = database.prepare(`${recordsIn} space = ?`).all(id);
        return (records as Array<{ key: Bytes; value: Bytes }>).some((record) => isIn(name, record));
      },
    },
    {
      table: "records",
      index: "sqlite_autoindex_records_1",
      columns: ["space", "key"],
      isProved({ id, words: [space, key = ""] }) {
        const named = database.prepare("SELECT CAST(name AS BLOB) AS name FROM spaces NOT INDEXED WHERE id = ?");
        const found = named.get(Number(space)) as { name: Bytes } | undefined;
        const record = database.prepare(`${recordsIn} rowid = ?`).get(id) as { value: Bytes };
        return found !== undefined && isIn(textOf(found.name), { key: Buffer.from(key), value: record.value });
      },
    },
  ];
}

function faultsIn(database: SqliteDatabase, table: string): string[] {
  const check = `SELECT CAST(integrity_check AS BLOB) AS fault FROM pragma_integrity_check('${table}') WHERE integrity_check <> 'ok'`;
  return (database.prepare(check).all() as Array<{ fault: Bytes }>).map(({ fault }) => textOf(fault));
}

/** Whether the table and its index are sound now. */
function rebuild(database: SqliteDatabase, indexed: Indexed): boolean {
  const { table, index, columns } = indexed;
  // Another process may have been quicker.
  const faults = faultsIn(database, table);
  if (faults.length === 0) return true;
  const { root } = database.prepare("SELECT rootpage AS root FROM sqlite_master WHERE name = ?").get(index) as {
    root: number;
  };
  const isOfIndex = (fault: string) => fault.endsWith(` index ${index}`) || fault.startsWith(`Tree ${root} `);
  const proved = faults.every(isOfIndex) ? provedRows(database, indexed) : undefined;
  if (proved === undefined) return false;
  database.exec(`REINDEX ${index}`);
  const places = columns.map((column) => `${column} = ?`).join(", ");
  const update = database.prepare(`UPDATE ${table} SET ${places} WHERE rowid = ? RETURNING rowid`);
  for (const { id, words } of proved) update.get(...words, id);
  return faultsIn(database, table).length === 0;
}

/** The rows that table and index have differently, as they must be; undefined where one of them is proved by nothing. */
function provedRows(database: SqliteDatabase, indexed: Indexed): Row[] | undefined {
  const { table, index, isProved } = indexed;
  const [inTable, inIndex] = [`FROM ${table} NOT INDEXED`, `FROM ${table} INDEXED BY ${index}`];
  const onlyIn = (here: string, there: string) => rowsOnlyIn(database, indexed, [here, there]);
  let entries: Row[] = [];
  let rows: Row[];
  try {
    [rows, entries] = [onlyIn(inTable, inIndex), onlyIn(inIndex, inTable)];
  } catch {
    // The index cannot even be gone through.
    rows = onlyIn(inTable, `FROM ${table} WHERE 0`);
  }
  const isSame = (one: Row, other: Row) => one.id === other.id || one.words.join("\0") === other.words.join("\0");
  // What only the index has was a row, which is lost.
  if (entries.some((entry) => !rows.some((row) => isSame(row, entry)))) return undefined;
  const proved = rows.map((row) => [row, ...entries.filter(({ id }) => id === row.id)].find(isProved));
  return proved.includes(undefined) ? undefined : (proved as Row[]);
}

function rowsOnlyIn(database: SqliteDatabase, { columns }: Indexed, [here, there]: readonly [string, string]): Row[] {
  const names = columns.join(", ");
  const words = columns.map((column) => `CAST(${column} AS BLOB) AS ${column}`).join(", ");
  const found = database
    .prepare(`SELECT id, ${words} FROM (SELECT rowid AS id, ${names} ${here} EXCEPT SELECT rowid, ${names} ${there})`)
    .all() as Array<Record<string, Bytes> & { id: number }>;
  return found.map((row) => ({ id: row.id, words: columns.map((column) => textOf(row[column] as Bytes)) }));
}
