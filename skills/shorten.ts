import { sizes } from "../state/sizes.ts";

/** The text cut to `limit` characters with an ellipsis; never cuts a surrogate pair. */
export function shorten(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const cut = text.slice(0, limit - 1);
  const half = /[\uD800-\uDBFF]$/.test(cut) ? cut.slice(0, -1) : cut;
  return `${half}…`;
}

/** The text in double quotes on one line, shortened: for messages that show what was meant. */
export function quote(text: string, limit = 80): string {
  return JSON.stringify(shorten(text, limit));
}

/** What an error says, as the reason why something is missing: it may quote a reply or an answer of any length. */
export function reasonOf(error: unknown): string {
  return shorten(error instanceof Error ? error.message : String(error), sizes.reason);
}
