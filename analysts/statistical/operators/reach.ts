import { effects } from "../board.ts";
import { addCase, createCaseSet, type CaseSet } from "../case-sets.ts";

/** Cases that a rule for them would change. */
export interface Reach {
  readonly changed: CaseSet;
  /** Those it would break wherever it stands. */
  readonly broken: CaseSet;
  /** Those it would change for nothing wherever it stands. */
  readonly idled: CaseSet;
}

function createReach(cases: number): Reach {
  return { changed: createCaseSet(cases), broken: createCaseSet(cases), idled: createCaseSet(cases) };
}

/** `row` says for each case what answering it changes, `isLasting` whether that is so wherever the rule stands. */
export function reachOf(row: Uint8Array, isLasting: (each: number) => boolean): Reach {
  const reach = createReach(row.length);
  for (let each = 0; each < row.length; each += 1) {
    const effect = row[each] as number;
    if (effect === effects.none) continue;
    addCase(reach.changed, each);
    if (effect === effects.fix || !isLasting(each)) continue;
    addCase(effect === effects.break ? reach.broken : reach.idled, each);
  }
  return reach;
}
