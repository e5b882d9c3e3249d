import type { SkillFolder } from "../../skills/folder.ts";
import { lessonsBlock } from "../../skills/lessons.ts";
import { checkSkill, subjectOfProblem } from "../../skills/limits.ts";
import { newFindings, newHostFindings } from "../../skills/scan/scan.ts";
import { textDigest } from "../../skills/leakage/similarity.ts";
import type { Suites } from "../../state/channels.ts";
import { createDraw } from "../../state/draw.ts";
import { EditList, type Candidate, type Edit, type Finding } from "../../state/program.ts";
import type { Settings } from "../../state/settings.ts";
import type { Severity } from "../../state/study.ts";
import type { Payload } from "../../stores/payload/payload.ts";
import { createLeakChecks, type CheckTexts } from "./leak-checks.ts";

interface Needs {
  payload: Pick<Payload, "program" | "json">;
  verifier: CheckTexts;
}

/** What the state says that a candidate is inspected by. */
interface Inspecting {
  settings: Settings;
  generation: number;
  suites: Pick<Suites, "train" | "validation">;
}

/** What is wrong with a candidate as it is written. Each finding is about what none of its parents has. */
export type Inspect = (candidate: Candidate, state: Inspecting) => Promise<Finding[]>;

/**
 * Inspects a candidate: nothing is changed, no skill is left, one cannot be read, or breaks the specification, edits change lessons (`block`);
 * it has abilities that its parents do not have, speaks of its grader, or copies tasks (`hold`, as the settings say; `warn` under the setting `asPublished`); hosts
 * list or keep less of it (`warn`).
 */
export function createInspect({ payload, verifier }: Needs): Inspect {
  const leaks = createLeakChecks(payload, verifier);
  return async ({ program, parents, extra, edits }, state) => {
    const finding = (kind: Finding["kind"], rule: string, message: string): Finding => ({
      program,
      kind,
      rule,
      severity: "block",
      message,
      place: null,
    });
    const unchanged = [finding("unchanged", "no-change", "The edits leave the program as it was.")];
    if (parents.includes(program)) return unchanged;
    const programs = await Promise.all(parents.map((parent) => payload.program(parent)));
    const skills = await payload.program(program);
    const digest = textDigest(skills);
    if (programs.some((parent) => parent.length > 0 && textDigest(parent) === digest)) return unchanged;
    const before = programs.flat();
    const hasNew = skills.some(({ name }) => !before.some((skill) => skill.name === name));
    const names = hasNew ? renamesIn(await payload.json(edits, EditList)) : new Map<string, string>();
    const changed = extra["epoch"] === undefined ? changedLessons(skills, before, names) : undefined;
    if (changed !== undefined) {
      const message = `An edit changes the lessons of past epochs in ${changed}, which only a reflector writes.`;
      return [finding("specification", "lessons", message)];
    }
    if (skills.length === 0) return [finding("specification", "no-skill", "The program has no skill any more.")];
    const check = await leaks.of(state.suites);
    const { asPublished } = state.settings;
    const draw = createDraw(state.settings.seed, state.generation, `leaks/${program}`);
    const findings = [
      ...specified(skills, before, { names, isStrict: !asPublished }).map((found) => ({
        program,
        ...found,
      })),
      ...unsafe(skills, before, asPublished ? "off" : state.settings.guard).map((found) => ({ program, ...found })),
      ...newHostFindings(skills, before).map(({ rule, message, skill, file, line }): Finding => ({
        program,
        kind: "host",
        rule,
        severity: "warn",
        message,
        place: { skill, file, line },
      })),
      ...check(skills, before, draw).map(({ rule, message, block: { skill, file, line } }): Finding => ({
        program,
        kind: "leakage",
        rule,
        // A program that is tuned to one task may say what is about it.
        severity: asPublished || extra["episode"] !== undefined ? "warn" : state.settings.leaks,
        message,
        place: { skill, file, line },
      })),
    ];
    return worstFirst(findings).slice(0, mostFindings);
  };
}

/** So many findings of a candidate are kept, the worst: they are in the state. */
const mostFindings = 12;

function worstFirst(findings: readonly Finding[]): Finding[] {
  const order: ReadonlyArray<Finding["severity"]> = ["block", "hold", "warn"];
  return findings.toSorted((one, other) => order.indexOf(one.severity) - order.indexOf(other.severity));
}

type Found = Omit<Finding, "program">;

/** What breaks the specification where the parents did not. A renamed skill is compared with what it was; a new one has to keep to all of it. */
function specified(
  skills: readonly SkillFolder[],
  before: readonly SkillFolder[],
  { names, isStrict }: { names: Renames; isStrict: boolean },
): Found[] {
  const known = new Set(
    before.flatMap((skill) =>
      checkSkill(skill).map((problem) => `${names.get(skill.name) ?? skill.name}${subjectOfProblem(problem)}`),
    ),
  );
  return skills.flatMap((skill) =>
    checkSkill(skill).map((problem): Found => {
      const { rule, severity, message, file, line } = problem;
      const isWorse =
        isStrict && severity === "unpublishable" && !known.has(`${skill.name}${subjectOfProblem(problem)}`);
      const isBlocked = severity === "error" || isWorse;
      const place = { skill: skill.name, file, line };
      return { kind: "specification", rule, severity: isBlocked ? "block" : "warn", message, place };
    }),
  );
}

const severities: readonly Severity[] = ["low", "medium", "high"];

function unsafe(skills: readonly SkillFolder[], before: readonly SkillFolder[], least: Settings["guard"]): Found[] {
  const held = least === "off" ? [] : severities.slice(severities.indexOf(least));
  return newFindings(skills, before, { only: "safety" }).map(
    ({ rule, category, severity, message, skill, file, line, excerpt }): Found => ({
      kind: category === "gaming" ? "gaming" : "security",
      rule,
      severity: held.includes(severity) ? "hold" : "warn",
      message: excerpt === "" ? message : `${message} In: ${JSON.stringify(excerpt)}.`,
      place: { skill, file, line },
    }),
  );
}

type Renames = ReadonlyMap<string, string>;

/** New names of skills by their old ones. */
function renamesIn(edits: readonly Edit[]): Renames {
  return new Map(edits.flatMap((edit) => (edit.op === "rename-skill" ? [[edit.skill, edit.to] as const] : [])));
}

/** The skill whose lessons are those of none of its parents, or one that is gone with its lessons; undefined where there is none. */
function changedLessons(
  skills: readonly SkillFolder[],
  before: readonly SkillFolder[],
  names: Renames,
): string | undefined {
  const old = before.map((skill) => ({ name: names.get(skill.name) ?? skill.name, block: lessonsBlock(skill) }));
  const changed = skills.find((skill) => {
    const own = old.filter(({ name }) => name === skill.name);
    const block = lessonsBlock(skill);
    return own.length === 0 ? block !== null : own.every((each) => each.block !== block);
  });
  const gone = old.find(({ name, block }) => block !== null && !skills.some((skill) => skill.name === name));
  return changed?.name ?? gone?.name;
}
