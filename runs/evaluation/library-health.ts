import type { SkillFolder } from "../../skills/folder.ts";
import { isHarmful } from "../reading/skill-use.ts";
import { shareOf } from "./revision-safety.ts";

/** Names of skills that an accepted change created, changed in their text, or deleted. */
export interface LibraryChange {
  readonly created: readonly string[];
  readonly revised: readonly string[];
  readonly retired: readonly string[];
}

/** A library, and how it came about. */
export interface LibraryStory {
  /** Names of the skills in the end. */
  readonly skills: readonly string[];
  /** Tasks that it was learned from. */
  readonly tasks: number;
  /** Oldest first. */
  readonly changes: readonly LibraryChange[];
  /** Attempts with the library as it is in the end: the skills that each used, and whether it failed. */
  readonly uses: ReadonlyArray<{ readonly used: readonly string[]; readonly failed: boolean }>;
  /** Skills whose content others have too. */
  readonly redundant: readonly string[];
  /** Skills that contradict another one. */
  readonly conflicting: readonly string[];
  /** Skills that ought to be retired, whether they were or not; null where that is not known. */
  readonly useless: readonly string[] | null;
}

/** Null where there is nothing that a figure is of. */
export interface LibraryHealth {
  /** Skills for each task. */
  inflation: number | null;
  /** Revisions for each creation. */
  consolidation: number | null;
  /** Shares of the skills, in 0..1: not used; redundant; conflicting; used at least 3 times, of which at least .7 failed. */
  stale: number | null;
  redundancy: number | null;
  conflict: number | null;
  harmful: number | null;
  /** Of the skills that were retired, the share that ought to be; and of those that ought to be, the share that was. */
  retirementPrecision: number | null;
  retirementRecall: number | null;
  /** Skills created and retired for each accepted change. */
  churn: number | null;
}

/**
 * The measures of library health of SkillEvolBench (arXiv 2605.24117): inflation, consolidation and harmful as there [C]/[S]; the others are named there, and their formulas are ours [R].
 */
export function libraryHealth(story: LibraryStory): LibraryHealth {
  const { skills, tasks, changes, uses, useless } = story;
  const all = (kind: keyof LibraryChange) => changes.flatMap((change) => change[kind]);
  const [created, revised, retired] = [all("created"), all("revised"), all("retired")];
  const gone = [...new Set(retired)].filter((name) => !skills.includes(name));
  const failures = (skill: string) => uses.filter(({ used }) => used.includes(skill)).map(({ failed }) => failed);
  return {
    inflation: ratio(skills.length, tasks),
    consolidation: ratio(revised.length, created.length),
    stale: shareOf(skills, (skill) => failures(skill).length === 0),
    redundancy: shareOf(skills, (skill) => story.redundant.includes(skill)),
    conflict: shareOf(skills, (skill) => story.conflicting.includes(skill)),
    harmful: shareOf(skills, (skill) => {
      const outcomes = failures(skill);
      return isHarmful({ scored: outcomes.length, failed: outcomes.filter(Boolean).length });
    }),
    retirementPrecision: useless === null ? null : shareOf(gone, (skill) => useless.includes(skill)),
    retirementRecall: useless === null ? null : shareOf([...new Set(useless)], (skill) => gone.includes(skill)),
    churn: ratio(created.length + retired.length, changes.length),
  };
}

function ratio(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole;
}

/** What became of the skills from one program to the next, by name and content: a renamed skill is created and retired. */
export function libraryChange(
  before: ReadonlyArray<Pick<SkillFolder, "name" | "hash">>,
  after: ReadonlyArray<Pick<SkillFolder, "name" | "hash">>,
): LibraryChange {
  const [old, now] = [before, after].map((skills) => new Map(skills.map(({ name, hash }) => [name, hash])));
  const names = (skills: typeof before) => skills.map(({ name }) => name);
  return {
    created: names(after).filter((name) => old?.has(name) !== true),
    revised: names(after).filter((name) => old?.has(name) === true && old.get(name) !== now?.get(name)),
    retired: names(before).filter((name) => now?.has(name) !== true),
  };
}
