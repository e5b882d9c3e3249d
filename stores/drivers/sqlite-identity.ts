import {
  closeSync,
  fstatSync,
  openSync,
  readdirSync,
  readSync,
  statSync,
  truncateSync,
  unlinkSync,
  writeSync,
  type BigIntStats,
} from "node:fs";
import { ReplacedError } from "../../state/errors.ts";

/** Holds the id of a store in its schema, and so in the first page of its file, where it can be read without SQLite. */
export const identityView = "store_identity";

/** A file by the numbers of its device and its inode: by a path alone, it may be another one by now. */
type FileId = string;

/** What the first page of the file itself says, whatever its log holds: the id and a number that only grows. */
interface FirstPage {
  hasId: boolean;
  number: number;
}

export interface SqliteIdentity {
  /**
   * Throws a ReplacedError, again and again, once the file of this path is not the one that was opened, or holds what another
   * store or an older copy of this one did. What SQLite would still write into it is then taken out of its way.
   */
  check(): void;
}

const pageSize = 4096;
/** Of the schema, which every checkpoint of ours makes larger by one. */
const numberAt = 40;
/** Of the log: two numbers that are new each time it begins again. */
const saltsAt = 16;
/** Both copies of the header of the log's index. Where they are empty, SQLite reads the log anew. */
const indexHeader = 96;

interface Needs {
  path: string;
  url: string;
  id: string;
  /** Writes what the log holds into the file that is open, wherever it is now. */
  checkpoint(): void;
}

export function createSqliteIdentity({ path, url, id, checkpoint }: Needs): SqliteIdentity {
  const [log, index] = [`${path}-wal`, `${path}-shm`];
  const opened = fileId(path);
  let logId = fileId(log);
  let salts = saltsOf(log);
  const readPage = createPageReader(opened, id);
  let seen = readPage();
  let error: ReplacedError | undefined;

  function find(): "removed" | "replaced" | "overwritten" | undefined {
    const now = fileId(path);
    if (now === undefined) return "removed";
    if (now !== opened) return "replaced";
    const page = readPage();
    if (seen !== undefined && page !== undefined) {
      if ((seen.hasId && !page.hasId) || page.number < seen.number) return "overwritten";
    }
    seen = page ?? seen;
    [logId, salts] = [fileId(log), saltsOf(log)];
    return undefined;
  }

  /** SQLite would write our log over the file that stands there now: when it closes, or when somebody opens that file. */
  function letGo(found: "removed" | "replaced" | "overwritten"): void {
    const isOurs = logId !== undefined && fileId(log) === logId && saltsOf(log) === salts;
    if (found === "overwritten") {
      if (isOurs) truncateSync(log, 0);
      forgetIndex(index);
      return;
    }
    // The file that was opened is whole, and nobody else's: it takes what is in the log.
    checkpoint();
    if (isOurs) for (const file of [log, index]) unlinkSync(file);
  }

  return {
    check() {
      if (error !== undefined) throw error;
      let found = find();
      if (found === undefined) return;
      // A page that is read while it is written may look like another one.
      found = find();
      if (found === undefined) return;
      error = replacedError(url, found);
      try {
        letGo(found);
      } catch {
        // A log that is gone, or that belongs to somebody else, is left alone. What counts is that nothing more is written.
      }
      throw error;
    },
  };
}

function replacedError(url: string, found: "removed" | "replaced" | "overwritten"): ReplacedError {
  const happened = {
    removed: "was removed",
    replaced: "was replaced by another file",
    overwritten: "was overwritten",
  };
  return new ReplacedError(
    `The store ${url} ${happened[found]} while this process was using it. The process stopped writing to it, and its last writes may be ` +
      "lost. Restore the store, or resume the run from the store that is there now.",
  );
}

function fileId(path: string): FileId | undefined {
  return idOf(statSync(path, { bigint: true, throwIfNoEntry: false }));
}

function idOf(found: BigIntStats | undefined): FileId | undefined {
  return found === undefined ? undefined : `${found.dev}:${found.ino}`;
}

/**
 * Reads the first page through the descriptor that SQLite has: opening the file once more and closing it again would take
 * away the locks of SQLite, which belong to the process. Undefined where a system shows no descriptors.
 */
function createPageReader(file: FileId | undefined, id: string): () => FirstPage | undefined {
  let descriptor: number | undefined;
  return () => {
    if (descriptor === undefined || idOfDescriptor(descriptor) !== file) descriptor = descriptorOf(file);
    if (descriptor === undefined) return undefined;
    const page = Buffer.alloc(pageSize);
    const length = readSync(descriptor, page, 0, pageSize, 0);
    return { hasId: page.includes(id), number: length > numberAt + 4 ? page.readUInt32BE(numberAt) : 0 };
  };
}

function descriptorOf(file: FileId | undefined): number | undefined {
  try {
    return readdirSync("/dev/fd")
      .map(Number)
      .find((descriptor) => idOfDescriptor(descriptor) === file);
  } catch {
    return undefined;
  }
}

function idOfDescriptor(descriptor: number): FileId | undefined {
  try {
    return idOf(fstatSync(descriptor, { bigint: true }));
  } catch {
    // Closed meanwhile.
    return undefined;
  }
}

/** What the log begins with. Nobody locks it, so it may be opened and closed. */
function saltsOf(log: string): string {
  try {
    const file = openSync(log, "r");
    try {
      const header = Buffer.alloc(saltsAt + 8);
      return header.subarray(0, readSync(file, header, 0, header.length, 0)).toString("hex", saltsAt);
    } finally {
      closeSync(file);
    }
  } catch {
    return "";
  }
}

function forgetIndex(index: string): void {
  const file = openSync(index, "r+");
  try {
    writeSync(file, Buffer.alloc(indexHeader), 0, indexHeader, 0);
  } finally {
    closeSync(file);
  }
}
