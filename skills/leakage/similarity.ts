import { decodeText, type SkillFolder } from "../folder.ts";
import { foldLineEnds } from "../line-ends.ts";
import { sha256 } from "../../state/json.ts";

const shingle = 5;

/** A digest of what a program says, 16 hexadecimal digits: empty lines, white space at the end of lines and line ends do not count. */
export function textDigest(skills: readonly SkillFolder[]): string {
  const texts = skills.map(({ name, files }) => [
    name,
    Object.entries(files)
      .toSorted(([one], [other]) => (one < other ? -1 : 1))
      .map(([file, bytes]) => [file, folded(decodeText(bytes) ?? Buffer.from(bytes).toString("base64"))]),
  ]);
  return sha256(JSON.stringify(texts.toSorted(([one], [other]) => (String(one) < String(other) ? -1 : 1)))).slice(
    0,
    16,
  );
}

function folded(text: string): string {
  return foldLineEnds(text)
    .split("\n")
    .map((line) => line.trimEnd())
    .filter((line) => line !== "")
    .join("\n");
}

/** How similar two texts are, in 0..1: the Jaccard index of their runs of five characters, in lower case with single spaces. */
export function similarityOf(one: string, other: string): number {
  const [left, right] = [shinglesOf(one), shinglesOf(other)];
  if (left.size === 0 && right.size === 0) return 1;
  let shared = 0;
  for (const each of left) if (right.has(each)) shared += 1;
  return shared / (left.size + right.size - shared);
}

function shinglesOf(text: string): Set<string> {
  const plain = text.normalize("NFKC").toLowerCase().replaceAll(/\s+/g, " ").trim();
  if (plain === "") return new Set();
  const size = Math.max(1, plain.length - shingle + 1);
  return new Set(Array.from({ length: size }, (_, at) => plain.slice(at, at + shingle)));
}
