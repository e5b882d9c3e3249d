import { compileGroup } from "../../../agents/procedure/compile.ts";
import type { Clause, Condition } from "../../../agents/procedure/grammar/sentence.ts";
import { effects, isMet, tallyOf, type Board } from "../board.ts";
import type { Contest } from "../contest.ts";
import { replaceEntry, type Entry } from "../listing.ts";
import { marksOfChange } from "../marks.ts";
import type { Case, Trait, Window } from "../window.ts";
import { supportOf } from "./support.ts";

interface Search {
  board: Board;
  window: Window;
  contest: Contest;
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

function extendClause({ board, window, contest }: Search, spot: Spot): void {
  const { place } = spot;
  const entry = board.listing.entries[place] as Entry;
  const index = entry.extraction === undefined ? window : window.guards;
  const isOpen = openCases(board, spot);
  const all = board.effectOf(board.answersOf(place));
  const repairable = board.wrong.filter((each) => all[each] === effects.fix && isOpen(each));
  if (!contest.mayWin(repairable.length, 0)) return;
  const row = all.map((effect, each) => (effect !== effects.none && isOpen(each) ? effect : effects.none));
  const isExclusion = entry.answer === board.listing.otherwise?.answer;
  const support = supportOf(index, repairable);
  for (const candidate of support.traits) {
    const trait = index.traits[candidate] as Trait;
    if (trait.clause.kind !== spot.kind || !contest.mayWin(support.count(candidate), trait.words - 1)) continue;
    const tally = tallyOf(row, trait.cases);
    contest.simulated(trait.cases.length);
    const numbers = { tally, words: trait.words - 1, emptiness: trait.emptiness, isExclusion };
    if (!contest.wouldWin(numbers)) continue;
    const condition = withPhrase(entry.condition, spot, trait.clause);
    contest.enter({
      ...numbers,
      operator: "extend_alternatives",
      place: entry.id,
      marks: marksOfChange(entry.id, entry.condition, condition),
      apply: () => replaceEntry(board.listing, place, { ...entry, condition }),
    });
  }
}

/** Whether a case is one that no earlier rule takes and that only the group at the spot keeps from the rule. */
function openCases(board: Board, { place, group }: Spot): (each: number) => boolean {
  const entry = board.listing.entries[place] as Entry;
  const { condition } = entry;
  const others = condition.all.filter((_, index) => index !== group).map(compileGroup);
  const unless = compileGroup(condition.unless);
  return (each) => {
    const given = board.cases[each] as Case;
    if ((board.fired[each] as number) <= place || isMet(unless, given, entry)) return false;
    return others.every((holds) => isMet(holds, given, entry));
  };
}

function withPhrase(condition: Condition, { group, clause }: Spot, added: Clause): Condition {
  const clauses = condition.all[group] ?? [];
  const old = clauses[clause];
  if (old === undefined || !("phrases" in old) || !("phrases" in added)) return condition;
  const extended = { ...old, phrases: [...old.phrases, ...added.phrases] };
  return { ...condition, all: condition.all.with(group, clauses.with(clause, extended)) };
}
