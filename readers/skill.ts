import { readdir, readFile as readBytes, realpath, stat } from "node:fs/promises";
import { basename, dirname, extname, join, resolve, sep } from "node:path";
import { createSkillFolder, decodeText, isSingleText, SKILL_FILE, type SkillFolder } from "../skills/folder.ts";
import { checkSkill } from "../skills/limits.ts";
import { nameFrom } from "../skills/name.ts";
import { foldedName } from "../skills/operations.ts";
import { isIgnoredName } from "../skills/paths.ts";
import { SkillError } from "../state/errors.ts";
import { createFolderReader, isTemporary, type FolderReader } from "./folder.ts";
import { refuseUnwritable, writeFiles, type Output } from "./write-files.ts";

/**
 * Reads a program, byte for byte, in order of name:
 * - a folder with SKILL.md, or the path of its SKILL.md: one skill, named after the folder;
 * - any other text file, or a folder that holds nothing else: one text, named after the file's stem;
 * - a folder whose direct subfolders hold SKILL.md: several skills; other subfolders and files are left out.
 *
 * Leaves out .git, node_modules and .DS_Store. Throws one `SkillError` naming file, rule and what to do for what cannot be read or
 * improved, links that leave a skill, names of skills that differ only in case or Unicode form, and a program of more than 2,000 files or 30 MB. It takes what hosts load; what keeps a skill
 * from being published is what `checkSkill` says.
 */
export async function readProgram(path: string): Promise<SkillFolder[]> {
  const place = resolve(path);
  const reader = createFolderReader();
  const skills = (await isFolder(place)) ? await readFolder(place, reader) : [await readFile(place, reader)];
  for (const skill of skills) refuseProblems(skill);
  return skills;
}

async function isFolder(place: string): Promise<boolean> {
  try {
    const found = await stat(place);
    if (found.isDirectory() || found.isFile()) return found.isDirectory();
  } catch (cause) {
    const message = `There is no skill at ${place}; give a folder with ${SKILL_FILE} or a text file.`;
    throw new SkillError(basename(place), "", message, { cause });
  }
  throw new SkillError(basename(place), "", `${place} is neither a file nor a folder; give the path of a skill.`);
}

async function readFile(place: string, reader: FolderReader): Promise<SkillFolder> {
  const file = basename(place);
  if (file === SKILL_FILE) return readSkill(dirname(place), reader);
  refuseMisspelt(place, file);
  const name = nameFrom(basename(file, extname(file)));
  const bytes = await reader.readFile(name, file, await realpath(place));
  const text = decodeText(bytes);
  if (text !== undefined && !text.includes("\0")) return createSkillFolder(name, { [file]: bytes });
  throw new SkillError(name, file, `${place} is not UTF-8 text; give a text file or a folder with ${SKILL_FILE}.`);
}

async function readFolder(place: string, reader: FolderReader): Promise<SkillFolder[]> {
  const entries = await readdir(place, { withFileTypes: true });
  const kept = entries.filter(({ name }) => !isIgnoredName(name) && !isTemporary(name));
  const names = kept.map(({ name }) => name).toSorted();
  if (names.includes(SKILL_FILE)) return [await readSkill(place, reader)];
  for (const name of names) refuseMisspelt(join(place, name), name);
  const skills: SkillFolder[] = [];
  for (const name of names) {
    if (!(await holdsSkill(join(place, name)))) continue;
    await refuseOutside(place, name);
    skills.push(await readSkill(join(place, name), reader));
  }
  refuseClash(skills);
  if (skills.length > 0) return skills;
  if (kept.length === 1 && kept[0]?.isFile()) return [await readFile(join(place, kept[0].name), reader)];
  const advice = `add a ${SKILL_FILE} to it or to its subfolders, or give the path of a text file`;
  throw new SkillError(basename(place), SKILL_FILE, `${place} contains no skill; ${advice}.`);
}

/** Edits take no such name either, and a system that ignores case would write one skill over the other. */
function refuseClash(skills: readonly SkillFolder[]): void {
  const known = new Map<string, string>();
  for (const { name } of skills) {
    const key = foldedName(name);
    const other = known.get(key);
    if (other !== undefined)
      throw new SkillError(name, "", `The skills ${other} and ${name} differ only in case or accents; rename one.`);
    known.set(key, name);
  }
}

