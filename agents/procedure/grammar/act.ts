/**
 * What a sentence names: `"text"`, a `` `name` ``, or a `/pattern/`. A text is found whatever its capitals; where it begins
 * or ends with a letter it is found as a word, and `word*` finds any ending. A name stands for the value of that name, for
 * each item of it where that is a list, and for itself where there is no such value. A pattern sees capitals.
 */
export type Item =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "name"; readonly name: string }
  | { readonly kind: "pattern"; readonly source: string };

/**
 * What steps hand on. Acts on text see a number as its digits and go through a list item by item; acts on a list see
 * a text or number as a list of one.
 */
export type Value = string | readonly string[] | number;

export const choices = ["first", "last", "only", "largest", "smallest", "all"] as const;
export type Choice = (typeof choices)[number];

/** How strongly a clue speaks for its label: slightly, plainly, strongly. */
type Weight = 1 | 2 | 3;

/**
 * One thing a sentence does. Lists of items hold at least one, except that `take` may hold none: it then takes from a
 * list.
 */
export type Act =
  | { readonly kind: "answer"; readonly text: string }
  | { readonly kind: "answer-it" | "answer-sum" }
  | { readonly kind: "answer-name"; readonly name: string }
  | { readonly kind: "lean"; readonly label: string; readonly weight: Weight }
  | { readonly kind: "take"; readonly choice: Choice; readonly items: readonly Item[]; readonly name?: string }
  | {
      readonly kind: "take-after" | "take-before";
      readonly items: readonly Item[];
      readonly name?: string;
    }
  | { readonly kind: "take-between"; readonly from: Item; readonly to: Item; readonly name?: string }
  | { readonly kind: "use"; readonly name: string }
  | { readonly kind: "remove" | "ignore" | "keep" | "split"; readonly items: readonly Item[] }
  | { readonly kind: "replace"; readonly items: readonly Item[]; readonly text: string }
  | {
      readonly kind:
        | "remove-spaces"
        | "remove-outer-punctuation"
        | "lower-case"
        | "number-words"
        | "split-words"
        | "sort"
        | "count"
        | "add-up"
        | "stop";
    }
  | { readonly kind: "format"; readonly decimals: number }
  | { readonly kind: "join"; readonly text: string }
  | { readonly kind: "go"; readonly step: number };
