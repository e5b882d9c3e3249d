import { sizes } from "../state/sizes.ts";
import { decodeText, type SkillFolder } from "./folder.ts";

/** The encoding takes time with the square of a run that it does not break up: 70 s for 100,000 kanji, or slashes and line ends. */
const longRun = /[\p{L}\p{M}]{64}|[^\p{L}\p{N}]{64}/gu;

/** No token has more characters: a run of 64, and what stands beside it. */
export const longestToken = 80;

/** Runs that the encoding remembers; to make room in a large memory costs it more than to read the run again. */
const mostRemembered = 1_000;

/**
 * Tokens of a text in the o200k encoding, which is loaded on the first call. Special tokens count as plain text. Runs of 64
 * letters, or of 64 spaces and signs, are counted in pieces, which may add a token each; a text of more than
 * `sizes.counted` characters is counted so far, and the rest by its length.
 */
export async function countTokens(text: string): Promise<number> {
  const encoding = await import("gpt-tokenizer/encoding/o200k_base");
  encoding.setMergeCacheSize(mostRemembered);
  const options = { allowedSpecial: new Set<string>(), disallowedSpecial: new Set<string>() };
  const counted = text.length > sizes.counted ? text.slice(0, sizes.counted) : text;
  let count = 0;
  let start = 0;
  for (const run of counted.matchAll(longRun)) {
    const end = run.index + run[0].length;
    count += encoding.countTokens(counted.slice(start, end), options);
    start = end;
  }
  count += encoding.countTokens(counted.slice(start), options);
  return counted === text ? count : Math.ceil((count * text.length) / counted.length);
}

/** Tokens of all UTF-8 files of a program, references and scripts included; binary files count nothing. */
export async function programTokens(skills: readonly SkillFolder[]): Promise<number> {
  const texts = skills.flatMap((skill) => Object.values(skill.files).map((bytes) => decodeText(bytes) ?? ""));
  const counts = await Promise.all(texts.map(countTokens));
  return counts.reduce((sum, count) => sum + count, 0);
}
