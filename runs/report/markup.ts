import { showUnseen } from "../../skills/unseen.ts";

/** HTML that is safe to put into a page: made by `markup` alone. */
export interface Markup {
  readonly text: string;
}

type Piece = Markup | string | number | readonly Piece[];

/** A template of HTML. Texts put into it are escaped, what is Markup already is not, and lists are joined. */
export function markup(texts: TemplateStringsArray, ...pieces: readonly Piece[]): Markup {
  return { text: texts.map((text, index) => text + markupOf(pieces[index] ?? "")).join("") };
}

/** HTML that comes from a library that escapes by itself. */
export function trusted(text: string): Markup {
  return { text };
}

function markupOf(piece: Piece): string {
  if (typeof piece === "string") return escape(showUnseen(piece));
  if (typeof piece === "number") return String(piece);
  return "text" in piece ? piece.text : piece.map(markupOf).join("");
}

const escapes: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

function escape(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => escapes[character] as string);
}
