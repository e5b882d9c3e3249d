import type { Clause, Condition, Group } from "../../../agents/procedure/grammar/sentence.ts";
import { effects, tallyOf, type Board, type Tally } from "../board.ts";
import type { Choice, Contest } from "../contest.ts";
import { replaceEntry, type Entry } from "../listing.ts";
import { marksOfChange } from "../marks.ts";
import type { Notebook } from "../notebook.ts";
import type { Trait } from "../phrasebook.ts";
import type { Support, TraitIndex } from "../trait-index.ts";
import type { Case, Window } from "../window.ts";

interface Search {
  board: Board;
  window: Window;
  contest: Contest;
  notebook: Pick<Notebook, "testOf">;
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
    const taken = board.taken[place] as readonly number[];
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
  for (const { trait: place, ...part } of partsOf(board, index, site.taken)) {
    contest.simulated(part.fixes + part.breaks + part.idle);
    const trait = index.traits[place] as Trait;
    const terms = { words: trait.words + 1, emptiness: trait.emptiness, isExclusion: true };
    const exception = { tally: part, ...terms };
    if (isPositive(trait.clause) && contest.wouldWin(exception)) {
      enter(search, site, {
        operator: "add_exception",
        ...exception,
        make: (condition) => ({ ...condition, unless: withAlternative(condition.unless, trait.clause) }),
      });
    }
    const narrowed = { tally: difference(whole, part), ...terms };
    if (!contest.wouldWin(narrowed)) continue;
    enter(search, site, {
      operator: "narrow",
      ...narrowed,
      make: (condition) => ({ ...condition, all: [...condition.all, [trait.clause]] }),
    });
  }
}

/** What a rule's letting go of its cases would change in those that a trait is true of. */
interface Part extends Tally {
  readonly trait: number;
}

/** For each trait that is true of a case that would be repaired or broken, in order of appearance. */
function partsOf(board: Board, index: TraitIndex, taken: readonly number[]): Part[] {
  const supportOf = (effect: number): Support =>
    index.supportOf(taken.filter((each) => board.withoutRule[each] === effect));
  const [fixes, breaks, idle] = [supportOf(effects.fix), supportOf(effects.break), supportOf(effects.idle)];
  const [inBreaks, inIdle] = [breaks, idle].map(({ traits, counts }) => {
    const spread = new Int32Array(index.traits.length);
    for (let at = 0; at < traits.length; at += 1) spread[traits[at] as number] = counts[at] as number;
    return spread;
  }) as [Int32Array, Int32Array];
  const parts: Part[] = [];
  for (let at = 0; at < fixes.traits.length; at += 1) {
    const trait = fixes.traits[at] as number;
    const part = { trait, fixes: fixes.counts[at] as number, breaks: inBreaks[trait] as number };
    parts.push({ ...part, idle: inIdle[trait] as number });
    inBreaks[trait] = 0;
  }
  for (const trait of breaks.traits) {
    const count = inBreaks[trait] as number;
    if (count > 0) parts.push({ trait, fixes: 0, breaks: count, idle: inIdle[trait] as number });
  }
  return parts;
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

interface Offer extends Pick<Choice, "operator" | "tally" | "words" | "emptiness" | "isExclusion"> {
  make(condition: Condition): Condition;
}

function enter({ board, contest }: Search, { place, entry }: Site, { make, ...offer }: Offer): void {
  const condition = make(entry.condition);
  contest.enter({
    ...offer,
    place: entry.id,
    marks: marksOfChange(entry.id, entry.condition, condition),
    apply: () => replaceEntry(board.listing, place, { ...entry, condition }),
  });
}

function dropAlternatives(search: Search, site: Site): void {
  const { board, contest, notebook } = search;
  for (const [group, clauses] of site.entry.condition.all.entries()) {
    for (const [clause, old] of clauses.entries()) {
      if (!("phrases" in old) || old.phrases.length < 2) continue;
      for (const phrase of old.phrases) {
        const phrases = old.phrases.filter((each) => each !== phrase);
        const make = (condition: Condition): Condition => ({
          ...condition,
          all: condition.all.with(group, clauses.with(clause, { ...old, phrases })),
        });
        const holds = notebook.testOf(make(site.entry.condition), site.entry.extraction !== undefined);
        const released = site.taken.filter((each) => !holds(board.cases[each] as Case));
        const tally = tallyOf(board.withoutRule, released);
        contest.simulated(site.taken.length);
        const numbers = { tally, words: -phrase.split(" ").length, emptiness: 0, isExclusion: false };
        if (contest.wouldWin(numbers)) enter(search, site, { operator: "narrow", ...numbers, make });
      }
    }
  }
}
