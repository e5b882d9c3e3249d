import { readFileSync } from "node:fs";
import { SettingsError } from "../../state/errors.ts";

/** The text of a rubric file; nothing where none was named. It is kept with the run, so that resuming needs no file. */
export function readRubric(path: string | undefined): { rubric?: string } {
  if (path === undefined) return {};
  let rubric: string;
  try {
    rubric = readFileSync(path, "utf8");
  } catch (cause) {
    throw new SettingsError("rubric", `The rubric ${path} cannot be read: ${(cause as Error).message}.`, { cause });
  }
  if (rubric.trim() !== "") return { rubric };
  throw new SettingsError("rubric", `The rubric ${path} is empty. Describe in it what a good answer is.`);
}

/** The items of a checklist: a line each, without marks of a list. Blank lines and Markdown headings are left out. */
export function itemsOf(rubric: string): string[] {
  return rubric
    .split("\n")
    .map((line) => line.replace(/^\s*(?:[-*+]|\d+[.)])\s+/, "").trim())
    .filter((line) => line !== "" && !/^#{1,6}\s/.test(line));
}
