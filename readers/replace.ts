import { readdir, realpath, stat } from "node:fs/promises";
import { basename, dirname, extname, join, resolve } from "node:path";
import { createSkillFolder, isSingleText, SKILL_FILE, type SkillFolder } from "../skills/folder.ts";
import { SkillError } from "../state/errors.ts";
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

/** Looks at where a program is to go: its folder or file as `readProgram` takes it, or a path that is free. */
export async function standingAt(path: string, program: readonly SkillFolder[]): Promise<Standing> {
  const place = resolve(path);
  const found = await stat(place).catch(() => undefined);
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
  if (isFolder && !program.some(isSingleText) && !now.some(isSingleText))
    return { now, isThere, root: place, pathOf: (skill, file) => `${skill}/${file}` };
  const names = program.map(({ name }) => name).join(", ");
  throw new SkillError(
    names,
    "",
    `${place} holds ${now[0]?.name ?? "another skill"}, not ${names}. Give the path of that skill.`,
  );
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
  await writeFiles(
    root,
    outputs,
    gone.map(({ skill, file }) => ({ skill, path: pathOf(skill, file) })),
  );
}
