import { lstat, mkdir, realpath, rm, rmdir } from "node:fs/promises";
import { join } from "node:path";
import { isScript } from "../skills/folder.ts";
import { clashIn, isIgnoredName, pathProblem } from "../skills/paths.ts";
import { quote } from "../skills/shorten.ts";
import { SkillError } from "../state/errors.ts";
import { askHost } from "../state/host-fault.ts";
import { SkillName } from "../state/program.ts";
import { writeOutput } from "./output.ts";

/** A file to write: its path inside the target folder. */
export interface Output {
  readonly skill: string;
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** Refuses a name that no folder of a skill can have, and a file that is no part of one. */
export function refuseUnwritable(skill: string, file: string): void {
  if (!SkillName.safeParse(skill).success) {
    throw new SkillError(skill, "", `${quote(skill)} is not a valid folder name.`);
  }
  const ignored = file.split("/").find(isIgnoredName);
  const problem = pathProblem(file) ?? (ignored === undefined ? undefined : `${ignored} is not part of a skill`);
  if (problem !== undefined) throw new SkillError(skill, file, `${quote(file)} cannot be written: ${problem}.`);
}

/**
 * Writes files below a folder, which is made where it is missing, and then deletes others there, with the folders that are empty
 * then. All paths are checked before the first is touched. Each file is replaced at once or not at all, and keeps its mode.
 */
export async function writeFiles(
  folder: string,
  outputs: readonly Output[],
  deleted: ReadonlyArray<Omit<Output, "bytes">> = [],
): Promise<void> {
  refuseTwice(outputs);
  await askHost({ doing: "write the files of a skill", place: folder }, async () => {
    await mkdir(folder, { recursive: true });
    const root = await realpath(folder);
    for (const output of [...outputs, ...deleted]) await refuseLinks(root, output);
    for (const output of outputs) await write(root, output);
    for (const output of deleted) await deleteFile(root, output);
  });
}

/** Refuses two files at one path, also on systems that ignore case, and a file where another needs a folder. */
function refuseTwice(outputs: readonly Output[]): void {
  const paths = new Set(outputs.map(({ path }) => path));
  const folders = new Set(outputs.flatMap(({ path }) => parentsOf(path)));
  const clash = clashIn(outputs.map(({ path }) => path));
  const isTwice = ({ path }: Output) => !paths.delete(path) || folders.has(path) || path === clash?.[1];
  const twice = outputs.find(isTwice);
  if (twice === undefined) return;
  throw new SkillError(
    twice.skill,
    twice.path,
    `Two files of the program have the path ${quote(twice.path)}; rename one.`,
  );
}

function parentsOf(path: string): string[] {
  const segments = path.split("/");
  return segments.slice(1).map((_, index) => segments.slice(0, index + 1).join("/"));
}

/** Every folder on the way must be a real one: a link there could lead out of the target. */
async function refuseLinks(root: string, { skill, path }: Omit<Output, "bytes">): Promise<void> {
  const segments = path.split("/");
  for (let depth = 1; depth <= segments.length; depth += 1) {
    const place = join(root, ...segments.slice(0, depth));
    const found = await lstat(place).catch(() => undefined);
    if (found === undefined) return;
    const fits = depth === segments.length ? found.isFile() : found.isDirectory();
    const why = found.isSymbolicLink() ? " (a symbolic link, which is not followed)" : "";
    if (!fits) throw new SkillError(skill, path, `${place} blocks the path ${quote(path)}${why}; remove it.`);
  }
}

async function write(root: string, { skill, path, bytes }: Output): Promise<void> {
  const place = join(root, path);
  try {
    await writeOutput(place, bytes, isScript(bytes) ? { mode: 0o777 } : {});
  } catch (cause) {
    throw new SkillError(skill, path, `${place} cannot be written: ${(cause as Error).message}.`, { cause });
  }
}

async function deleteFile(root: string, { path }: Omit<Output, "bytes">): Promise<void> {
  await rm(join(root, path), { force: true });
  // Folders that still hold something stay, and so do those above.
  for (const parent of parentsOf(path).toReversed()) {
    if (
      !(await rmdir(join(root, parent)).then(
        () => true,
        () => false,
      ))
    )
      return;
  }
}
