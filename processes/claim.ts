import { randomUUID } from "node:crypto";
import { chmod, lstat, mkdir, readdir, readlink, realpath, rm, symlink, unlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { askHost, hostErrorOf } from "../state/host-fault.ts";
import { currentOwner, judgeOwner, Owner } from "../stores/lease/owner.ts";
import { killMarked, newMark, noMark, type Mark } from "./mark.ts";

/**
 * What this process has begun and must end: processes with a mark, and a folder, which whoever wants one makes. A note beside it
 * in the temporary folder says whose it is: it is there before the first of them and goes after the last, so that whatever a kill
 * leaves is known to the next process that makes a claim, which then clears it.
 */
export interface Claim {
  readonly mark: Mark;
  /** The path of the folder; nothing is there yet. */
  readonly folder: string;
  /** Kills every process with the mark. */
  stop(): void;
  /** Throws a HostError where there is no room on its disk: what a command did there then says nothing. */
  refuseFullDisk(): Promise<void>;
  /** Kills them, then removes the folder and the note. What cannot be removed now is tried again later. */
  release(): Promise<void>;
}

const prefix = "skillgraph-rollout-";
const ending = ".owner";
const Note = z.strictObject({ owner: Owner, mark: z.int() });

/** No command may run longer than a day: what is older than two is nobody's, even where its owner cannot be seen from here. */
const longest = 2 * 86_400_000;

/** Bytes that must fit on the disk after a command. */
const room = 4096;

let self: Owner | undefined;
let swept: Promise<void> | undefined;

/** Claims under way, for the end of this process. */
const underWay = new Set<Claim>();

/** Folders that could not be removed, with their marks: tried again before the next claim, and by the next process. */
const left = new Map<string, Mark>();

export async function openClaim(): Promise<Claim> {
  await sweepOnce();
  for (const [folder, mark] of left) await clear(folder, mark);
  const place = tmpdir();
  const mark = newMark();
  return askHost({ doing: "create a folder for a rollout", place, isOwn: true }, async () => {
    const folder = join(await realpath(place), `${prefix}${randomUUID().slice(0, 13)}`);
    const note = Note.parse({ owner: (self ??= currentOwner()), mark });
    // A link is there with all of its text or not at all.
    await symlink(JSON.stringify(note), folder + ending);
    return claimOf(folder, mark);
  });
}

function claimOf(folder: string, mark: Mark): Claim {
  if (underWay.size === 0) process.once("exit", stopAll);
  let isStopped = false;
  const claim: Claim = {
    mark,
    folder,
    stop() {
      killMarked(mark);
      isStopped = true;
    },
    refuseFullDisk: () => refuseFullDisk(folder),
    async release() {
      underWay.delete(claim);
      if (underWay.size === 0) process.off("exit", stopAll);
      await clear(folder, isStopped ? noMark : mark);
    },
  };
  underWay.add(claim);
  return claim;
}

async function refuseFullDisk(folder: string): Promise<void> {
  const file = join(folder, "room");
  try {
    await mkdir(folder, { recursive: true });
    await writeFile(file, new Uint8Array(room));
    await unlink(file);
  } catch (error) {
    // Anything else is the command's doing: it may remove its own folder.
    const doing = "write to the disk that a command has used";
    const fault = hostErrorOf(error, { doing, place: folder, hasBegun: true });
    if (fault !== undefined) throw fault;
  }
}

function stopAll(): void {
  for (const claim of underWay) claim.stop();
}

/** Clears once a process what others left. Where the temporary folder cannot be read, that is tried again the next time. */
export function sweepOnce(): Promise<void> {
  swept ??= sweep().catch((error: unknown) => {
    swept = undefined;
    throw error;
  });
  return swept;
}

async function sweep(): Promise<void> {
  const place = tmpdir();
  const names = await askHost({ doing: "read the temporary folder", place, isOwn: true }, () => readdir(place));
  for (const name of names) {
    if (name.startsWith(prefix) && name.endsWith(ending)) await sweepNote(join(place, name));
  }
}

/** Clears what a note of this user names, where its owner is known to be dead; live ones, and those one cannot see, are left alone. */
async function sweepNote(path: string): Promise<void> {
  const found = await lstat(path).catch(() => undefined);
  if (found?.isSymbolicLink() !== true || found.uid !== process.getuid?.()) return;
  const note = Note.safeParse(parseJson(await readlink(path).catch(() => "")));
  if (!note.success) return;
  const verdict = judgeOwner(note.data.owner, (self ??= currentOwner()));
  const isOld = Date.now() - found.ctimeMs > longest;
  if (verdict === "dead" || (verdict === "unknown" && isOld))
    await clear(path.slice(0, -ending.length), note.data.mark);
}

/** Processes first, the folder next, the note last: what fails leaves the note, and so is tried again. */
async function clear(folder: string, mark: Mark): Promise<void> {
  try {
    killMarked(mark);
    await removeFolder(folder);
    await rm(folder + ending, { force: true });
    left.delete(folder);
  } catch {
    // An answer is not lost for it.
    left.set(folder, mark);
  }
}

async function removeFolder(folder: string): Promise<void> {
  const remove = () => rm(folder, { recursive: true, force: true, maxRetries: 3 });
  await remove().catch(async () => {
    // Caches of packages are often read-only.
    await openUp(folder);
    await remove();
  });
}

/** Makes every folder below one that can be written, links not followed. */
async function openUp(folder: string): Promise<void> {
  await chmod(folder, 0o700);
  for (const entry of await readdir(folder, { withFileTypes: true }))
    if (entry.isDirectory()) await openUp(join(folder, entry.name));
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
