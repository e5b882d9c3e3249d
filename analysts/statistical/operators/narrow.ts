import { compileCondition } from "../../../agents/procedure/compile.ts";
import type { Clause, Condition, Group } from "../../../agents/procedure/grammar/sentence.ts";
import { effects, isMet, tallyOf, type Board, type Tally } from "../board.ts";
import type { Contest } from "../contest.ts";
import { replaceEntry, type Entry } from "../listing.ts";
import { marksOfChange } from "../marks.ts";
import type { Case, Trait, Window } from "../window.ts";
import { supportOf, type Support } from "./support.ts";

interface Search {
  board: Board;
  window: Window;
  contest: Contest;
}

interface Site {
  place: number;
  entry: Entry;
  /** The cases the rule answers. */
  taken: readonly number[];
}

/** Makes rules that answer wrongly hold for fewer cases: an exception, a required trait, or one alternative less. */
export function narrowRules(search: Search): void {
  const { board, contest } = search;
  for (const [place, entry] of board.listing.entries.entries()) {
    if (entry.steps !== undefined) continue;
    const taken = [...board.fired.keys()].filter((each) => board.fired[each] === place);
    const fixable = taken.filter((each) => board.withoutRule[each] === effects.fix);
    if (!contest.mayWin(fixable.length, 0)) continue;
    addConditions(search, { place, entry, taken });
    dropAlternatives(search, { place, entry, taken });
  }
}

function addConditions(search: Search, site: Site): void {
  const { board, contest } = search;
  const index = site.entry.extraction === undefined ? search.window : search.window.guards;
  const whole = tallyOf(board.withoutRule, site.taken);
  const [fixes, breaks, idle] = [effects.fix, effects.break, effects.idle].map((effect) =>
    supportOf(
      index,
      site.taken.filter((each) => board.withoutRule[each] === effect),
    ),
  ) as [Support, Support, Support];
  for (const place of new Set([...fixes.traits, ...breaks.traits])) {
    const trait = index.traits[place] as Trait;
    const part = { fixes: fixes.count(place), breaks: breaks.count(place), idle: idle.count(place) };
    contest.simulated(part.fixes + part.breaks + part.idle);
    const words = trait.words + 1;
    if (isPositive(trait.clause)) {
      offer(search, site, {
        operator: "add_exception",
        tally: part,
        trait,
        words,
        make: (condition) => ({ ...condition, unless: withAlternative(condition.unless, trait.clause) }),
      });
    }
    offer(search, site, {
      operator: "narrow",
      tally: difference(whole, part),
      trait,
      words,
      make: (condition) => ({ ...condition, all: [...condition.all, [trait.clause]] }),
    });
  }
}

/** "unless it has no number" is a riddle; the required trait says it plainly. */
function isPositive(clause: Clause): boolean {
  return clause.kind !== "has-no" && clause.kind !== "mentions-none";
}

function difference(whole: Tally, part: Tally): Tally {
  return { fixes: whole.fixes - part.fixes, breaks: whole.breaks - part.breaks, idle: whole.idle - part.idle };
}

function withAlternative(group: Group, added: Clause): Group {
  const index = group.findIndex(({ kind }) => kind === added.kind && "phrases" in added);
  const old = group[index];
  if (old === undefined || !("phrases" in old) || !("phrases" in added)) return [...group, added];
  return group.with(index, { ...old, phrases: [...old.phrases, ...added.phrases] });
}

interface Offer {
  operator: string;
  tally: Tally;
  trait: Trait | undefined;
  words: number;
  make(condition: Condition): Condition;
}

function offer(
  { board, contest }: Search,
  { place, entry }: Site,
  { operator, tally, trait, words, make }: Offer,
): void {
  const numbers = { tally, words, emptiness: trait?.emptiness ?? 0, isExclusion: trait !== undefined };
  if (!contest.wouldWin(numbers)) return;
  const condition = make(entry.condition);
  contest.enter({
    ...numbers,
    operator,
    place: entry.id,
    marks: marksOfChange(entry.id, entry.condition, condition),
    apply: () => replaceEntry(board.listing, place, { ...entry, condition }),
  });
}

function dropAlternatives(search: Search, site: Site): void {
  const { board, contest } = search;
  for (const [group, clauses] of site.entry.condition.all.entries()) {
    for (const [clause, old] of clauses.entries()) {
      if (!("phrases" in old) || old.phrases.length < 2) continue;
      for (const phrase of old.phrases) {
        const phrases = old.phrases.filter((each) => each !== phrase);
        const make = (condition: Condition): Condition => ({
          ...condition,
          all: condition.all.with(group, clauses.with(clause, { ...old, phrases })),
        });
        const holds = compileCondition(make(site.entry.condition));
        const released = site.taken.filter((each) => !isMet(holds, board.cases[each] as Case, site.entry));
        const tally = tallyOf(board.withoutRule, released);
        contest.simulated(site.taken.length);
        offer(search, site, { operator: "narrow", tally, trait: undefined, words: -phrase.split(" ").length, make });
      }
    }
  }
}
