import { draw } from "../../state/draw.ts";
import { hashJson } from "../../state/json.ts";

/** Puts a text between marks that say it is data. `label` says what it is, and is never taken from a task. */
export type Quote = (label: string, text: string) => string;

/**
 * What stands in the marks around data. It is drawn by the hash of all the texts to be quoted: the same prompt has the same
 * mark, so that the ledger knows it again, and no text can be written to hold the mark that it brings about. One that is in
 * a text all the same is drawn anew.
 */
export function drawMark(texts: readonly string[]): string {
  const purpose = `fence/${hashJson([...texts])}`;
  for (let index = 0; ; index += 1) {
    const mark = Math.floor(draw(0, 0, purpose, index) * 2 ** 48)
      .toString(16)
      .padStart(12, "0");
    if (texts.every((text) => !text.includes(mark))) return mark;
  }
}

export function createQuote(mark: string): Quote {
  return (label, text) => `<data ${mark} ${label}>\n${text}\n</data ${mark}>`;
}

/** Fills something twice: first to learn which texts are quoted, then between marks that fit them. */
export function fenced<Filled>(fill: (quote: Quote) => Filled): { filled: Filled; mark: string } {
  const texts: string[] = [];
  fill((_, text) => {
    texts.push(text);
    return "";
  });
  const mark = drawMark(texts);
  return { filled: fill(createQuote(mark)), mark };
}
