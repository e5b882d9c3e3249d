import { randomUUID } from "node:crypto";
import { rmSync } from "node:fs";
import { lstat, mkdir, open, rename, rm, type FileHandle } from "node:fs/promises";
import { dirname, join } from "node:path";

type Content = string | Uint8Array | Iterable<string> | AsyncIterable<string>;

export interface OutputOptions {
  /** Of a file that is not there yet, under the umask; one that is there keeps its mode. */
  mode?: number;
}

/**
 * The only way to write a file for a user: all of it or nothing. It is written beside its place, brought to the disk and moved there; a
 * file that was there keeps its mode. What is there and is no file, such as a link, is refused: the folder may be reached by links, as
 * whoever named it chose it. Nothing stays beside the place where it fails or the process is ended by a signal that can be seen.
 */
export async function writeOutput(
  place: string,
  content: Content,
  { mode = 0o666 }: OutputOptions = {},
): Promise<void> {
  const before = await fileAt(place);
  await mkdir(dirname(place), { recursive: true });
  // A name that `readProgram` leaves out.
  const temporary = join(dirname(place), `.skillgraph-${randomUUID()}.tmp`);
  const forget = removeAtEnd(temporary);
  try {
    const handle = await open(temporary, "wx", before === undefined ? mode : before & 0o777);
    try {
      await writeAll(handle, content);
      if (before !== undefined) await handle.chmod(before);
      await handle.sync();
    } finally {
      await handle.close();
    }
    // Somebody may have put a link there meanwhile.
    await fileAt(place);
    await rename(temporary, place);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw error;
  } finally {
    forget();
  }
}

/** The mode of the file at a place; undefined where nothing is. */
async function fileAt(place: string): Promise<number | undefined> {
  const found = await lstat(place).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
  if (found === undefined || found.isFile()) return found === undefined ? undefined : found.mode & 0o7777;
  if (found.isSymbolicLink())
    throw new Error(`${place} is a symbolic link, which is not followed; remove it or give the path it points to`);
  throw new Error(`${place} is ${found.isDirectory() ? "a folder" : "not a regular file"}`);
}

async function writeAll(handle: FileHandle, content: Content): Promise<void> {
  if (typeof content === "string" || content instanceof Uint8Array) return handle.writeFile(content);
  for await (const piece of content) await handle.appendFile(piece);
}

/** What is being written just now. */
const unfinished = new Set<string>();
const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Has a file removed where the process ends. Gives what forgets it. */
function removeAtEnd(place: string): () => void {
  if (unfinished.size === 0) {
    process.on("exit", removeUnfinished);
    for (const signal of signals) process.on(signal, onSignal);
  }
  unfinished.add(place);
  return () => {
    unfinished.delete(place);
    if (unfinished.size > 0) return;
    process.off("exit", removeUnfinished);
    for (const signal of signals) process.off(signal, onSignal);
  };
}

function removeUnfinished(): void {
  for (const place of unfinished) rmSync(place, { force: true });
}

/** Where somebody else hears the signal, they decide how the process ends; else it ends as if nobody heard it. */
function onSignal(signal: NodeJS.Signals): void {
  if (process.listenerCount(signal) > 1) return;
  removeUnfinished();
  process.off(signal, onSignal);
  process.kill(process.pid, signal);
}
