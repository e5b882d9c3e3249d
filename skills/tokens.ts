import { decodeText, type SkillFolder } from "./folder.ts";

/** Tokens of a text in the o200k encoding. The encoding is loaded on the first call. Special tokens count as plain text. */
export async function countTokens(text: string): Promise<number> {
  const encoding = await import("gpt-tokenizer/encoding/o200k_base");
  return encoding.countTokens(text, { allowedSpecial: new Set(), disallowedSpecial: new Set() });
}

/** Tokens of all UTF-8 files of a program, references and scripts included; binary files count nothing. */
export async function programTokens(skills: readonly SkillFolder[]): Promise<number> {
  const texts = skills.flatMap((skill) => Object.values(skill.files).map((bytes) => decodeText(bytes) ?? ""));
  const counts = await Promise.all(texts.map(countTokens));
  return counts.reduce((sum, count) => sum + count, 0);
}
