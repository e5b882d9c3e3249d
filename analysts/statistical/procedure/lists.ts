import type { Act, Value } from "../../../agents/procedure/grammar/act.ts";
import { goThrough, tryActs } from "../extraction/performer.ts";
import type { Step } from "../listing.ts";
import { isContentWord } from "../readability.ts";
import type { Case } from "../window.ts";

/** What acts make of a value; the empty text where they find nothing. */
export function valueAfter(acts: readonly Act[], value: Value): Value {
  return tryActs(acts, value).value ?? "";
}

/** Where a list becomes something else; -1 where none does. */
export function endOf(steps: readonly Step[]): number {
  return steps.findIndex(({ acts }) => acts.some(({ kind }) => kind === "add-up" || kind === "count"));
}

/** The list that lines leave of a text; empty where they leave none. */
export function listAfter(steps: readonly Step[], each: Case): readonly string[] {
  const value = goThrough(steps, each, each.text);
  return Array.isArray(value) ? value : [];
}

/** Lines that are for all texts. */
export function unconditional(steps: readonly Step[]): Step[] {
  return steps.filter(({ condition }) => condition.all.length === 0);
}

/** The words of a text that say what it is about, in lower case. */
export function contentWordsIn(text: string): string[] {
  return (
    text
      .toLowerCase()
      .match(/\p{L}+/gu)
      ?.filter(isContentWord) ?? []
  );
}

/** "drum*" for "drums" where the texts hold both, and for "drum": other endings are the same word. */
export function createStems(cases: readonly Case[]): (word: string) => string {
  const known = new Set(cases.flatMap(({ text }) => contentWordsIn(text)));
  return (word) => {
    const shorter = [word.slice(0, -1), word.slice(0, -2)].find((each) => each.length > 2 && known.has(each));
    return `${shorter ?? word}*`;
  };
}
