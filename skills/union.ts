import { SkillError } from "../state/errors.ts";
import { hashJson, type Hash } from "../state/json.ts";
import { decodeText, folderOf, isSingleText, SKILL_FILE, type SkillFolder } from "./folder.ts";
import { withFrontmatterName } from "./frontmatter.ts";
import { foldName } from "./operations.ts";

/** Programs to unite, by the name of where they come from. */
export interface Source {
  from: string;
  skills: readonly SkillFolder[];
}

/** A skill of a union: where it is taken from, and where else it is the same. */
export interface UnitedSkill {
  skill: string;
  from: string;
  same: string[];
}

/** A skill that is not taken: it has the name of another one with another text, or the text of one with another name. */
export interface LeftOut {
  skill: string;
  from: string;
  because: "name" | "text";
  /** The one that is taken in its place. */
  taken: { skill: string; from: string };
}

export interface Union {
  skills: SkillFolder[];
  taken: UnitedSkill[];
  leftOut: LeftOut[];
}

/**
 * The skills of several programs as one program, in order of name. Of skills with one name, or names that some file systems take for one, and of
 * skills that differ in nothing but the name, that of the first program is taken. EvoSkill's merge of the unique skills of independent
 * runs (arXiv 2603.02766, C.7 [P]); how it decides between two texts of one name is not known, the order is ours [R]. Throws a `SkillError`
 * for a program that is one text.
 */
export function uniteSkills(sources: readonly Source[]): Union {
  const taken: Array<UnitedSkill & { folder: SkillFolder; text: Hash }> = [];
  const leftOut: LeftOut[] = [];
  for (const { from, skills } of sources) {
    for (const folder of skills) {
      refuseText(folder, from);
      const text = textHash(folder);
      const { name: skill } = folder;
      const named = taken.find((one) => foldName(one.skill) === foldName(skill));
      const alike = taken.find((one) => one.text === text);
      if (named?.folder.hash === folder.hash) named.same.push(from);
      else if (named !== undefined) leftOut.push({ skill, from, because: "name", taken: placeOf(named) });
      else if (alike !== undefined) leftOut.push({ skill, from, because: "text", taken: placeOf(alike) });
      else taken.push({ skill, from, same: [], folder, text });
    }
  }
  const inOrder = taken.toSorted((a, b) => (a.skill < b.skill ? -1 : 1));
  return {
    skills: inOrder.map(({ folder }) => folder),
    taken: inOrder.map(({ skill, from, same }) => ({ skill, from, same })),
    leftOut,
  };
}

function placeOf({ skill, from }: UnitedSkill): LeftOut["taken"] {
  return { skill, from };
}

function refuseText(skill: SkillFolder, from: string): void {
  if (!isSingleText(skill)) return;
  const [file = ""] = Object.keys(skill.files);
  throw new SkillError(
    skill.name,
    file,
    `The program of ${from} is one text, ${file}; only folders with ${SKILL_FILE} can be merged.`,
  );
}

/** The hash of all that a skill says, whatever its name. */
function textHash({ files }: SkillFolder): Hash {
  const main = files[SKILL_FILE];
  const text = main === undefined ? undefined : decodeText(main);
  if (text === undefined) return hashJson(folderOf(files));
  return hashJson(folderOf({ ...files, [SKILL_FILE]: new TextEncoder().encode(withFrontmatterName(text, "any")) }));
}
