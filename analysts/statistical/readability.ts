import { printCondition } from "../../agents/procedure/grammar/printer.ts";
import type { Clause, Condition } from "../../agents/procedure/grammar/sentence.ts";

/** English words that carry grammar, not subject matter. */
const functionWords = new Set(
  `a about after all also am an and any are as at be because been before being but by can cannot could did do does doing
  done down for from get gets getting go goes going got had has have having he her here hers him his how i if in into is
  it its just let like may me might more most must my no nor not now of off on once only or other our ours out over own
  please shall she should so some such than that the their theirs them then there these they this those through to too
  under until up upon us very was we were what when where which while who whom whose why will with would you your yours
  i'm i've i'd i'll it's don't doesn't didn't can't couldn't won't wouldn't isn't aren't wasn't weren't hasn't haven't
  that's what's there's you're we're they're he's she's one`
    .split(/\s+/)
    .filter((word) => word !== ""),
);

const startsOfFunctionWords = new Set(
  [...functionWords].flatMap((word) => [...word].map((_, last) => word.slice(0, last + 1))),
);

/** Whether a word that carries grammar begins so. */
export function startsFunctionWord(start: string): boolean {
  return startsOfFunctionWords.has(start);
}

/** A word with a subject, or a currency sign. */
export function isContentWord(token: string): boolean {
  return /^\p{Sc}$/u.test(token) || (/^\p{L}{2}/u.test(token) && !functionWords.has(token));
}

/** How little a clause says to a reader, in 0..1: the share of its words without content; a length says nothing. */
export function emptinessOf(clause: Clause): number {
  if ("words" in clause) return 1;
  if (!("phrases" in clause)) return 0;
  const tokens = clause.phrases.flatMap((phrase) => phrase.split(" "));
  const content = tokens.filter(isContentWord).length;
  return 1 - content / tokens.length;
}

/** How empty a clause is, and whether it says how long a message is. */
interface Weighed {
  readonly emptiness: number;
  readonly isLength: boolean;
}

/** Of two clauses in one rule: the emptier one counts, but a length beside another clause only as half as empty as it is. */
export function emptinessOfPair(first: Weighed, second: Weighed): number {
  const [left, right] = [first.emptiness, second.emptiness];
  return first.isLength !== second.isLength ? (left + right) / 2 : Math.max(left, right);
}

export function wordsIn(condition: Condition): number {
  return printCondition(condition).split(" ").length;
}
