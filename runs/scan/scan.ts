import { basename, dirname, join, relative, sep } from "node:path";
import { readEach, type ReadSkill } from "../../readers/skill.ts";
import { isSingleText, SKILL_FILE, type SkillFolder } from "../../skills/folder.ts";
import type { ScanFinding, ScanRule } from "../../skills/scan/finding.ts";
import type { PlacedFinding } from "../../skills/scan/sarif.ts";
import { newFindings, scanSkills } from "../../skills/scan/scan.ts";
import type { Severity } from "../../state/study.ts";

/** What a scan found. `skills` counts those that could be read. */
export interface Scan {
  skills: number;
  counts: Record<Severity, number>;
  findings: PlacedFinding[];
}

const unreadable: ScanRule = {
  rule: "unreadable-skill",
  pattern: null,
  category: "specification",
  severity: "high",
  message: "The skill cannot be read.",
};

/**
 * Scans a skill, a text, or a folder of skills; with `against`, only for what is new relative to the skills there. A skill that cannot be
 * read, such as one with a link that leaves it, is a finding. Throws a SkillError if there is no skill.
 */
export async function scanPath(path: string, { against }: { against?: string | undefined } = {}): Promise<Scan> {
  const read = await readEach(path);
  const parent = against === undefined ? undefined : (await readEach(against)).flatMap(skillsOf);
  const skills = read.flatMap(skillsOf);
  const found = parent === undefined ? scanSkills(skills) : newFindings(skills, parent);
  const placeOf = new Map(read.flatMap((each) => skillsOf(each).map((skill) => [skill.name, each.place] as const)));
  const findings = [
    ...read.flatMap((each) => ("error" in each ? [refused(each)] : [])),
    ...found.map((finding) => ({ ...finding, path: pathOf(finding, skills, placeOf.get(finding.skill) ?? path) })),
  ];
  const count = (severity: Severity) => findings.filter((finding) => finding.severity === severity).length;
  return {
    skills: skills.length,
    counts: { high: count("high"), medium: count("medium"), low: count("low") },
    findings,
  };
}

function skillsOf(read: ReadSkill): SkillFolder[] {
  return "error" in read ? [] : read.skills;
}

function refused({ place, name, error }: Extract<ReadSkill, { error: unknown }>): PlacedFinding {
  const { message } = error;
  const file = error.file === "" ? SKILL_FILE : error.file;
  return {
    ...unreadable,
    message: `${unreadable.message} ${message}`,
    skill: name,
    file,
    line: null,
    column: null,
    excerpt: "",
    subject: message,
    path: fromHere(join(place, file)),
  };
}

/** A single text or a SKILL.md may have been given by its own path. */
function pathOf({ skill: name, file }: ScanFinding, skills: readonly SkillFolder[], place: string): string {
  const skill = skills.find((each) => each.name === name);
  const isFile =
    basename(place) === SKILL_FILE || (skill !== undefined && isSingleText(skill) && basename(place) === file);
  return fromHere(join(isFile ? dirname(place) : place, file));
}

function fromHere(path: string): string {
  return relative("", path).split(sep).join("/");
}
