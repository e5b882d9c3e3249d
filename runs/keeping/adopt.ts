import { resolve } from "node:path";
import { replaceFiles, standingAt, type Beginning, type Replacement, type Standing } from "../../readers/replace.ts";
import { diffPrograms } from "../../skills/diff.ts";
import type { SkillFolder } from "../../skills/folder.ts";
import { RunError } from "../../state/errors.ts";
import { sha256 } from "../../state/json.ts";
import { createPayload } from "../../stores/payload/payload.ts";
import type { RecordStore } from "../../stores/record-store.ts";
import { programAt } from "../reading/program-at.ts";
import type { RunRecord } from "../run-record.ts";
import { openRuns } from "../session.ts";
import { storeOf } from "../store.ts";

export interface AdoptOptions {
  store?: string | RecordStore;
  /** Where to write, as `readProgram` takes it, or a path that is free; by default where the run's skill came from. */
  to?: string | undefined;
  /** Writes over what has changed there since the run began. */
  force?: boolean;
  /** Asked before anything is written; a no leaves everything as it is. */
  confirm?(adoption: Adoption): boolean | Promise<boolean>;
}

/** What adopting a run's best skill does to its place. Files are named as `skill/file`. */
export interface Adoption {
  run: string;
  place: string;
  /** From what is there now to the run's best, unified; empty where they are alike. */
  diff: string;
  written: string[];
  deleted: string[];
  /** Files there that are neither as the run began with them nor as its best has them. */
  changed: string[];
  /** Whether it was done: also where there was nothing to do. */
  adopted: boolean;
}

/**
 * Writes a run's best skill to where it came from: new skills of it into new folders, beside the one it began with; those that it no longer has
 * are deleted with their folders. Throws a RunError "place" where that has changed since the run began, unless
 * `force`. Each file is replaced at once or not at all, keeps its mode, and what is no part of the skill stays. Cut short, it
 * can be done again: files that are as the best has them already do not count as changed.
 */
export async function adopt(run: string, options: AdoptOptions = {}): Promise<Adoption> {
  const { store, close } = await storeOf(options.store, { create: false });
  try {
    const { record, skills: best } = await programAt(openRuns(store), run, "best");
    const start = await createPayload({ store, family: record.family }).program(record.input.start);
    const place = placeOf(record, options);
    const isOrigin = record.skillPath !== null && place === resolve(record.skillPath);
    const beginning = { names: start.map(({ name }) => name), isOrigin };
    const standing = await standingAt(place, best, beginning);
    if (!standing.isThere && options.to === undefined && options.force !== true) throw gone(record, place);
    const { changed, ...replacement } = plan(standing, start, best);
    const named = (files: Replacement["delete"]) => files.map(({ skill, file }) => `${skill}/${file}`);
    const adoption = {
      run: record.name,
      place,
      diff: diffPrograms(standing.now, best),
      written: named(replacement.write),
      deleted: named(replacement.delete),
      changed,
      adopted: true,
    };
    if (changed.length > 0 && options.force !== true) throw moved(record, adoption);
    if (adoption.written.length + adoption.deleted.length === 0) return adoption;
    if ((await options.confirm?.(adoption)) === false) return { ...adoption, adopted: false };
    await refuseMoved(record, adoption, { standing, best, beginning });
    await replaceFiles(standing, replacement);
    return adoption;
  } finally {
    await close();
  }
}

function placeOf({ name, skillPath }: RunRecord, { to }: AdoptOptions): string {
  const place = to ?? skillPath;
  if (place !== null) return resolve(place);
  throw new RunError(
    "place",
    name,
    `Run "${name}" started from a skill that was not read from a file. Give the target path: --to PATH, in code { to }.`,
  );
}

type Files = Map<string, { skill: string; file: string; bytes: Uint8Array; hash: string }>;

function filesOf(skills: readonly SkillFolder[]): Files {
  return new Map(
    skills.flatMap(({ name: skill, files }) =>
      Object.entries(files).map(
        ([file, bytes]) => [`${skill}/${file}`, { skill, file, bytes, hash: sha256(bytes) }] as const,
      ),
    ),
  );
}

function plan(
  { now: there, isThere }: Standing,
  began: readonly SkillFolder[],
  wanted: readonly SkillFolder[],
): Replacement & { changed: string[] } {
  const [now, start, best] = [filesOf(there), filesOf(began), filesOf(wanted)];
  const hashIn = (files: Files, path: string) => files.get(path)?.hash;
  const isChanged = (path: string) => ![start, best].some((files) => hashIn(files, path) === hashIn(now, path));
  const all = [...new Set([...now.keys(), ...start.keys(), ...best.keys()])].toSorted();
  return {
    write: [...best].filter(([path, { hash }]) => hash !== hashIn(now, path)).map(([, file]) => file),
    delete: [...now].filter(([path]) => start.has(path) && !best.has(path)).map(([, file]) => file),
    changed: isThere ? all.filter(isChanged) : [],
  };
}

/** While a person reads the diff, an editor may save. */
async function refuseMoved(
  record: RunRecord,
  adoption: Adoption,
  { standing, best, beginning }: { standing: Standing; best: readonly SkillFolder[]; beginning: Beginning },
): Promise<void> {
  const { now, root } = await standingAt(adoption.place, best, beginning);
  // Another folder by a link that was put there is another place, whatever it holds.
  if (root !== standing.root || diffPrograms(standing.now, now) !== "") throw moved(record, adoption);
}

function moved({ name }: RunRecord, { place, changed }: Adoption): RunError {
  const which = changed.length === 0 ? "in the meantime" : `since run "${name}" started: ${changed.join(", ")}`;
  return new RunError(
    "place",
    name,
    `The skill at ${place} has changed ${which}. Nothing was written. Check the changes, then overwrite it with --force (force: true in ` +
      "code), or write to another path with --to PATH.",
  );
}

function gone({ name }: RunRecord, place: string): RunError {
  return new RunError(
    "place",
    name,
    `${place}, from which the skill of run "${name}" was read, no longer exists. Write it there with --force, or to another path with --to PATH.`,
  );
}
