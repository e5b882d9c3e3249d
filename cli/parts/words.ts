import { SettingsError } from "../../state/errors.ts";

/** The words of a command line, with the quotes and backslashes of a shell; nothing else of a shell is known. */
export function splitWords(line: string): string[] {
  const words: string[] = [];
  let word: string | undefined;
  // A text in quotes, a character behind a backslash, white space, or any other run of characters.
  for (const [piece] of line.matchAll(/'[^']*'|"(?:[^"\\]|\\[\s\S])*"|\\[\s\S]|\s+|[^\s'"\\]+|['"\\]/g)) {
    if (/^\s/.test(piece)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else word = (word ?? "") + meaningOf(piece, line);
  }
  return word === undefined ? words : [...words, word];
}

function meaningOf(piece: string, line: string): string {
  if (/^['"\\]$/.test(piece))
    throw new SettingsError(
      "command",
      `The command ${line} has an unclosed ${piece === "\\" ? "escape" : "quote"} (${piece}).`,
    );
  if (piece.startsWith("'")) return piece.slice(1, -1);
  if (piece.startsWith('"')) return piece.slice(1, -1).replaceAll(/\\(["\\$`])/g, "$1");
  return piece.startsWith("\\") ? piece.slice(1) : piece;
}
