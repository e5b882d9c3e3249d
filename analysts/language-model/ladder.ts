/** How much of everything goes into a prompt. Characters; `Infinity` is all. */
export interface Limits {
  /** Of each quoted text, the first and the last so many characters. */
  readonly head: number;
  readonly tail: number;
  /** How many failures; where it is 1, the shortest. */
  readonly cases: number;
  /** How many other entries of a list, such as rejected edits and tasks that went well. */
  readonly entries: number;
  /** Of all files of all skills together. */
  readonly skill: number;
}

/**
 * From everything to the least: shorter heads and tails, then fewer failures, then the shortest failure alone, then less and less
 * of it and of the skill, so that whatever these hold fits in the end. Sizes of the first levels as in EvoSkill (arXiv 2603.02766).
 */
export function ladderFor(promptTokens: number): readonly Limits[] {
  const all = Infinity;
  const part = (share: number): Limits => {
    return { head: 400 / share, tail: 200 / share, cases: 1, entries: 1, skill: promptTokens / share };
  };
  return [
    { head: 60_000, tail: 60_000, cases: all, entries: all, skill: all },
    { head: 20_000, tail: 10_000, cases: all, entries: 20, skill: all },
    { head: 5_000, tail: 2_000, cases: all, entries: 20, skill: all },
    { head: 5_000, tail: 2_000, cases: 3, entries: 5, skill: all },
    { head: 2_000, tail: 1_000, cases: 1, entries: 2, skill: all },
    part(1),
    part(4),
    part(20),
    part(100),
  ];
}

/** The text, or its first and last characters with a line between that says how many are left out. */
export function clip(text: string, { head, tail }: Pick<Limits, "head" | "tail">): string {
  if (text.length <= head + tail) return text;
  const [start, end] = [wholeEnd(text.slice(0, head)), wholeStart(tail === 0 ? "" : text.slice(-tail))];
  return `${start}\n[${text.length - start.length - end.length} characters left out]\n${end}`;
}

const wholeEnd = (text: string) => text.replace(/[\uD800-\uDBFF]$/, "");
const wholeStart = (text: string) => text.replace(/^[\uDC00-\uDFFF]/, "");

/** As many as the limits allow; where that is one, the shortest. `sizeOf` in characters; ties go to the first. */
export function within<Item>(items: readonly Item[], limit: number, sizeOf: (item: Item) => number): Item[] {
  if (limit !== 1) return items.slice(0, limit);
  return items.toSorted((a, b) => sizeOf(a) - sizeOf(b)).slice(0, 1);
}
