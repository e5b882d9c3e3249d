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

/** Where each run of so many words begins in some texts, by the words of the run. */
export function gramsOf(texts: ReadonlyArray<readonly string[]>, length: number): Set<string> {
  const grams = new Set<string>();
  for (const words of texts) {
    for (let at = 0; at + length <= words.length; at += 1) grams.add(words.slice(at, at + length).join(" "));
  }
  return grams;
}

/** How many words of a text are in runs of `length` words that are in `grams`, the longest such run, and how many of the runs are its own. */
export function coveredBy(
  grams: ReadonlySet<string>,
  words: readonly string[],
  { length, isOwn = () => true }: { length: number; isOwn?: (gram: string) => boolean },
): { covered: number; longest: number; own: number } {
  let [covered, longest, own] = [0, 0, 0];
  let [run, end, last] = [0, 0, -1];
  for (let at = 0; at + length <= words.length; at += 1) {
    const gram = words.slice(at, at + length).join(" ");
    if (!grams.has(gram)) continue;
    if (isOwn(gram)) own += 1;
    run = at === last + 1 && run > 0 ? run + 1 : length;
    last = at;
    covered += at + length - Math.max(at, end);
    end = at + length;
    longest = Math.max(longest, run);
  }
  return { covered, longest, own };
}
