import { createTwoFilesPatch, FILE_HEADERS_ONLY } from "diff";
import { decodeText, isSingleText, type SkillFolder } from "./folder.ts";

/** Texts with more changed lines than this are only named: the time grows with the square. */
const maxEditLength = 3_000;

/**
 * The unified diff of two programs over all files, skills and files in order of name; empty where nothing differs. Paths
 * are `a/skill/file` (`a/file` for a single text) and `b/skill/file`, `/dev/null` for what is not there. Binary files are only named.
 */
export function diffPrograms(before: readonly SkillFolder[], after: readonly SkillFolder[]): string {
  const left = filesOf(before);
  const right = filesOf(after);
  const paths = [...new Set([...left.keys(), ...right.keys()])].toSorted();
  return paths.map((path) => diffFile(path, left.get(path), right.get(path))).join("");
}

function filesOf(skills: readonly SkillFolder[]): Map<string, Uint8Array> {
  return new Map(
    skills.flatMap((skill) =>
      Object.entries(skill.files).map(
        ([file, bytes]) => [isSingleText(skill) ? file : `${skill.name}/${file}`, bytes] as const,
      ),
    ),
  );
}

function diffFile(path: string, left: Uint8Array | undefined, right: Uint8Array | undefined): string {
  if (left !== undefined && right !== undefined && Buffer.compare(left, right) === 0) return "";
  const from = left === undefined ? "/dev/null" : `a/${path}`;
  const to = right === undefined ? "/dev/null" : `b/${path}`;
  const old = left === undefined ? "" : readable(left);
  const young = right === undefined ? "" : readable(right);
  if (old === undefined || young === undefined) return `Binary files ${from} and ${to} differ\n`;
  const options = { context: 3, headerOptions: FILE_HEADERS_ONLY, maxEditLength };
  return (
    createTwoFilesPatch(from, to, old, young, undefined, undefined, options) ??
    `Files ${from} and ${to} differ widely\n`
  );
}

function readable(bytes: Uint8Array): string | undefined {
  const text = decodeText(bytes);
  return text?.includes("\0") ? undefined : text;
}
