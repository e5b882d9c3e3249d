import { dirname, resolve } from "node:path";
import { z } from "zod";
import type { GivenPair } from "../policies/composition/given.ts";
import { editsBetween } from "../skills/files/edits-between.ts";
import { createSkillFolder, decodeText, SKILL_FILE, type SkillFolder } from "../skills/folder.ts";
import { SettingsError, SkillError, TaskError } from "../state/errors.ts";
import { Edit, type Operation } from "../state/program.ts";
import { Deficiency } from "../state/study.ts";
import { readLines } from "./lines.ts";
import { readProgram } from "./skill.ts";

const most = { pairs: 2_000, edits: 64 };

/** Common to both forms of a line. */
const about = {
  about: z.string().min(1).max(500),
  defect: Deficiency.shape.defect.default("insufficient"),
  worked: z.boolean().default(true),
  gain: z.number().min(-1).max(1).nullable().default(null),
  operators: z.array(z.string().min(1).max(200)).max(50).optional(),
};
const Line = z.union([
  z.strictObject({ ...about, before: z.string().min(1), after: z.string().min(1) }),
  z.strictObject({ ...about, edits: z.array(Edit).min(1) }),
]);

const forms =
  '{"about": "...", "before": "old/mail", "after": "new/mail"}, with "worked": false where it did not help, or "edits" in place of before and after';

/**
 * Reads pairs of texts before and after edits: a JSONL file with one per line, in the form of `export --pairs`, or with the paths of two versions of a skill, relative to the
 * file. Of `about` (what was wrong) is what operators are found by. Throws a SettingsError that names the line.
 */
export async function readPairs(path: string): Promise<GivenPair[]> {
  const pairs: GivenPair[] = [];
  try {
    for await (const { text, line } of readLines(path)) {
      if (text.trim() === "") continue;
      if (pairs.length === most.pairs) throw refused(`${path} has more than ${most.pairs} pairs. Give fewer.`);
      pairs.push(await pairOf(text, { path, line }));
    }
  } catch (cause) {
    if (cause instanceof SettingsError) throw cause;
    const reason = cause instanceof TaskError ? cause.message : `${path} cannot be read: ${String(cause)}.`;
    throw refused(reason, cause);
  }
  if (pairs.length > 0) return pairs;
  throw refused(`${path} has no pairs. Write one per line, such as ${forms}.`);
}

interface Place {
  path: string;
  line: number;
}

async function pairOf(text: string, { path, line }: Place): Promise<GivenPair> {
  const at = `${path}, line ${line}`;
  const { data } = Line.safeParse(jsonOf(text, at));
  if (data === undefined) throw refused(`${at}: this is not a pair. Write one such as ${forms}.`);
  const { about: category, defect, worked, gain, operators } = data;
  const edits = "edits" in data ? data.edits : await editsOf(data, { path, at });
  if (edits.length === 0) throw refused(`${at}: the texts before and after are the same. Leave out the line.`);
  return { edits, about: { category, defect }, worked, gain, ...(operators === undefined ? {} : { operators }) };
}

function jsonOf(text: string, at: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    throw refused(`${at}: this is not JSON: ${String(cause)}. Write a pair such as ${forms}.`, cause);
  }
}

/** The edits between two versions of a program. Two single skills are versions of one, whatever their names are. */
async function editsOf(
  { before, after }: { before: string; after: string },
  { path, at }: { path: string; at: string },
): Promise<Edit[]> {
  const read = async (place: string): Promise<SkillFolder[]> => {
    try {
      return await readProgram(resolve(dirname(path), place));
    } catch (cause) {
      if (cause instanceof SkillError) throw refused(`${at}: ${cause.message}`, cause);
      throw cause;
    }
  };
  const [old, given] = [await read(before), await read(after)];
  const [first, second] = [old[0], given[0]];
  const isOne = old.length === 1 && given.length === 1 && first !== undefined && second !== undefined;
  const young = isOne ? [createSkillFolder(first.name, second.files)] : given;
  const has = (skills: readonly SkillFolder[], { name }: SkillFolder) => skills.some((skill) => skill.name === name);
  return [
    ...old.filter((skill) => !has(young, skill)).map(({ name }): Operation => ({ op: "delete-skill", skill: name })),
    ...young.filter((skill) => !has(old, skill)).flatMap(createdBy),
    ...editsBetween(old, young, most.edits),
  ];
}

function createdBy({ name: skill, files }: SkillFolder): Operation[] {
  return Object.keys(files)
    .toSorted((a, b) => Number(b === SKILL_FILE) - Number(a === SKILL_FILE))
    .flatMap((file): Operation[] => {
      const text = decodeText(files[file] as Uint8Array);
      return text === undefined ? [] : [{ op: "create-file", skill, file, text }];
    });
}

function refused(message: string, cause?: unknown): SettingsError {
  return new SettingsError("pairs", message, { cause });
}
