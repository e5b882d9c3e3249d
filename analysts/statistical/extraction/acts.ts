import type { Act } from "../../../agents/procedure/grammar/act.ts";
import { printActs } from "../../../agents/procedure/grammar/act-printer.ts";

const locators: readonly Act["kind"][] = ["take", "take-after", "take-before", "take-between"];

/** The acts that find something, and those that turn it into the answer. */
export function splitActs(acts: readonly Act[]): { locating: readonly Act[]; normalising: readonly Act[] } {
  const end = acts.findLastIndex(({ kind }) => locators.includes(kind)) + 1;
  return { locating: acts.slice(0, end), normalising: acts.slice(end) };
}

const lengths = new WeakMap<Act, number>();

function wordsOfAct(act: Act): number {
  const words = lengths.get(act) ?? printActs([act]).split(" ").length;
  lengths.set(act, words);
  return words;
}

export function wordsOfActs(acts: readonly Act[]): number {
  return acts.reduce((words, act) => words + wordsOfAct(act), 0);
}
