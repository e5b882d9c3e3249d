import { lstat, mkdir, mkdtemp, readdir, readFile, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { bytesOf, isSingleText, mainFile, SKILL_FILE, type SkillFolder } from "../../skills/folder.ts";
import { pathProblem } from "../../skills/paths.ts";
import { quote } from "../../skills/shorten.ts";
import { PartError } from "../../state/errors.ts";
import type { Question } from "../../state/task.ts";
import { currentOwner, judgeOwner, Owner } from "../../stores/lease/owner.ts";
import { killStrays } from "../../processes/process-tree.ts";

/** The folders of one rollout. `folder` is where the command runs; HOME and TMPDIR are its own. */
export interface Workspace {
  readonly root: string;
  readonly folder: string;
  readonly home: string;
  readonly temporary: string;
  /** Removes it. */
  close(): Promise<void>;
}

const prefix = "skillgraph-rollout-";
const ownerFile = "owner.json";

/** Where agents look for skills: between them, all known ones look into one of these. */
const skillFolders = [".agents/skills", ".claude/skills"];

/** What agents read on their own in place of a skill: a program of one text becomes both. */
const textFiles = ["AGENTS.md", "CLAUDE.md"];

/** The file a prompt names when it orders the agent to follow a skill, inside the workspace. */
export function placeOf(skill: SkillFolder): string {
  return isSingleText(skill) ? (textFiles[0] as string) : `${skillFolders[0]}/${skill.name}/${SKILL_FILE}`;
}

let swept: Promise<void> | undefined;

/**
 * A fresh workspace with the skills and the files of the question. The first one of a process also clears away what killed
 * processes left behind on this host.
 */
export async function openWorkspace(
  skills: readonly SkillFolder[] = [],
  files: NonNullable<Question["files"]> = {},
): Promise<Workspace> {
  const contents = contentsOf(skills, files);
  await (swept ??= sweep());
  const root = await realpath(await mkdtemp(join(tmpdir(), prefix)));
  await writeFile(join(root, ownerFile), JSON.stringify(currentOwner()));
  const place = (name: string) => join(root, name);
  const [folder, home, temporary] = [place("work"), place("home"), place("tmp")];
  await Promise.all([folder, home, temporary].map((path) => mkdir(path)));
  for (const [path, bytes] of contents) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), bytes, { flag: "wx", mode: isScript(bytes) ? 0o755 : 0o644 });
  }
  return { root, folder, home, temporary, close: () => clear(root) };
}

/** All files of a workspace by path. A question may not put files where the skills are. */
function contentsOf(skills: readonly SkillFolder[], files: Readonly<Record<string, string>>): Map<string, Uint8Array> {
  const contents = new Map<string, Uint8Array>();
  for (const skill of skills) {
    for (const [path, bytes] of filesOf(skill)) {
      if (contents.has(path))
        throw new PartError(`Two skills of the program are one text; an agent reads one ${path}.`);
      contents.set(path, bytes);
    }
  }
  for (const [path, text] of Object.entries(files)) {
    const isTaken = contents.has(path) || skillFolders.some((folder) => path.startsWith(`${folder}/`));
    const problem = pathProblem(path) ?? (isTaken ? "the program is there" : undefined);
    if (problem !== undefined)
      throw new PartError(`The file ${quote(path)} of the task cannot be written: ${problem}.`);
    contents.set(path, new TextEncoder().encode(text));
  }
  return contents;
}

function filesOf(skill: SkillFolder): Array<[string, Uint8Array]> {
  if (isSingleText(skill)) {
    const bytes = bytesOf(skill, mainFile(skill)) as Uint8Array;
    return textFiles.map((path) => [path, bytes]);
  }
  return skillFolders.flatMap((folder) =>
    Object.entries(skill.files).map(([path, bytes]): [string, Uint8Array] => [
      `${folder}/${skill.name}/${path}`,
      bytes,
    ]),
  );
}

/** Starts with `#!`. */
function isScript(bytes: Uint8Array): boolean {
  return bytes[0] === 0x23 && bytes[1] === 0x21;
}

async function clear(root: string): Promise<void> {
  // What cannot be removed now is tried again when the next process starts: an answer is not lost for it.
  await rm(root, { recursive: true, force: true, maxRetries: 3 }).catch(() => undefined);
}

/** Clears the workspaces of this user whose process is known to be dead, and ends what still runs in them. */
async function sweep(): Promise<void> {
  const self = currentOwner();
  const names = (await readdir(tmpdir())).filter((name) => name.startsWith(prefix));
  for (const name of names) {
    const root = join(tmpdir(), name);
    const found = await lstat(root).catch(() => undefined);
    if (found?.isDirectory() !== true || found.uid !== process.getuid?.()) continue;
    const owner = Owner.safeParse(await readJson(join(root, ownerFile)));
    if (!owner.success || judgeOwner(owner.data, self) !== "dead") continue;
    await killStrays(join(await realpath(root), "home"));
    await clear(root);
  }
}

async function readJson(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, "utf8"));
  } catch {
    return undefined;
  }
}
