import { z } from "zod";
import { FileLog } from "./file-operation.ts";
import { Hash, Json } from "./json.ts";

/**
 * A name that a folder of a skill can have on every system: 1-100 characters of any script, no slashes or control characters. What the
 * specification allows is narrower (`skills/limits.ts`).
 */
export const SkillName = z
  .string()
  .max(100)
  .regex(
    // oxlint-disable-next-line no-control-regex
    /^(?![-. ])[^\u0000-\u001f\u007f-\u009f\u2028\u2029\ud800-\udfff\\/:*?"<>|]+(?<![. ])$/u,
    "a folder's name",
  )
  .refine((name) => name !== "__proto__", "a folder's name");
export type SkillName = z.infer<typeof SkillName>;

/** A skill folder as stored: path inside the folder, with forward slashes, to the hash of the file's bytes. */
export const Folder = z.strictObject({ files: z.record(z.string().min(1), Hash) });
export type Folder = z.infer<typeof Folder>;

/** The thing optimized: a named set of skills, each the hash of its folder. */
export const Program = z.strictObject({ skills: z.record(SkillName, Hash) });
export type Program = z.infer<typeof Program>;

/** A path inside a skill's folder. */
const FilePath = z.string().min(1);

/**
 * A bounded change of the text of one file. `anchor` is text that occurs exactly once in the file, except for `append`, where it is
 * empty. `insert-before` and `insert-after` put `text` right beside the anchor; `replace` and `delete` act on it.
 */
export const TextEdit = z.strictObject({
  skill: SkillName,
  file: FilePath,
  op: z.enum(["insert-before", "insert-after", "replace", "delete", "append"]),
  anchor: z.string(),
  text: z.string(),
});
export type TextEdit = z.infer<typeof TextEdit>;

/**
 * A change of which files and skills there are. To create SKILL.md in a skill that does not exist creates the skill; its other files are
 * created by edits of their own. `to` is the new path, or the new name, which the frontmatter then has as well.
 */
export const Operation = z.discriminatedUnion("op", [
  z.strictObject({ op: z.literal("create-file"), skill: SkillName, file: FilePath, text: z.string() }),
  z.strictObject({ op: z.literal("delete-file"), skill: SkillName, file: FilePath }),
  z.strictObject({ op: z.literal("rename-file"), skill: SkillName, file: FilePath, to: FilePath }),
  z.strictObject({ op: z.literal("delete-skill"), skill: SkillName }),
  z.strictObject({ op: z.literal("rename-skill"), skill: SkillName, to: SkillName }),
]);
export type Operation = z.infer<typeof Operation>;

/** A change of a program: of a text, or of which files and skills there are. */
export const Edit = z.union([TextEdit, Operation]);
export type Edit = z.infer<typeof Edit>;

/** Whether an edit changes a text, and neither creates, deletes nor renames anything. */
export function isTextEdit(edit: Edit): edit is TextEdit {
  return "anchor" in edit;
}

/** An edit that was turned down, and why, if that can be told without quoting what a proposer must not read. */
export type RejectedEdit = Edit & { readonly reason?: string };

/** The edits of a candidate, as the payload has them. */
export const EditList = z.array(Edit);

/** What proposers may change: texts of files that are there (`files`), or also which files and skills there are (`program`). */
export type EditScope = "files" | "program";

/** Why edits were proposed: the operator that made them, what it aimed at, and numbers worth showing. */
export const Origin = z.strictObject({
  operator: z.string(),
  target: z.string(),
  features: z.record(z.string(), Json),
});
export type Origin = z.infer<typeof Origin>;

/** The operators that edits were made by: those that `features.operators` lists, each before what it was used on, else the one. */
export function operatorsOf({ operator, features }: Origin): string[] {
  const listed = features["operators"];
  const names = Array.isArray(listed) ? listed.filter((each) => typeof each === "string") : [operator];
  return [...new Set(names.map((name) => name.split(" ")[0] as string))];
}

/** Edits a proposer wants to see applied together, and the operations on files that they come from, where there were any. */
export const Draft = z.strictObject({ edits: z.array(Edit).min(1), origin: Origin, operations: FileLog.optional() });
export type Draft = z.infer<typeof Draft>;

/**
 * A draft applied to its parents: a program that can be run. `edits` is the hash of the list of edits in the payload, `extra.operations` that of
 * the operations on files that they come from.
 */
export const Candidate = z.strictObject({
  parents: z.array(Hash).min(1),
  program: Hash,
  edits: Hash,
  origin: Origin,
  extra: z.record(z.string(), Json),
});
export type Candidate = z.infer<typeof Candidate>;

/**
 * Something in a skill that an agent does not do as it is written. `file` is a path inside the skill's folder; line and
 * column count from 1, null where all of the file is meant. The message says what is wrong and what was probably meant.
 */
export const SkillFinding = z.strictObject({
  skill: SkillName,
  file: z.string(),
  line: z.int().positive().nullable(),
  column: z.int().positive().nullable(),
  message: z.string(),
});
export type SkillFinding = z.infer<typeof SkillFinding>;

/**
 * What a guard found in a candidate before any rollout is paid for. `hold` and `block` keep it from the validator; what is held may be
 * right, and a person can let it pass under the setting `review`. The message is for people: it may quote train tasks, and no others.
 */
export const Finding = z.strictObject({
  program: Hash,
  kind: z.enum(["unchanged", "specification", "host", "security", "gaming", "leakage"]),
  rule: z.string(),
  severity: z.enum(["warn", "hold", "block"]),
  message: z.string(),
  /** Where in the program; null if all of it is meant. `line` counts from 1. */
  place: z.strictObject({ skill: SkillName, file: z.string(), line: z.int().positive().nullable() }).nullable(),
});
export type Finding = z.infer<typeof Finding>;

/** The programs that a finding keeps from the validator. */
export function keptOut(findings: readonly Finding[]): Set<Hash> {
  return new Set(findings.filter(({ severity }) => severity !== "warn").map(({ program }) => program));
}
