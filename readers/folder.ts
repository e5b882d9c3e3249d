import { lstat, open, readdir, realpath } from "node:fs/promises";
import { join, sep } from "node:path";
import { clashIn, isIgnoredName, pathProblem } from "../skills/paths.ts";
import { quote } from "../skills/shorten.ts";
import { SkillError } from "../state/errors.ts";

const maxFiles = 2_000;
const maxBytes = 30 * 2 ** 20;

/** Reads folders into memory. What it has read counts towards one limit of 2,000 files and 30 MB (MiB). */
export interface FolderReader {
  /** All files below a folder: paths with forward slashes to bytes. */
  readFolder(skill: string, folder: string): Promise<Record<string, Uint8Array>>;
  /** The bytes of a file. `file` names it in errors. */
  readFile(skill: string, file: string, place: string): Promise<Uint8Array>;
}

/** Names that `writeProgram` uses while a file is not whole yet. */
export function isTemporary(name: string): boolean {
  return name.startsWith(".skillgraph-") && name.endsWith(".tmp");
}

interface Visit {
  readonly skill: string;
  /** Real path of the skill's folder; nothing outside is read. */
  readonly root: string;
  /** Path inside the skill, empty for the root. */
  readonly path: string;
  /** Real paths of the folder and those above it, so that links in circles end. */
  readonly chain: readonly string[];
  readonly files: Map<string, Uint8Array>;
}

export function createFolderReader(): FolderReader {
  let fileCount = 0;
  let folderCount = 0;
  let byteCount = 0;

  async function readFile(skill: string, file: string, place: string): Promise<Uint8Array> {
    fileCount += 1;
    if (fileCount > maxFiles) throw new SkillError(skill, file, `More than ${maxFiles} files; ${narrower}.`);
    const handle = await open(place, "r").catch((cause: unknown) => {
      throw unreadable(skill, file, cause);
    });
    try {
      const { size } = await handle.stat();
      byteCount += size;
      if (byteCount > maxBytes) throw new SkillError(skill, file, `More than 30 MB of files; ${narrower}.`);
      return Uint8Array.from(await handle.readFile());
    } finally {
      await handle.close();
    }
  }

  async function walk(visit: Visit): Promise<void> {
    folderCount += 1;
    if (folderCount > maxFiles) {
      throw new SkillError(visit.skill, visit.path, `More than ${maxFiles} folders; ${narrower}.`);
    }
    const folder = visit.chain.at(-1) ?? visit.root;
    const names = (await readdir(folder)).filter((name) => !isIgnoredName(name) && !isTemporary(name));
    for (const name of names.toSorted()) await enter(visit, join(folder, name), name);
  }

  async function enter(visit: Visit, place: string, name: string): Promise<void> {
    const { skill, root, chain, files } = visit;
    const path = visit.path === "" ? name : `${visit.path}/${name}`;
    const problem = pathProblem(path);
    if (problem !== undefined)
      throw new SkillError(skill, path, `The file name ${quote(path)} cannot be used: ${problem}.`);
    const real = await follow(skill, path, place);
    if (!real.startsWith(root + sep))
      throw new SkillError(skill, path, `${path} links to a file outside the skill; replace the link with a copy.`);
    const found = await lstat(real);
    if (found.isFile()) files.set(path, await readFile(skill, path, real));
    else if (!found.isDirectory())
      throw new SkillError(skill, path, `${path} is neither a file nor a folder; remove it.`);
    else if (chain.includes(real))
      throw new SkillError(skill, path, `${path} links back to its own folder; remove the link.`);
    else await walk({ ...visit, path, chain: [...chain, real] });
  }

  async function readFolder(skill: string, folder: string): Promise<Record<string, Uint8Array>> {
    const root = await realpath(folder);
    const files = new Map<string, Uint8Array>();
    await walk({ skill, root, path: "", chain: [root], files });
    const clash = clashIn(files.keys());
    if (clash === undefined) return Object.fromEntries(files);
    const [one, other] = clash.map((path) => quote(path));
    throw new SkillError(skill, clash[1], `${one} and ${other} differ only in case or accents; rename one.`);
  }

  return { readFolder, readFile };
}

const narrower = "use a smaller folder, or move files that are not part of the skill out of it";

async function follow(skill: string, path: string, place: string): Promise<string> {
  try {
    return await realpath(place);
  } catch (cause) {
    throw unreadable(skill, path, cause);
  }
}

function unreadable(skill: string, path: string, cause: unknown): SkillError {
  return new SkillError(skill, path, `${path} cannot be read: ${String(cause)}.`, { cause });
}
