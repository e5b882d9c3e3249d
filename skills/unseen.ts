/** Controls, marks that turn the direction of writing, tags, characters of no width, and what no font has. */
const unseen = /[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;

/**
 * The text with what nobody sees made visible: as `⟨U+202E⟩`, the carriage return of a line end as `␍`. Raw, such texts read as
 * something else than what they are, and steer the terminal they are printed on.
 */
export function showUnseen(text: string): string {
  return text.replaceAll(unseen, (character, at: number) => {
    if (character === "\r" && text[at + 1] === "\n") return "␍";
    return isPlain(character, at, text) ? character : `⟨U+${codeOf(character)}⟩`;
  });
}

/** How many characters of a text nobody sees, and the codes of them, each once; line ends and tabs are none. */
export function unseenIn(text: string): { count: number; codes: string[] } {
  const found = [...text.matchAll(unseen)].filter(({ 0: character, index }) => !isPlain(character, index, text));
  return { count: found.length, codes: [...new Set(found.map(([character]) => `U+${codeOf(character)}`))] };
}

/** JSON that reads as the same value, with what nobody sees in it escaped. */
export function showUnseenJson(value: unknown): string {
  const escape = (unit: string) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
  return JSON.stringify(value).replaceAll(unseen, (character) => character.split("").map(escape).join(""));
}

/** Line ends, tabs, and what says how the emoji before it is to look. */
function isPlain(character: string, at: number, text: string): boolean {
  if (character === "\n" || character === "\t") return true;
  if (character === "\r") return text[at + 1] === "\n";
  return /[\uFE0E\uFE0F]/.test(character) && /\p{Emoji}$/u.test(text.slice(Math.max(0, at - 2), at));
}

const codeOf = (character: string) => (character.codePointAt(0) as number).toString(16).toUpperCase().padStart(4, "0");
