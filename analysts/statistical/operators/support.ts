import type { Board } from "../board.ts";
import type { TraitIndex } from "../window.ts";

/** How many of some cases each trait holds for. */
export interface Support {
  /** Places of the traits that hold for any, in order of appearance. */
  readonly traits: readonly number[];

  count(trait: number): number;
}

export function supportOf({ traits: all, traitsOf }: TraitIndex, cases: readonly number[]): Support {
  const counts = new Uint16Array(all.length);
  const traits: number[] = [];
  for (const each of cases) {
    for (const trait of traitsOf[each] ?? []) {
      if (counts[trait] === 0) traits.push(trait);
      counts[trait] = (counts[trait] as number) + 1;
    }
  }
  return { traits, count: (trait) => counts[trait] as number };
}

/** The labels of wrongly answered cases, by code unit. */
export function labelsOf({ wrong, cases }: Board): string[] {
  return [...new Set(wrong.map((place) => cases[place]?.expected ?? ""))].toSorted();
}
