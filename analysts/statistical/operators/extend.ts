import type { Clause, Condition } from "../../../agents/procedure/grammar/sentence.ts";
import type { Board } from "../board.ts";
import type { Choice, Contest } from "../contest.ts";
import { replaceEntry, type Entry } from "../listing.ts";
import { marksOfChange } from "../marks.ts";
import type { Notebook } from "../notebook.ts";
import type { Trait } from "../traits/phrasebook.ts";
import { reachOf, type Reach } from "./reach.ts";
import { createSieve, leastGain, uncounted } from "./sieve.ts";
import type { Case, Window } from "../window.ts";

interface Search {
  board: Board;
  window: Window;
  contest: Contest;
  notebook: Pick<Notebook, "testOf">;
}

/** More phrases for a list of alternatives ("mentions", "starts with") of a rule. */
export function extendAlternatives(search: Search): void {
  for (const [place, { condition }] of search.board.listing.entries.entries()) {
    for (const [group, clauses] of condition.all.entries()) {
      for (const [clause, { kind }] of clauses.entries()) {
        if (kind === "mentions" || kind === "starts-with") extendClause(search, { kind, place, group, clause });
      }
    }
  }
}

interface Spot {
  kind: Clause["kind"];
  place: number;
  group: number;
  clause: number;
}

function extendClause(search: Search, spot: Spot): void {
  const { board, window, contest } = search;
  const { place } = spot;
  const entry = board.listing.entries[place] as Entry;
  const index = entry.extraction === undefined ? window : window.guards;
  const answers = board.answersOf(place);
  const wrong = board.repairedBy(answers);
  if (!contest.mayWin(wrong.length, 0)) return;
  const isOpen = openCases(search, spot);
  const repairable = wrong.filter(isOpen);
  if (!contest.mayWin(repairable.length, 0)) return;
  const isExclusion = entry.answer === board.listing.otherwise?.answer;
  const { traits, counts, grades } = index.supportOf(repairable, contest.leastFixes);
  const sieve = createSieve({ contest, grades: index.grades, most: repairable.length }, (fixes, grade) => {
    const words = grade.words - 1;
    if (grade.kind !== spot.kind || !contest.mayWin(fixes, words)) return undefined;
    return leastGain(contest, fixes, { words, emptiness: grade.emptiness, isExclusion });
  });
  let others: Reach | undefined;
  let simulations = 0;
  for (let at = 0; at < traits.length; at += 1) {
    const candidate = traits[at] as number;
    const fixes = counts[at] as number;
    const least = sieve(fixes, grades[at] as number);
    if (least === uncounted) continue;
    simulations += index.sizeOf(candidate);
    if (fixes < least) continue;
    others ??= reachOf(board.effectOf(answers), isOpen);
    const breaks = index.countIn(candidate, others.broken, fixes - least + 1);
    if (fixes - breaks < least) continue;
    const idle = index.countIn(candidate, others.idled);
    const { words, emptiness, clause } = index.traits[candidate] as Trait;
    const numbers = { tally: { fixes, breaks, idle }, words: words - 1, emptiness, isExclusion };
    if (contest.wouldWin(numbers)) enter(search, spot, { ...numbers, clause });
  }
  contest.simulated(simulations);
}

interface Offer extends Pick<Choice, "tally" | "words" | "emptiness" | "isExclusion"> {
  /** What the new phrase would say alone. */
  clause: Clause;
}

function enter({ board, contest }: Search, spot: Spot, { clause, ...numbers }: Offer): void {
  const entry = board.listing.entries[spot.place] as Entry;
  const condition = withPhrase(entry.condition, spot, clause);
  contest.enter({
    ...numbers,
    operator: "extend_alternatives",
    place: entry.id,
    marks: marksOfChange(entry.id, entry.condition, condition),
    apply: () => replaceEntry(board.listing, spot.place, { ...entry, condition }),
  });
}

/** Whether a case is one that no earlier rule takes and that only the group at the spot keeps from the rule. */
function openCases({ board, notebook }: Search, { place, group }: Spot): (each: number) => boolean {
  const { condition, extraction } = board.listing.entries[place] as Entry;
  const isFree = (each: number): boolean => (board.fired[each] as number) > place;
  if (condition.all.length === 1 && condition.unless.length === 0) return isFree;
  const holds = notebook.testOf(withoutGroup(condition, group), extraction !== undefined);
  return (each) => isFree(each) && holds(board.cases[each] as Case);
}

/** Kept, so that each is tested once however often the list around its rule changes. */
const shorter = new WeakMap<Condition, Condition[]>();

function withoutGroup(condition: Condition, group: number): Condition {
  const known = shorter.get(condition) ?? [];
  shorter.set(condition, known);
  return (known[group] ??= { ...condition, all: condition.all.toSpliced(group, 1) });
}

function withPhrase(condition: Condition, { group, clause }: Spot, added: Clause): Condition {
  const clauses = condition.all[group] ?? [];
  const old = clauses[clause];
  if (old === undefined || !("phrases" in old) || !("phrases" in added)) return condition;
  const extended = { ...old, phrases: [...old.phrases, ...added.phrases] };
  return { ...condition, all: condition.all.with(group, clauses.with(clause, extended)) };
}
