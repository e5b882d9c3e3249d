import { StoreError } from "../../state/errors.ts";

/** A result code of SQLite, with its name: better-sqlite3 gives names of extended codes, libsql their numbers. */
type Problem = readonly [name: string, code: number];

export const busy: Problem = ["SQLITE_BUSY", 5];

const advice: Array<[problem: Problem, text: string]> = [
  [busy, "another process kept it locked for ten seconds. Wait for that process, or stop it."],
  [["SQLITE_CORRUPT", 11], "it is damaged. Restore it from a backup, or use another file."],
  [["SQLITE_NOTADB", 26], "it is not a SQLite database. Use another file, or move this one away."],
];

/** What the host does to a store, and a run of it waits for. */
const hostAdvice: typeof advice = [
  [["SQLITE_NOMEM", 7], "out of memory. Free some memory and resume; acknowledged writes are kept."],
  [["SQLITE_READONLY", 8], "it is read-only. Make the file and its folder writable, or use another file."],
  [["SQLITE_IOERR", 10], "its disk failed. Check the disk and resume; acknowledged writes are kept."],
  [["SQLITE_FULL", 13], "the disk is full. Free some space and resume; acknowledged writes are kept."],
  [
    ["SQLITE_CANTOPEN", 14],
    "it cannot be opened. Check that its folder exists and is writable, and that not too many files are open (ulimit -n).",
  ],
];

export function isProblem(error: unknown, [name, code]: Problem): boolean {
  const found = error as { code?: string; rawCode?: number };
  // The low byte of an extended code is the plain one.
  return found.code?.startsWith(name) === true || (found.rawCode !== undefined && (found.rawCode & 0xff) === code);
}

/** One StoreError for whatever SQLite reports, with what to do. */
export function explainSqlite(error: unknown, url: string): StoreError {
  if (error instanceof StoreError) return error;
  const find = (list: typeof advice) => list.find(([problem]) => isProblem(error, problem))?.[1];
  const fault = find(hostAdvice);
  const text = fault ?? find(advice) ?? `SQLite error: ${(error as Error).message}.`;
  const isHostFault = fault !== undefined;
  return new StoreError(`The store ${url} cannot be used: ${text}`, { cause: error, isHostFault });
}
