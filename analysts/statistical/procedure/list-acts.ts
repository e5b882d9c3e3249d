import type { Act } from "../../../agents/procedure/grammar/act.ts";

/** What makes lists of lists. */
export const listActs: readonly Act[] = [
  { kind: "number-words" },
  { kind: "lower-case" },
  { kind: "sort" },
  { kind: "remove-outer-punctuation" },
];

/** Those that change each item by itself. */
export const itemActs = listActs.filter(({ kind }) => kind !== "sort");

/** What makes numbers of lists. */
export const endActs: readonly Act[] = [{ kind: "add-up" }, { kind: "count" }];
