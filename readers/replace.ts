import { readdir, realpath, stat } from "node:fs/promises";
import { basename, dirname, extname, join, resolve } from "node:path";
import { createSkillFolder, isSingleText, SKILL_FILE, type SkillFolder } from "../skills/folder.ts";
import { SkillError } from "../state/errors.ts";
import { createFolderReader } from "./folder.ts";
import { readProgram } from "./skill.ts";
import { refuseUnwritable, writeFiles, type Output } from "./write-files.ts";

/** What lies where a program is to go. */
export interface Standing {
  /** The program there, under the names of the one to go there; empty where there is nothing. */
  now: SkillFolder[];
  isThere: boolean;
  /** Files are written below this folder. */
  root: string;
  /** Where a file of a skill goes, below the root. */
  pathOf(skill: string, file: string): string;
}

/** Where a program comes from that is to go somewhere. */
export interface Beginning {
  /** The names of the skills that it began with. */
  names: readonly string[];
  /** Whether they were read from there. */
  isOrigin: boolean;
}

/**
 * Looks at where a program is to go: its folder or file as `readProgram` takes it, or a path that is free. A program that began as the skill of
 * one folder and is no longer that skill alone goes beside that folder: each of its skills into a folder of its name there.
 */
export async function standingAt(
  path: string,
  program: readonly SkillFolder[],
  beginning: Beginning = { names: [], isOrigin: false },
): Promise<Standing> {
  const place = resolve(path);
  const found = await stat(place).catch(() => undefined);
  const beside = await besideOf(place, program, beginning);
  if (beside !== undefined) return beside;
  const now = found === undefined ? [] : alike(await readProgram(place), program);
  const isThere = found !== undefined;
  const [first] = program;
  if (first === undefined || program.length > 1 || (now.length > 0 && now[0]?.name !== first.name))
    return manyAt(place, { now, isThere, program });
  if (isSingleText(first)) {
    const file = await realFile(place, { isThere, name: Object.keys(first.files)[0] as string });
    return { now, isThere, root: dirname(file), pathOf: () => basename(file) };
  }
  const isGathered = found?.isDirectory() === true && !(await readdir(place)).includes(SKILL_FILE);
  if (isGathered) return manyAt(place, { now, isThere, program });
  const folder = basename(place) === SKILL_FILE ? dirname(place) : place;
  if (!isThere && basename(folder) !== first.name) {
    throw new SkillError(
      first.name,
      "",
      `The skill cannot be written to ${place}: the folder must be named "${first.name}".`,
    );
  }
  return { now, isThere, root: isThere ? await realpath(folder) : folder, pathOf: (_, file) => file };
}

/** A folder of skills: each in a folder of its name. */
async function manyAt(
  place: string,
  { now, isThere, program }: Pick<Standing, "now" | "isThere"> & { program: readonly SkillFolder[] },
): Promise<Standing> {
  const isFolder = !isThere || ((await stat(place)).isDirectory() && !(await readdir(place)).includes(SKILL_FILE));
  if (isFolder && !program.some(isSingleText) && !now.some(isSingleText)) {
    const others = program.map(({ name }) => name).filter((name) => !now.some((skill) => skill.name === name));
    const there = [...now, ...(await foldersIn(place, others))];
    return { now: there, isThere, root: place, pathOf: (skill, file) => `${skill}/${file}` };
  }
  const names = program.map(({ name }) => name).join(", ");
  throw new SkillError(
    names,
    "",
    `${place} holds ${now[0]?.name ?? "another skill"}, not ${names}. Give the path of that skill.`,
  );
}

/** What lies beside the folder that a program of one skill was read from; undefined where the program goes elsewhere. */
async function besideOf(
  place: string,
  program: readonly SkillFolder[],
  { names, isOrigin }: Beginning,
): Promise<Standing | undefined> {
  const folder = basename(place) === SKILL_FILE ? dirname(place) : place;
  const [began, ...more] = names;
  if (began !== basename(folder) || more.length > 0 || program.some(isSingleText)) return undefined;
  if (program.length === 1 && program[0]?.name === began) return undefined;
  const isSkill = (await stat(join(folder, SKILL_FILE)).catch(() => undefined)) !== undefined;
  if (!isSkill && !isOrigin) return undefined;
  const now = await foldersIn(dirname(folder), [...new Set([began, ...program.map(({ name }) => name)])]);
  const isThere = now.length > 0;
  return { now, isThere, root: dirname(folder), pathOf: (skill, file) => `${skill}/${file}` };
}

/** The folders of these names, whatever they hold. */
async function foldersIn(root: string, names: readonly string[]): Promise<SkillFolder[]> {
  const reader = createFolderReader();
  const there: SkillFolder[] = [];
  for (const name of names.toSorted()) {
    const found = await stat(join(root, name)).catch(() => undefined);
    if (found?.isDirectory() !== true) continue;
    there.push(createSkillFolder(name, await reader.readFolder(name, join(root, name))));
  }
  return there;
}

/** One text stands for another, whatever the file is called. */
function alike(now: readonly SkillFolder[], program: readonly SkillFolder[]): SkillFolder[] {
  const [one, other] = [now[0], program[0]];
  const areTexts = [now, program].every(
    ([skill, ...more]) => skill !== undefined && more.length === 0 && isSingleText(skill),
  );
  if (!areTexts || one === undefined || other === undefined) return [...now];
  const bytes = Object.values(one.files)[0] as Uint8Array;
  return [createSkillFolder(other.name, { [Object.keys(other.files)[0] as string]: bytes })];
}

/** The file of a text, links followed; the only one of a folder; or a new one, which has an ending. */
async function realFile(place: string, { isThere, name }: { isThere: boolean; name: string }): Promise<string> {
  if (!isThere) return extname(place) === "" ? join(place, name) : place;
  const found = await realpath(place);
  if ((await stat(found)).isFile()) return found;
  const file = (await readdir(found)).find((entry) => !entry.startsWith("."));
  return realpath(join(found, file ?? name));
}

/** Which files of a skill are to be written and which deleted. */
export interface Replacement {
  write: ReadonlyArray<{ skill: string; file: string; bytes: Uint8Array }>;
  delete: ReadonlyArray<{ skill: string; file: string }>;
}

/** Files that are meant by neither stay as they are. A kill leaves each file as it was or as it is to be. */
export async function replaceFiles({ root, pathOf }: Standing, { write, delete: gone }: Replacement): Promise<void> {
  for (const { skill, file } of [...write, ...gone]) refuseUnwritable(skill, file);
  const outputs = write.map(({ skill, file, bytes }): Output => ({ skill, path: pathOf(skill, file), bytes }));
  // The main file last: without it, what is left of a skill is not found again.
  const inOrder = gone.toSorted((a, b) => Number(a.file === SKILL_FILE) - Number(b.file === SKILL_FILE));
  await writeFiles(
    root,
    outputs,
    inOrder.map(({ skill, file }) => ({ skill, path: pathOf(skill, file) })),
  );
}
