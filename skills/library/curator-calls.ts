import type { CuratorCall, JudgedCall } from "../../state/curation.ts";
import { EditError } from "../../state/errors.ts";
import type { Edit } from "../../state/program.ts";
import { suggestionFor } from "../../state/suggestion.ts";
import { applyEdits } from "../edits.ts";
import { editsBetween } from "../files/edits-between.ts";
import { createSkillFolder, mainFile, SKILL_FILE, textOf, type SkillFolder } from "../folder.ts";
import { parseFrontmatter, withFrontmatterField } from "../frontmatter.ts";
import { descriptionFrom, skillText } from "../minimal.ts";
import { isSpecifiedName } from "../name.ts";
import { quote } from "../shorten.ts";

/** A skill of the library as calls left it: what it was, null where it was inserted, and its name and text now. */
interface Entry {
  was: SkillFolder | null;
  name: string;
  text: string;
}

/** What a call cannot do, in words. */
class CallFault extends Error {}

/**
 * Performs the calls of a curator one after the other, each on what those before left. One that cannot be done changes nothing, and `problem` says
 * why; the others are done. `edits` make the same of the library at once, at most `most` of them.
 */
export function performCalls(
  skills: readonly SkillFolder[],
  calls: readonly CuratorCall[],
  { most }: { most: number },
): { edits: Edit[]; calls: JudgedCall[] } {
  let entries: readonly Entry[] = skills.map((was) => ({
    was,
    name: was.name,
    text: textOf(was, mainFile(was)) ?? "",
  }));
  let edits: Edit[] = [];
  const judged = calls.map((call): JudgedCall => {
    try {
      const next = perform(entries, call);
      const made = editsOf(skills, next);
      if (made.length > most)
        throw new CallFault(`With this call there are ${made.length} edits; this generation allows ${most}.`);
      if (made.length > 0) applyEdits(skills, made);
      [entries, edits] = [next, made];
      return { call, problem: null };
    } catch (error) {
      if (error instanceof CallFault || error instanceof EditError) return { call, problem: error.message };
      throw error;
    }
  });
  return { edits, calls: judged };
}

function perform(entries: readonly Entry[], call: CuratorCall): Entry[] {
  if (call.name.trim() === "")
    throw new CallFault(`The ${call.tool} names no skill. Skills are: ${entries.map(({ name }) => name).join(", ")}.`);
  if (call.tool === "insert") return [...entries, inserted(call)];
  const found = entries.find(({ name }) => name === call.name);
  if (found === undefined) {
    const names = entries.map(({ name }) => name);
    throw new CallFault(
      `There is no skill ${quote(call.name)} to ${call.tool}${suggestionFor(call.name, names)}. Skills are: ${names.join(", ")}.`,
    );
  }
  if (call.tool === "update") return entries.map((entry) => (entry === found ? updated(found, call) : entry));
  if (entries.length === 1)
    throw new CallFault(`${quote(call.name)} is the only skill, and a library without one cannot be run. Update it.`);
  return entries.filter((entry) => entry !== found);
}

function inserted({ name, description, body }: CuratorCall): Entry {
  if (!isSpecifiedName(name, { ascii: true }))
    throw new CallFault(`A new skill cannot be named ${quote(name)}: use 1-64 of a-z, 0-9 and single hyphens.`);
  if (isBlank(description) || isBlank(body))
    throw new CallFault(`The new skill "${name}" needs a description and a body.`);
  return { was: null, name, text: skillText({ name, description: descriptionFrom(description), body }) };
}

function updated({ was, name, text }: Entry, { newName, description, body }: CuratorCall): Entry {
  const isRenamed = newName !== null && newName !== name;
  const now = isRenamed ? newName : name;
  if (isRenamed && !isSpecifiedName(now, { ascii: true }))
    throw new CallFault(`"${name}" cannot be renamed to ${quote(now)}: use 1-64 of a-z, 0-9 and single hyphens.`);
  if (body !== null && isBlank(body))
    throw new CallFault(`The update leaves "${name}" without a text. Delete it instead.`);
  if (description !== null && isBlank(description))
    throw new CallFault(`The update leaves "${name}" without a description.`);
  const described =
    description === null ? text : withFrontmatterField(text, "description", descriptionFrom(description));
  if (description !== null && described === text && body === null && !isRenamed)
    throw new CallFault(`The update changes nothing of "${name}", or it has no description that can be changed.`);
  const { bodyStart, fields } = parseFrontmatter(described);
  const head = described.slice(0, bodyStart);
  const gap = fields === null || head === "" ? "" : "\n";
  const written = body === null ? described : `${head}${gap}${body.trim()}\n`;
  const named = isRenamed ? withFrontmatterField(written, "name", now) : written;
  if (named === text) throw new CallFault(`The update changes nothing of "${name}".`);
  if (isRenamed && written !== text && was !== null && Object.keys(was.files).length > 1)
    throw new CallFault(
      `"${name}" has files beside ${SKILL_FILE}: rename it in one call, and write it anew after another task.`,
    );
  return { was, name: now, text: named };
}

function isBlank(text: string | null): text is null {
  return text === null || text.trim() === "";
}

/** The edits that make of the library what the entries are. */
function editsOf(skills: readonly SkillFolder[], entries: readonly Entry[]): Edit[] {
  const kept = new Map(entries.flatMap((entry) => (entry.was === null ? [] : [[entry.was.name, entry] as const])));
  const heirs = new Map(
    entries.flatMap((entry) => (entry.was === null && !kept.has(entry.name) ? [[entry.name, entry] as const] : [])),
  );
  const changes = skills.flatMap((skill): Edit[] => {
    const entry = kept.get(skill.name);
    if (entry !== undefined) return changesOf(skill, entry);
    const heir = heirs.get(skill.name);
    return heir === undefined ? [{ op: "delete-skill", skill: skill.name }] : replacementOf(skill, heir);
  });
  const replaced = new Set(skills.map(({ name }) => heirs.get(name)));
  const isNew = (entry: Entry) => entry.was === null && !replaced.has(entry);
  return [...changes, ...entries.filter(isNew).flatMap(creationOf)];
}

/** A skill that was deleted and inserted again: its main file is written anew, and its other files are gone. */
function replacementOf(skill: SkillFolder, { name, text }: Entry): Edit[] {
  return editsBetween([skill], [createSkillFolder(name, { [mainFile(skill)]: new TextEncoder().encode(text) })], 1);
}

function changesOf(skill: SkillFolder, entry: Entry): Edit[] {
  const { name, text } = entry;
  const file = mainFile(skill);
  const before = textOf(skill, file) ?? "";
  if (name === skill.name) {
    const changed = createSkillFolder(name, { ...skill.files, [file]: new TextEncoder().encode(text) });
    return text === before ? [] : editsBetween([skill], [changed], 1);
  }
  const isOnlyRenamed = withFrontmatterField(before, "name", name) === text;
  if (isOnlyRenamed) return [{ op: "rename-skill", skill: skill.name, to: name }];
  return [{ op: "delete-skill", skill: skill.name }, ...creationOf(entry)];
}

function creationOf({ name, text }: Entry): Edit[] {
  return [{ op: "create-file", skill: name, file: SKILL_FILE, text }];
}
