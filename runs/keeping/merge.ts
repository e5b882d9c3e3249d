import { readdir } from "node:fs/promises";
import { writeProgram } from "../../readers/skill.ts";
import { uniteSkills, type LeftOut, type UnitedSkill } from "../../skills/union.ts";
import type { SkillFolder } from "../../skills/folder.ts";
import { SettingsError } from "../../state/errors.ts";
import type { Hash } from "../../state/json.ts";
import type { RecordStore } from "../../stores/record-store.ts";
import { parseMoment, programAt, type Moment } from "../reading/program-at.ts";
import { lineage, resultOf } from "../result.ts";
import type { RunRecord } from "../run-record.ts";
import { openRuns, type Runs } from "../session.ts";
import { storeOf } from "../store.ts";

export interface MergeOptions {
  store?: string | RecordStore;
  /** Where to write the merged program: a folder that is empty or does not exist. Without it nothing is written. */
  folder?: string | undefined;
}

/** The skills of several runs as one program, and which run each comes from. */
export interface MergedRuns {
  /** The programs that were merged, the one with the best validation score first, as `RUN@MOMENT`; null if it was not measured. */
  sources: Array<{ from: string; score: number | null }>;
  /** Whether all scores are from the same validation tasks. */
  isComparable: boolean;
  taken: UnitedSkill[];
  leftOut: LeftOut[];
  skills: SkillFolder[];
  /** Paths inside the folder; empty without one. */
  files: string[];
}

interface Candidate {
  from: string;
  score: number | null;
  validation: Hash;
  skills: SkillFolder[];
}

/**
 * Merges the best skills of independent runs, named as `RUN`, `RUN@start`, `RUN@best` or `RUN@7`: all that are unique by name and text. Of two
 * texts under one name, that of the program with the higher validation score is taken, of equal ones the first given. The result is a
 * program like any other: evaluate it before it is used. Throws a SettingsError for fewer than two programs, and for a folder that holds files.
 */
export async function mergeRuns(
  names: readonly string[],
  { store: where, folder }: MergeOptions = {},
): Promise<MergedRuns> {
  const sides = names.map((name) => {
    const { run, moment = "best" } = parseMoment(name);
    return { run, moment, from: `${run}@${moment}` };
  });
  if (new Set(sides.map(({ from }) => from)).size < Math.max(2, sides.length))
    throw new SettingsError(
      "runs",
      "A merge needs at least two different programs of runs. Give two or more of RUN, RUN@start, RUN@best and RUN@7.",
    );
  if (folder !== undefined) await refuseOccupied(folder);
  const { store, close } = await storeOf(where, { create: false });
  try {
    const runs = openRuns(store);
    const found = await Promise.all(sides.map((side) => candidateOf(runs, side)));
    const sources = found.toSorted((a, b) => (b.score ?? -1) - (a.score ?? -1));
    const { skills, taken, leftOut } = uniteSkills(sources);
    return {
      sources: sources.map(({ from, score }) => ({ from, score })),
      isComparable: new Set(sources.map(({ validation }) => validation)).size === 1,
      taken,
      leftOut,
      skills,
      files: folder === undefined ? [] : await writeProgram(skills, folder),
    };
  } finally {
    await close();
  }
}

async function refuseOccupied(folder: string): Promise<void> {
  const entries = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw new SettingsError(
      "folder",
      `--folder ${folder} cannot be used: ${error.message}. Give a folder that is empty or new.`,
      { cause: error },
    );
  });
  if (entries.length === 0) return;
  throw new SettingsError(
    "folder",
    `--folder ${folder} is not empty, so what is there would count as part of the merged skills. Give one that is empty or new.`,
  );
}

async function candidateOf(
  runs: Runs,
  { run, moment, from }: { run: string; moment: Moment; from: string },
): Promise<Candidate> {
  const { record, skills } = await programAt(runs, run, moment);
  return { from, skills, score: await scoreAt(runs, record, moment), validation: record.input.suites.validation.hash };
}

/** The validation score of a program of a run; null if it was not measured. */
async function scoreAt(runs: Runs, record: RunRecord, moment: Moment): Promise<number | null> {
  if (typeof moment !== "number") return (await resultOf(runs, record)).score.validation[moment];
  return (await lineage(runs, record)).find(({ generation }) => generation === moment)?.headScore ?? null;
}
