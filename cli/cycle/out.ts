import { accessSync, constants, lstatSync, mkdirSync, statSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { writeOutput } from "../../readers/output.ts";
import { writeProgram } from "../../readers/skill.ts";
import { formerPrograms } from "../../runs/reading/former-programs.ts";
import { show } from "../../runs/reading/show.ts";
import { SettingsError } from "../../state/errors.ts";
import { askHost } from "../../state/host-fault.ts";
import type { RecordStore } from "../../stores/record-store.ts";

const ownFolder = join(".skillgraph", "out");

/** Where a run's best skill goes unless `--out` says otherwise. */
export function outFolder(run: string, out: string | undefined): string {
  return out ?? join(ownFolder, run);
}

/**
 * Makes the out folder before anything is paid for. It must not hold, or be part of, the skill the run starts from: that
 * would overwrite it, or be read as part of it the next time. A folder that somebody names may be a link; one that nobody named may not.
 */
export function prepareOut(folder: string, skill: string | undefined): void {
  const [target, source] = [resolve(folder), skill === undefined ? undefined : sourceFolder(resolve(skill))];
  if (source !== undefined && (isInside(target, source) || isInside(source, target))) {
    throw new SettingsError(
      "out",
      `--out ${folder} and the skill ${skill} overlap, so the result would overwrite it. Choose another folder.`,
    );
  }
  if (isInside(target, resolve(ownFolder)) && lstatSync(target, { throwIfNoEntry: false })?.isSymbolicLink() === true) {
    const message = `${folder} is a symbolic link, which is not followed. Remove it, or give the path it points to with --out.`;
    throw new SettingsError("out", message);
  }
  try {
    mkdirSync(target, { recursive: true });
    accessSync(target, constants.W_OK);
  } catch (cause) {
    const message = `--out ${folder} cannot be written: ${(cause as Error).message}. Give a writable folder.`;
    throw new SettingsError("out", message, { cause });
  }
}

/** The folder of a skill; a text that is no SKILL.md stands for itself alone. */
function sourceFolder(skill: string): string {
  const isFile = statSync(skill, { throwIfNoEntry: false })?.isFile() === true;
  return isFile && skill.endsWith("SKILL.md") ? resolve(skill, "..") : skill;
}

function isInside(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way === "" || !(way.startsWith("..") || resolve(way) === way);
}

/** The best program so far in the place of what the run wrote there before, what changed in it, and the result. Gives the paths of the program's files. */
export async function writeBest(
  run: string,
  { from, folder }: { from: RecordStore; folder: string },
): Promise<string[]> {
  const { best, diff, result } = await show(run, { store: from });
  const former = await formerPrograms(run, { store: from });
  const place = resolve(folder);
  return askHost({ doing: `write the result of run ${run}, which is in the store,`, place }, async () => {
    const files = await writeProgram(best, folder, { former });
    await write(folder, "changes.diff", diff);
    await write(folder, "result.json", `${JSON.stringify(result, null, 2)}\n`);
    return files.map((file) => join(folder, file));
  });
}

async function write(folder: string, name: string, text: string): Promise<void> {
  const place = join(folder, name);
  await writeOutput(place, text).catch((cause: unknown) => {
    const message = `${place} cannot be written: ${(cause as Error).message}. The run is stored; write its result again with skillgraph resume.`;
    throw new SettingsError("out", message, { cause });
  });
}
