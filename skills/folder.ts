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

/** The text of SKILL.md, or of another file of the folder; undefined where the folder has no such file. */
export function textOf(skill: SkillFolder, file: string = SKILL_FILE): string | undefined {
  const bytes = skill.files[file];
  return bytes === undefined ? undefined : new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
}

/** The hash of a program made of these skills. */
export function programHash(skills: readonly SkillFolder[]): Hash {
  return hashJson({ skills: Object.fromEntries(skills.map((skill) => [skill.name, skill.hash])) });
}
