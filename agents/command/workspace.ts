import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { bytesOf, isScript, isSingleText, mainFile, SKILL_FILE, type SkillFolder } from "../../skills/folder.ts";
import { pathProblem } from "../../skills/paths.ts";
import { quote } from "../../skills/shorten.ts";
import { PartError } from "../../state/errors.ts";
import { askHost } from "../../state/host-fault.ts";
import type { Question } from "../../state/task.ts";
import { openClaim, type Claim } from "../../processes/claim.ts";

/** The folders of one rollout. `folder` is where the command runs; HOME and TMPDIR are its own. */
export interface Workspace {
  readonly root: string;
  readonly folder: string;
  readonly home: string;
  readonly temporary: string;
  /** What runs in it is marked by this. */
  readonly claim: Claim;
  /** Stops what still runs in it and removes it. */
  close(): Promise<void>;
}

/** Where agents look for skills: between them, all known ones look into one of these. */
const skillFolders = [".agents/skills", ".claude/skills"];

/** What agents read on their own in place of a skill: a program of one text becomes both. */
const textFiles = ["AGENTS.md", "CLAUDE.md"];

/** The file a prompt names when it orders the agent to follow a skill, inside the workspace. */
export function placeOf(skill: SkillFolder): string {
  return isSingleText(skill) ? (textFiles[0] as string) : `${skillFolders[0]}/${skill.name}/${SKILL_FILE}`;
}

/** A fresh workspace with the skills and the files of the question. */
export async function openWorkspace(
  skills: readonly SkillFolder[] = [],
  files: NonNullable<Question["files"]> = {},
): Promise<Workspace> {
  const contents = contentsOf(skills, files);
  const claim = await openClaim();
  const root = claim.folder;
  const place = (name: string) => join(root, name);
  const [folder, home, temporary] = [place("work"), place("home"), place("tmp")];
  try {
    await askHost({ doing: "write the files of a rollout", place: root, isOwn: true }, async () => {
      await mkdir(root, { mode: 0o700 });
      for (const path of [folder, home, temporary]) await mkdir(path);
      for (const [path, bytes] of contents) await put(join(folder, path), bytes);
    });
  } catch (error) {
    await claim.release();
    throw error;
  }
  return { root, folder, home, temporary, claim, close: () => claim.release() };
}

async function put(path: string, bytes: Uint8Array): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, bytes, { flag: "wx", mode: isScript(bytes) ? 0o755 : 0o644 });
}

/** All files of a workspace by path. A question may not put files where the skills are. */
function contentsOf(skills: readonly SkillFolder[], files: Readonly<Record<string, string>>): Map<string, Uint8Array> {
  const contents = new Map<string, Uint8Array>();
  for (const skill of skills) {
    for (const [path, bytes] of filesOf(skill)) {
      if (contents.has(path))
        throw new PartError(`Two skills of the program are single texts, but an agent reads only one ${path}.`);
      contents.set(path, bytes);
    }
  }
  for (const [path, text] of Object.entries(files)) {
    const isTaken = contents.has(path) || skillFolders.some((folder) => path.startsWith(`${folder}/`));
    const problem = pathProblem(path) ?? (isTaken ? "the path is used by the program" : undefined);
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
