import { EditError } from "../state/errors.ts";
import type { Edit, Operation } from "../state/program.ts";
import {
  bytesOf,
  createSkillFolder,
  decodeText,
  isSingleText,
  mainFile,
  SKILL_FILE,
  type SkillFolder,
} from "./folder.ts";
import { withFrontmatterName } from "./frontmatter.ts";
import { isSpecifiedName } from "./name.ts";
import { isIgnoredName, pathProblem } from "./paths.ts";
import { quote } from "./shorten.ts";

/** What some file systems take for one name: names that differ by case or Unicode form alone. */
export function foldName(name: string): string {
  return name.normalize("NFKC").toLowerCase();
}

/** A skill, or a file of one, as an operation names it. */
interface Spot {
  skill: string;
  file?: string;
}

/** Of each operation what it takes away or moves, and what it puts there. */
function spotsOf(operation: Operation): { from?: Spot; to?: Spot } {
  const { op, skill } = operation;
  switch (op) {
    case "create-file":
      return { to: { skill, file: operation.file } };
    case "delete-file":
      return { from: { skill, file: operation.file } };
    case "rename-file":
      return { from: { skill, file: operation.file }, to: { skill, file: operation.to } };
    case "delete-skill":
      return { from: { skill } };
    case "rename-skill":
      return { from: { skill }, to: { skill: operation.to } };
  }
}

/** Whether two spots are one, or one holds the other. */
function meet(one: Spot, other: Spot): boolean {
  if (foldName(one.skill) !== foldName(other.skill)) return false;
  return one.file === undefined || other.file === undefined || foldName(one.file) === foldName(other.file);
}

/**
 * Throws the `EditError` of the first operation that cannot be done with the others. Gives the operation that is about a spot; undefined where
 * none is.
 */
export function checkOperations(
  skills: readonly SkillFolder[],
  operations: readonly Operation[],
): (spot: Spot) => Operation | undefined {
  const taken: Array<Spot & { by: Operation }> = [];
  for (const operation of operations) {
    refuseText(skills, operation);
    const { from, to } = spotsOf(operation);
    if (from !== undefined) refuseMissing(skills, operation, from);
    if (from !== undefined && to !== undefined && shown(from) === shown(to))
      throw new EditError("no-change", operation, `The ${operation.op} of ${shown(from)} keeps its name.`);
    const spots = [from, to].filter((spot) => spot !== undefined);
    const other = taken.find((one) => spots.some((spot) => meet(spot, one)));
    if (other !== undefined) throw twice(operation, other);
    taken.push(...spots.map((spot) => ({ ...spot, by: operation })));
  }
  const there = skills.flatMap(({ name, files }) => Object.keys(files).map((file): Spot => ({ skill: name, file })));
  for (const operation of operations) {
    const { to } = spotsOf(operation);
    const made = operations.flatMap((one) => (one === operation ? [] : (spotsOf(one).to ?? [])));
    if (to !== undefined) refuseTarget(operation, to, { there, made });
  }
  return (spot) => taken.find((one) => meet(spot, one))?.by;
}

function shown({ skill, file }: Spot): string {
  return file === undefined ? skill : `${skill}/${file}`;
}

function refuseText(skills: readonly SkillFolder[], operation: Operation): void {
  const text = skills.find(isSingleText);
  if (text === undefined) return;
  const message = `The program is one text, ${mainFile(text)}, which has no other files or skills. Edit its text, or start from a folder with ${SKILL_FILE}.`;
  throw new EditError("name", operation, message);
}

/** What is to be deleted or renamed must be there, and be more than the main file of a skill. */
function refuseMissing(skills: readonly SkillFolder[], operation: Operation, { skill: name, file }: Spot): void {
  const skill = skills.find((each) => each.name === name);
  if (skill === undefined) {
    const known = skills.map((each) => each.name).join(", ");
    throw new EditError(
      "missing-file",
      operation,
      `There is no skill "${name}" for a ${operation.op}. Skills are: ${known}.`,
    );
  }
  if (file === undefined) return;
  if (bytesOf(skill, file) === undefined) {
    const known = Object.keys(skill.files).toSorted().slice(0, 20).join(", ");
    const message = `Skill "${name}" has no file ${quote(file)} for a ${operation.op}. Files are: ${known}.`;
    throw new EditError("missing-file", operation, message);
  }
  if (file !== SKILL_FILE) return;
  const message = `A ${operation.op} of ${SKILL_FILE} leaves "${name}" without what makes it a skill. Use delete-skill or rename-skill, or edit its text.`;
  throw new EditError("no-skill", operation, message);
}

