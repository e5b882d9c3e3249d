const escapes: Record<string, string> = { '"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t" };

export function quote(text: string): string {
  return `"${text.replace(/["\\\n\r\t]/g, (character) => escapes[character] as string)}"`;
}

/** In backticks, or in quotes where backticks cannot hold it. */
export function printText(text: string): string {
  return text === "" || /[`\n\r\t]/.test(text) ? quote(text) : `\`${text}\``;
}

/** Between slashes, with a backslash before every slash inside. */
export function printPattern(source: string): string {
  return `/${source.replace(/\\[\s\S]|\//g, (part) => (part === "/" ? "\\/" : part))}/`;
}

/** "a", "a or b", "a, b or c". */
export function joinWords(words: readonly string[], joiner: string): string {
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} ${joiner} ${words.at(-1)}`;
}
