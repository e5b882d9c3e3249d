import { decodeText, type SkillFolder } from "./folder.ts";

/** The encoding takes time with the square of a run of one kind of character: 70 s for 100,000 kanji. */
const longRun = /[\p{L}\p{M}]{200}|\s{200}|[^\s\p{L}\p{N}]{200}/gu;

/**
 * Tokens of a text in the o200k encoding, which is loaded on the first call. Special tokens count as plain text. Runs of 200
 * letters, spaces or signs without a break are counted in pieces, which may add a token each.
 */
export async function countTokens(text: string): Promise<number> {
  const encoding = await import("gpt-tokenizer/encoding/o200k_base");
  const options = { allowedSpecial: new Set<string>(), disallowedSpecial: new Set<string>() };
  let count = 0;
  let start = 0;
  for (const run of text.matchAll(longRun)) {
    const end = run.index + run[0].length;
    count += encoding.countTokens(text.slice(start, end), options);
    start = end;
  }
  return count + encoding.countTokens(text.slice(start), options);
}

/** Tokens of all UTF-8 files of a program, references and scripts included; binary files count nothing. */
export async function programTokens(skills: readonly SkillFolder[]): Promise<number> {
  const texts = skills.flatMap((skill) => Object.values(skill.files).map((bytes) => decodeText(bytes) ?? ""));
  const counts = await Promise.all(texts.map(countTokens));
  return counts.reduce((sum, count) => sum + count, 0);
}