function twice(operation: Operation, other: Spot & { by: Operation }): EditError {
  const message = `The ${operation.op} and the ${other.by.op} of one draft are both about ${shown(other)}. Keep one, or join them.`;
  return new EditError("overlap", operation, message);
}

/** A new path or name must be one that a file or skill can have, and free; a new skill needs its main file. */
function refuseTarget(
  operation: Operation,
  to: Spot,
  { there, made }: { there: readonly Spot[]; made: readonly Spot[] },
): void {
  const isNew = !there.some(({ skill }) => skill === to.skill);
  if (isNew) refuseName(operation, to.skill);
  if (to.file !== undefined) refusePath(operation, to.file);
  const other = [...there, ...made].find((spot) => areInTheWay(spot, to));
  if (other !== undefined) {
    const what = shown(other) === shown(to) ? "exists already" : `cannot stand beside ${shown(other)}`;
    const advice = `Choose another ${to.file === undefined ? "name" : "path"}, or edit what is there`;
    throw new EditError("exists", operation, `The ${operation.op} makes ${shown(to)}, which ${what}. ${advice}.`);
  }
  const hasMain = [to, ...made].some(({ skill, file }) => skill === to.skill && file === SKILL_FILE);
  if (!isNew || to.file === undefined || hasMain) return;
  const message = `There is no skill "${to.skill}" to create ${quote(to.file)} in. Create its ${SKILL_FILE} in the same draft.`;
  throw new EditError("missing-file", operation, message);
}

function refuseName(operation: Operation, name: string): void {
  if (isSpecifiedName(name)) return;
  const message = `The specification refuses the skill name ${quote(name)}: use 1-64 lower-case letters, digits and single hyphens.`;
  throw new EditError("name", operation, message);
}

function refusePath(operation: Operation, file: string): void {
  const isIgnored = file.split("/").some(isIgnoredName);
  const problem = pathProblem(file) ?? (isIgnored ? "it is not a file of a skill" : undefined);
  if (problem === undefined) return;
  throw new EditError("name", operation, `The path ${quote(file)} cannot be used: ${problem}. Choose another.`);
}

/** Whether two spots cannot both be: names that some file systems take for one, or a file where the other needs a folder. */
function areInTheWay(one: Spot, other: Spot): boolean {
  if (one.skill !== other.skill) return foldName(one.skill) === foldName(other.skill);
  if (one.file === undefined || other.file === undefined) return true;
  const [a, b] = [foldName(one.file), foldName(other.file)];
  return a === b || a.startsWith(`${b}/`) || b.startsWith(`${a}/`);
}

/** Does operations that `checkOperations` takes. Skills come in order of name. */
export function operate(skills: readonly SkillFolder[], operations: readonly Operation[]): SkillFolder[] {
  if (operations.length === 0) return [...skills];
  const result = new Map(skills.map((skill) => [skill.name, skill]));
  for (const operation of operations) {
    const { skill: name } = operation;
    const { files = {} } = result.get(name) ?? {};
    if (operation.op === "delete-skill" || operation.op === "rename-skill") {
      result.delete(name);
      if (operation.op === "rename-skill") result.set(operation.to, renamed(files, operation.to));
    } else result.set(name, createSkillFolder(name, changed(files, operation)));
  }
  if (result.size > 0) return [...result.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const last = operations.at(-1) as Edit;
  throw new EditError("no-skill", last, "The draft leaves the program without a skill. Keep one, or create another.");
}

type Files = Readonly<Record<string, Uint8Array>>;

function changed(files: Files, operation: Exclude<Operation, { op: "delete-skill" | "rename-skill" }>): Files {
  if (operation.op === "create-file") return { ...files, [operation.file]: new TextEncoder().encode(operation.text) };
  const { [operation.file]: bytes, ...others } = files;
  return operation.op === "rename-file" && bytes !== undefined ? { ...others, [operation.to]: bytes } : others;
}

function renamed(files: Files, name: string): SkillFolder {
  const bytes = files[SKILL_FILE];
  const text = bytes === undefined ? undefined : decodeText(bytes);
  if (text === undefined) return createSkillFolder(name, files);
  return createSkillFolder(name, { ...files, [SKILL_FILE]: new TextEncoder().encode(withFrontmatterName(text, name)) });
}
