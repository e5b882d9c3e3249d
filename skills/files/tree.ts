import { decodeText, mainFile, type SkillFolder } from "../folder.ts";
import { isIgnoredName, pathProblem } from "../paths.ts";
import { hasLoneSurrogate } from "../unicode.ts";

export type FileProblem = "arguments" | "path" | "missing" | "exists" | "not-text" | "too-large" | "refused" | "limit";

/** Why an operation fails. Never leaves the folder `skills/files`. */
export class FileFault extends Error {
  readonly problem: FileProblem;

  constructor(problem: FileProblem, message: string) {
    super(message);
    this.problem = problem;
  }
}

const mostFiles = 1_000;

/** Files and folders by path SKILL/FILE. All functions throw a FileFault, and then have changed nothing. */
export interface Tree {
  text(path: string): string;
  isText(path: string): boolean;
  /** Whether the file is new. */
  write(path: string, text: string): boolean;
  remove(path: string): void;
  move(path: string, to: string): void;
  copy(path: string, to: string): void;
  makeFolder(path: string): void;
  /** What is directly in a folder, folders with a slash at the end. */
  list(folder: string): string[];
  /** All files in a folder and below, in order. */
  filesBelow(folder: string): string[];
  filesOf(skill: string): Record<string, Uint8Array>;
}

/** Files, folders, and what may be done with them. */
interface Contents {
  readonly skills: readonly SkillFolder[];
  readonly files: Map<string, Uint8Array>;
  readonly folders: Set<string>;
  readonly mayChange: (file: string) => boolean;
}

/** The tree of these skills. `mayChange` says which files of a skill can be created, changed or removed. */
export function createTree(skills: readonly SkillFolder[], mayChange: (file: string) => boolean): Tree {
  const contents: Contents = { skills, files: new Map(), folders: new Set(skills.map(({ name }) => name)), mayChange };
  const { files, folders } = contents;
  for (const { name, files: own } of skills)
    for (const [file, bytes] of Object.entries(own)) put(contents, `${name}/${file}`, bytes);
  return {
    text(path) {
      return decodeText(textBytes(contents, path)) as string;
    },
    isText: (path) => decodeText(found(contents, path)) !== undefined,
    write(path, text) {
      if (hasLoneSurrogate(text)) throw new FileFault("not-text", "The text is not valid Unicode.");
      const isNew = !files.has(changeable(contents, path));
      if (isNew && files.size >= mostFiles)
        throw new FileFault("limit", `There are ${files.size} files; at most ${mostFiles} can be kept.`);
      put(contents, isNew ? free(contents, path) : path, new TextEncoder().encode(text));
      return isNew;
    },
    remove(path) {
      if (folders.has(placed(contents, path))) {
        removeFolder(contents, path);
        return;
      }
      movable(contents, path);
      files.delete(path);
    },
    move(path, to) {
      movable(contents, path);
      const bytes = textBytes(contents, path);
      put(contents, free(contents, to), bytes);
      files.delete(path);
    },
    copy(path, to) {
      const bytes = textBytes(contents, path);
      if (files.size >= mostFiles)
        throw new FileFault("limit", `There are ${files.size} files; at most ${mostFiles} can be kept.`);
      put(contents, free(contents, to), bytes);
    },
    makeFolder(path) {
      if (folders.size >= mostFiles)
        throw new FileFault("limit", `There are ${folders.size} folders; at most ${mostFiles} can be kept.`);
      folders.add(free(contents, path));
      for (const folder of foldersAbove(path)) folders.add(folder);
    },
    list: (path) => entriesOf(contents, folderAt(contents, path)),
    filesBelow: (path) => below(contents, folderAt(contents, path)),
    filesOf: (skill) =>
      Object.fromEntries(
        below(contents, skill).map((path) => [path.slice(skill.length + 1), files.get(path) as Uint8Array]),
      ),
  };
}

function put({ files, folders }: Contents, path: string, bytes: Uint8Array): void {
  files.set(path, bytes);
  for (const folder of foldersAbove(path)) folders.add(folder);
}