async function refuseOutside(place: string, name: string): Promise<void> {
  const root = await realpath(place);
  if ((await realpath(join(place, name))).startsWith(root + sep)) return;
  const message = `${join(place, name)} links to a folder outside ${place}; give the path of that folder instead.`;
  throw new SkillError(name, "", message);
}

/** A skill in its place, or why it cannot be read. */
export type ReadSkill = { readonly place: string } & (
  | { readonly skills: SkillFolder[] }
  | { readonly name: string; readonly error: SkillError }
);

/**
 * Reads what `readProgram` does, each skill by itself: one that cannot be read does not prevent the others from being read. Throws a
 * `SkillError` only if there is no skill at the path, or if there are more than `most`.
 */
export async function readEach(path: string, { most = Infinity }: { most?: number } = {}): Promise<ReadSkill[]> {
  const place = resolve(path);
  if (await holdsSkill(place)) return [await readOne(place)];
  const entries = (await isFolder(place)) ? (await readdir(place)).filter((name) => !isIgnoredName(name)) : [];
  const read: ReadSkill[] = [];
  for (const name of entries.toSorted()) {
    if (!(await holdsSkill(join(place, name)))) continue;
    if (read.length === most)
      throw new SkillError(
        basename(place),
        "",
        `${place} has more than ${most} skills; give a folder of some of them.`,
      );
    read.push(await readOne(join(place, name), () => refuseOutside(place, name)));
  }
  return read.length > 0 ? read : [{ place, skills: await readProgram(place) }];
}

async function readOne(place: string, check?: () => Promise<void>): Promise<ReadSkill> {
  try {
    await check?.();
    return { place, skills: await readProgram(place) };
  } catch (error) {
    if (error instanceof SkillError) return { place, name: basename(place), error };
    throw error;
  }
}

function refuseMisspelt(place: string, name: string): void {
  if (name.toLowerCase() !== SKILL_FILE.toLowerCase()) return;
  throw new SkillError(basename(dirname(place)), name, `Rename ${place} to ${SKILL_FILE}; agents look for that name.`);
}

async function holdsSkill(place: string): Promise<boolean> {
  try {
    return (await readdir(place)).includes(SKILL_FILE);
  } catch {
    return false;
  }
}

async function readSkill(place: string, reader: FolderReader): Promise<SkillFolder> {
  const name = basename(place);
  return createSkillFolder(name, await reader.readFolder(name, place));
}

function refuseProblems(skill: SkillFolder): void {
  const errors = checkSkill(skill).filter(({ severity }) => severity === "error");
  const first = errors[0];
  if (first === undefined) return;
  const place = first.line === null ? first.file : `${first.file}, line ${first.line}`;
  const others = errors.slice(1).map(({ message }) => message);
  const message = [`${skill.name}/${place} breaks the rule ${first.rule}: ${first.message}`, ...others].join(" ");
  throw new SkillError(skill.name, first.file, message);
}

/**
 * Writes a program into a folder, which is made where it is missing: each skill as a folder of its name, a single text as its
 * file. Each file is replaced at once or not at all; other files stay. Files keep the mode they have; new ones are executable
 * when they start with `#!`. All paths are checked before the first file is written, and nothing is written through a link,
 * so nothing lands outside. Files of `former` programs that are no longer in it are deleted where they are unchanged. Gives the paths written, inside the folder.
 */
export async function writeProgram(
  skills: readonly SkillFolder[],
  folder: string,
  { former = [] }: { former?: ReadonlyArray<readonly SkillFolder[]> } = {},
): Promise<string[]> {
  const outputs = skills.flatMap(outputsOf);
  const kept = new Set(outputs.map(({ path }) => path));
  const gone = former.flatMap((program) => program.flatMap(outputsOf)).filter(({ path }) => !kept.has(path));
  const stale = await Promise.all(gone.map(async (output) => ((await isAt(folder, output)) ? [output] : [])));
  await writeFiles(folder, outputs, stale.flat());
  return outputs.map(({ path }) => path);
}

async function isAt(folder: string, { path, bytes }: Output): Promise<boolean> {
  const there = await readBytes(join(folder, path)).catch(() => undefined);
  return there !== undefined && Buffer.compare(there, bytes) === 0;
}

function outputsOf(skill: SkillFolder): Output[] {
  return Object.entries(skill.files).map(([file, bytes]) => {
    refuseUnwritable(skill.name, file);
    return { skill: skill.name, path: isSingleText(skill) ? file : `${skill.name}/${file}`, bytes };
  });
}
