import { SkillError } from "../state/errors.ts";
import { hashJson, sha256, type Hash } from "../state/json.ts";
import type { Folder } from "../state/program.ts";

/** A skill in memory: its name and the bytes of each file by path. `hash` is the hash of the stored `Folder`. */
export interface SkillFolder {
  readonly name: string;
  readonly hash: Hash;
  readonly files: Readonly<Record<string, Uint8Array>>;
}

export const SKILL_FILE = "SKILL.md";

/** The stored form of a folder: paths to hashes of bytes. */
export function folderOf(files: Readonly<Record<string, Uint8Array>>): Folder {
  return { files: Object.fromEntries(Object.entries(files).map(([path, bytes]) => [path, sha256(bytes)])) };
}

export function createSkillFolder(name: string, files: Readonly<Record<string, Uint8Array>>): SkillFolder {
  return { name, files, hash: hashJson(folderOf(files)) };
}

/** Whether the skill is one text such as AGENTS.md or prompt.txt: a single file that is not SKILL.md. */
export function isSingleText(skill: SkillFolder): boolean {
  const paths = Object.keys(skill.files);
  return paths.length === 1 && paths[0] !== SKILL_FILE;
}

/** The file an agent reads first: SKILL.md, or the only file of a program that is one text. */
export function mainFile(skill: SkillFolder): string {
  const file = findMainFile(skill);
  if (file !== undefined) return file;
  throw new SkillError(skill.name, SKILL_FILE, `Skill "${skill.name}" has no ${SKILL_FILE}; add one to its folder.`);
}

/** The bytes of a file; undefined where the folder has no such file. */
export function bytesOf(skill: SkillFolder, file: string): Uint8Array | undefined {
  return Object.hasOwn(skill.files, file) ? skill.files[file] : undefined;
}

/** The text of the main file, or of another file of the folder; undefined where the folder has no such file. */
export function textOf(skill: SkillFolder, file?: string): string | undefined {
  const path = file ?? findMainFile(skill);
  const bytes = path === undefined ? undefined : bytesOf(skill, path);
  return bytes === undefined ? undefined : new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
}

/** The text of bytes that are valid UTF-8, a byte order mark kept; undefined for anything else. */
export function decodeText(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** Whether a file is to be executable: it begins with #!. */
export function isScript(bytes: Uint8Array): boolean {
  return bytes[0] === 0x23 && bytes[1] === 0x21;
}

/** The hash of a program made of these skills. */
export function programHash(skills: readonly SkillFolder[]): Hash {
  return hashJson({ skills: Object.fromEntries(skills.map((skill) => [skill.name, skill.hash])) });
}

function findMainFile(skill: SkillFolder): string | undefined {
  if (Object.hasOwn(skill.files, SKILL_FILE)) return SKILL_FILE;
  return isSingleText(skill) ? Object.keys(skill.files)[0] : undefined;
}
