import { decodeText, type SkillFolder } from "../../skills/folder.ts";

/** Texts of skills by name and file; files that are not text are left out. */
export type SkillTexts = Record<string, Record<string, string>>;

export function textsIn(skills: readonly SkillFolder[]): SkillTexts {
  return Object.fromEntries(
    skills.map(({ name, files }) => [
      name,
      Object.fromEntries(
        Object.entries(files).flatMap(([path, bytes]) => {
          const text = decodeText(bytes);
          return text === undefined ? [] : [[path, text]];
        }),
      ),
    ]),
  );
}
