/** The words of a text as texts are compared: letters and digits in lower case, in the compatible form of Unicode. */
export function wordsOf(text: string): string[] {
  return (
    text
      .normalize("NFKC")
      .toLowerCase()
      .match(/[\p{L}\p{M}\p{N}]+/gu) ?? []
  );
}

/** A run of lines that was added to a skill. */
export interface AddedBlock {
  readonly skill: string;
  readonly file: string;
  /** The line on which it begins, from 1. */
  readonly line: number;
  readonly text: string;
  readonly words: readonly string[];
}

/** Runs of words of one length, each with a space between its words. */
export interface Grams {
  readonly length: number;
  readonly size: number;
  /** Where a text has one of them, ascending. Takes time linear in the words of the text. */
  foundIn(words: readonly string[]): FoundGram[];
}

export interface FoundGram {
  readonly gram: string;
  /** The word it begins with. */
  readonly at: number;
}

/** The runs of `length` words of some texts that other texts do not have. */
export function createGrams(
  texts: ReadonlyArray<readonly string[]>,
  length: number,
  others: ReadonlyArray<readonly string[]> = [],
): Grams {
  const grams = gramsOf(texts, length);
  for (const gram of gramsOf(others, length)) grams.delete(gram);
  const vocabulary = new Set([...grams].flatMap((gram) => gram.split(" ")));
  return {
    length,
    size: grams.size,
    foundIn(words) {
      const found: FoundGram[] = [];
      // A run is put together only where all of its words are words of the grams: most texts have none.
      for (let at = 0, known = 0; at < words.length; at += 1) {
        known = vocabulary.has(words[at] as string) ? known + 1 : 0;
        if (known < length) continue;
        const start = at + 1 - length;
        const gram = words.slice(start, at + 1).join(" ");
        if (grams.has(gram)) found.push({ gram, at: start });
      }
      return found;
    },
  };
}

/** All runs of so many words of some texts. */
export function gramsOf(texts: ReadonlyArray<readonly string[]>, length: number): Set<string> {
  const grams = new Set<string>();
  for (const words of texts) {
    for (let at = 0; at + length <= words.length; at += 1) grams.add(words.slice(at, at + length).join(" "));
  }
  return grams;
}

/** How many words of a text are in runs of `length` words that were found there, the longest such run, and how many of the runs are its own. */
export function coveredBy(
  found: readonly FoundGram[],
  length: number,
  isOwn: (gram: string) => boolean = () => true,
): { covered: number; longest: number; own: number } {
  let [covered, longest, own] = [0, 0, 0];
  let [run, end, last] = [0, 0, -1];
  for (const { gram, at } of found) {
    if (isOwn(gram)) own += 1;
    run = at === last + 1 && run > 0 ? run + 1 : length;
    last = at;
    covered += at + length - Math.max(at, end);
    end = at + length;
    longest = Math.max(longest, run);
  }
  return { covered, longest, own };
}
