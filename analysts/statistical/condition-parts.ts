import { printCondition } from "../../agents/procedure/grammar/printer.ts";
import type { Clause, Condition } from "../../agents/procedure/grammar/sentence.ts";

const known = new WeakMap<Clause, readonly string[]>();

/** What a clause says, one part for each phrase. */
function partsOfClause(clause: Clause): readonly string[] {
  const parts = known.get(clause) ?? printedParts(clause);
  known.set(clause, parts);
  return parts;
}

function printedParts(clause: Clause): string[] {
  const single = "phrases" in clause ? clause.phrases.map((phrase) => ({ ...clause, phrases: [phrase] })) : [clause];
  return single.map((each) => printCondition({ all: [[each]], unless: [] }));
}

/** What a condition says, one part for each phrase of a clause. */
export function partsOf(condition: Condition): string[] {
  return [
    ...condition.all.flat().flatMap(partsOfClause),
    ...condition.unless.flatMap(partsOfClause).map((part) => `unless ${part}`),
  ];
}