function placed({ skills }: Contents, path: string): string {
  const [skill = "", ...rest] = path.split("/");
  const problem = pathProblem(path) ?? (rest.length === 0 ? undefined : pathProblem(rest.join("/")));
  if (problem !== undefined) throw new FileFault("path", `${JSON.stringify(path)} cannot be a path: ${problem}.`);
  const names = skills.map(({ name }) => name);
  if (!names.includes(skill))
    throw new FileFault("path", `There is no skill ${JSON.stringify(skill)}. Skills are: ${names.join(", ")}.`);
  if (rest.some(isIgnoredName))
    throw new FileFault("path", `${JSON.stringify(path)} has a name that is never part of a skill.`);
  return path;
}

function found(contents: Contents, path: string): Uint8Array {
  const bytes = contents.files.get(placed(contents, path));
  if (bytes !== undefined) return bytes;
  const what = contents.folders.has(path) ? "is a folder" : "is not there";
  throw new FileFault("missing", `${path} ${what}. Use list or find to see what there is.`);
}

/** The bytes of a file that is text: no other can be copied or moved, as an edit holds a text. */
function textBytes(contents: Contents, path: string): Uint8Array {
  const bytes = found(contents, path);
  if (decodeText(bytes) === undefined) throw new FileFault("not-text", `${path} is not UTF-8 text.`);
  return bytes;
}

function changeable(contents: Contents, path: string): string {
  const file = placed(contents, path).split("/").slice(1).join("/");
  if (file === "" || !contents.mayChange(file)) throw new FileFault("refused", `${path} cannot be changed here.`);
  return path;
}

/** A path at which there is nothing, also none that differs only by case or Unicode form, and no file above. */
function free(contents: Contents, path: string): string {
  const { files, folders } = contents;
  const key = keyOf(changeable(contents, path));
  const other = [...files.keys(), ...folders].find((each) => keyOf(each) === key);
  if (other !== undefined) throw new FileFault("exists", `There is ${other} already.`);
  const parents = foldersAbove(path);
  const above = parents.map(keyOf);
  const file = [...files.keys()].find((each) => above.includes(keyOf(each)));
  if (file !== undefined) throw new FileFault("exists", `${file} is a file, so nothing can be below it.`);
  const folder = [...folders].find((each) => above.includes(keyOf(each)) && !parents.includes(each));
  if (folder !== undefined)
    throw new FileFault("exists", `There is the folder ${folder}, whose name differs only in its letters.`);
  return path;
}

/** Throws where a file is not there, or cannot be moved or deleted. */
function movable(contents: Contents, path: string): void {
  found(contents, changeable(contents, path));
  const isMain = contents.skills.some((skill) => path === `${skill.name}/${mainFile(skill)}`);
  if (isMain) throw new FileFault("refused", `${path} is the main file of its skill; change its text instead.`);
}

function removeFolder(contents: Contents, path: string): void {
  const { files, folders } = contents;
  if (!path.includes("/")) throw new FileFault("refused", `${path} is a skill, which cannot be deleted here.`);
  const inside = [...files.keys(), ...folders].filter((each) => each.startsWith(`${path}/`)).length;
  if (inside > 0) throw new FileFault("refused", `${path} is not empty: delete the ${inside} entries in it first.`);
  folders.delete(changeable(contents, path));
}

/** The path of a folder, which may end in a slash; the empty path is the one above all skills. */
function folderAt(contents: Contents, path: string): string {
  const folder = path.endsWith("/") ? path.slice(0, -1) : path;
  if (folder === "" || contents.folders.has(placed(contents, folder))) return folder;
  throw new FileFault("missing", `There is no folder ${path}.`);
}

function entriesOf({ files, folders }: Contents, folder: string): string[] {
  const isIn = (path: string) => (path.includes("/") ? path.slice(0, path.lastIndexOf("/")) : "") === folder;
  const inside = [...folders].filter(isIn).map((path) => `${path}/`);
  return [...inside, ...[...files.keys()].filter(isIn)].toSorted();
}

function below({ files }: Contents, folder: string): string[] {
  return [...files.keys()].filter((file) => folder === "" || file.startsWith(`${folder}/`)).toSorted();
}

/** The folders of a path, the outermost first. */
function foldersAbove(path: string): string[] {
  const parts = path.split("/").slice(0, -1);
  return parts.map((_, index) => parts.slice(0, index + 1).join("/"));
}

/** What two names have in common that are one file on some system. */
const keyOf = (path: string) => path.normalize("NFKC").toLowerCase();
