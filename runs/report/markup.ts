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
  if (typeof piece === "string") return escape(visible(piece));
  if (typeof piece === "number") return String(piece);
  return "text" in piece ? piece.text : piece.map(markupOf).join("");
}

const escapes: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

function escape(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => escapes[character] as string);
}

/**
 * The text with what nobody sees made visible: controls, marks that turn the direction of writing, characters of no width,
 * and halves of characters. Such texts read as something else than what they are.
 */
export function visible(text: string): string {
  return text.replaceAll(
    /[\p{Cc}\p{Cs}\u{AD}\u{61C}\u{200B}-\u{200F}\u{2028}-\u{202E}\u{2060}-\u{206F}\u{FEFF}]/gu,
    (character) => {
      const code = character.codePointAt(0) as number;
      if (character === "\n" || character === "\t") return character;
      return `⟨U+${code.toString(16).toUpperCase().padStart(4, "0")}⟩`;
    },
  );
}
