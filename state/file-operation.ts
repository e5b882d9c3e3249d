import { z } from "zod";

/** What can be done with the files of a program in memory (SkillForge, arXiv 2604.08618 [P]). */
export const FileOperationName = z.enum([
  "read",
  "write",
  "delete",
  "rename",
  "copy",
  "mkdir",
  "list",
  "grep",
  "head",
  "tail",
  "find",
]);
export type FileOperationName = z.infer<typeof FileOperationName>;

/** One operation as it is logged: what was asked, and what came of it in words. `to` is the second path of rename and copy. */
export const FileOperation = z.strictObject({
  operation: z.string(),
  path: z.string(),
  to: z.string().nullable(),
  success: z.boolean(),
  message: z.string(),
});
export type FileOperation = z.infer<typeof FileOperation>;

/** Maximum number of operations on the files of one draft. */
export const mostFileOperations = 200;

/** The operations that a draft was made by, in order: a payload. */
export const FileLog = z.array(FileOperation).max(mostFileOperations);
export type FileLog = z.infer<typeof FileLog>;
