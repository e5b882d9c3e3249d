import { createTwoFilesPatch, FILE_HEADERS_ONLY } from "diff";
import { decodeText, isSingleText, type SkillFolder } from "./folder.ts";

/** A file with more changed lines than this is only named: time and memory grow with the square. */
const mostChanged = 2_000;
/** So many of these squares are taken for all files together. */
const mostSquares = 4 * mostChanged ** 2;

/**
 * The unified diff of two programs over all files, skills and files in order of name; empty where nothing differs. Paths
 * are `a/skill/file` (`a/file` for a single text) and `b/skill/file`, `/dev/null` for what is not there. Binary files are only named.
 */
export function diffPrograms(before: readonly SkillFolder[], after: readonly SkillFolder[]): string {
  const old = filesOf(before);
  const young = filesOf(after);
  const paths = [...new Set([...old.keys(), ...young.keys()])].toSorted();
  let left = mostSquares;
  return paths
    .map((path) => {
      const { text, spent } = diffFile(path, { old: old.get(path), young: young.get(path) }, left);
      left -= spent;
      return text;
    })
    .join("");
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

interface Sides {
  old: Uint8Array | undefined;
  young: Uint8Array | undefined;
}

/** What differs in one file, and the square that was spent on it of those that are left. */
function diffFile(path: string, { old, young }: Sides, left: number): { text: string; spent: number } {
  if (old !== undefined && young !== undefined && Buffer.compare(old, young) === 0) return { text: "", spent: 0 };
  const from = old === undefined ? "/dev/null" : `a/${path}`;
  const to = young === undefined ? "/dev/null" : `b/${path}`;
  const [before, after] = [old, young].map((bytes) => (bytes === undefined ? "" : readable(bytes)));
  if (before === undefined || after === undefined) return { text: `Binary files ${from} and ${to} differ\n`, spent: 0 };
  const maxEditLength = Math.min(mostChanged, Math.floor(Math.sqrt(left)));
  const options = { context: 3, headerOptions: FILE_HEADERS_ONLY, maxEditLength };
  const text = createTwoFilesPatch(from, to, before, after, undefined, undefined, options);
  if (text === undefined) return { text: `Files ${from} and ${to} differ widely\n`, spent: maxEditLength ** 2 };
  const changed = text.split("\n").filter((line) => line.startsWith("+") || line.startsWith("-")).length;
  return { text, spent: Math.min(changed, maxEditLength) ** 2 };
}

function readable(bytes: Uint8Array): string | undefined {
  const text = decodeText(bytes);
  return text?.includes("\0") ? undefined : text;
}
