import { decodeText, type SkillFolder } from "../folder.ts";
import { wordsOf, type AddedBlock } from "./words.ts";

/** The lines of a program that none of its parents has, in any file, as blocks of lines that follow each other. */
export function addedBlocks(skills: readonly SkillFolder[], parents: readonly SkillFolder[]): AddedBlock[] {
  const known = new Set(parents.flatMap((skill) => textsOf(skill).flatMap(([, text]) => linesOf(text))));
  return skills.flatMap((skill) =>
    textsOf(skill).flatMap(([file, text]) => {
      const blocks: AddedBlock[] = [];
      let open: { line: number; lines: string[] } | undefined;
      const close = () => {
        if (open === undefined) return;
        const added = open.lines.join("\n");
        blocks.push({ skill: skill.name, file, line: open.line, text: added, words: wordsOf(added) });
        open = undefined;
      };
      for (const [index, line] of linesOf(text).entries()) {
        if (line === "" || known.has(line)) close();
        else (open ??= { line: index + 1, lines: [] }).lines.push(line);
      }
      close();
      return blocks;
    }),
  );
}

/** All texts of a program. */
export function programTexts(skills: readonly SkillFolder[]): string[] {
  return skills.flatMap((skill) => textsOf(skill).map(([, text]) => text));
}

function textsOf(skill: SkillFolder): Array<readonly [file: string, text: string]> {
  return Object.entries(skill.files).flatMap(([file, bytes]) => {
    const text = decodeText(bytes);
    return text === undefined ? [] : [[file, text] as const];
  });
}

const linesOf = (text: string) => text.split("\n").map((line) => line.trim());
