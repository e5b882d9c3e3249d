import { z } from "zod";
import type { FileOperationName } from "../../state/file-operation.ts";

const mostPathCharacters = 500;
const mostPatternCharacters = 200;

const path = z.string().max(mostPathCharacters).describe("SKILL/FILE, such as sorter/SKILL.md");
const folder = z.string().max(mostPathCharacters).default("").describe("a folder; empty for all skills");
const lines = z.int().positive().max(1_000).default(20).describe("number of lines");

/** The arguments of each operation, and what it does, in words for a model. */
export const fileCalls = {
  read: { does: "Returns the text of a file.", schema: z.strictObject({ path }) },
  write: {
    does: "Creates a file with a text, or replaces its text.",
    schema: z.strictObject({ path, text: z.string() }),
  },
  delete: { does: "Deletes a file or an empty folder.", schema: z.strictObject({ path }) },
  rename: {
    does: "Moves a file to a path where there is none.",
    schema: z.strictObject({ path, to: path }),
  },
  copy: {
    does: "Copies a file to a path where there is none.",
    schema: z.strictObject({ path, to: path }),
  },
  mkdir: { does: "Creates a folder.", schema: z.strictObject({ path }) },
  list: { does: "Lists files and folders in a folder.", schema: z.strictObject({ path: folder }) },
  grep: {
    does: "Finds the lines that contain a text, in any case. The text is no pattern.",
    schema: z.strictObject({ text: z.string().min(1).max(mostPatternCharacters), path: folder }),
  },
  head: { does: "Returns the first lines of a file.", schema: z.strictObject({ path, lines }) },
  tail: { does: "Returns the last lines of a file.", schema: z.strictObject({ path, lines }) },
  find: {
    does: "Finds files by name; * is any text, ? any character.",
    schema: z.strictObject({ name: z.string().min(1).max(mostPatternCharacters), path: folder }),
  },
} as const satisfies Record<FileOperationName, { does: string; schema: z.ZodObject }>;

export type FileArguments<Name extends FileOperationName> = z.output<(typeof fileCalls)[Name]["schema"]>;
