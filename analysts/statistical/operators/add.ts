import type { Condition } from "../../../agents/procedure/grammar/sentence.ts";
import { effects, type Board } from "../board.ts";
import { addCase, createCaseSet, hasCase, type CaseSet } from "../case-sets.ts";
import type { Contest } from "../contest.ts";
import { freeId, insertEntry, placesOfRules, skillAt, type Listing } from "../listing.ts";
import { marksOfAddition } from "../marks.ts";
import { emptinessOfPair } from "../readability.ts";
import type { Trait } from "../phrasebook.ts";
import { holdersOf, type Support } from "../trait-lists.ts";
import type { Window } from "../window.ts";

/** Words of a rule besides its clauses: "When the message ..., answer ...". */
const frameWords = 5;
const leastFixes = 2;

interface Search {
  board: Board;
  window: Window;
  contest: Contest;
  home: string;
  pairs: number;
}

/**
 * New rules: one trait or two, for each label that is answered wrongly, at the place in the list that does most good. A
 * place before other rules is taken only where it is better than a later one.
 */
export function addRules(search: Search): void {
  const { board, window } = search;
  const { first, last } = placesOfRules(board.listing);
  const counts = new Int32Array(4 * (board.listing.entries.length + 1));
  for (const label of board.missed) {
    const wrong = board.repairedBy(label);
    if (!search.contest.mayWin(wrong.length, frameWords)) continue;
    // What answers like the Otherwise only keeps other rules from cases.
    const isExclusion = label === board.listing.otherwise?.answer;
    const row = board.effectOf(label);
    const lasting = lastingEffects(board, { row, last, cases: board.cases.keys() });
    const target = { label, isExclusion, wrong, row, lasting, top: first, last, counts };
    const ranked = rankedTraits(window, window.supportOf(wrong, leastFixes));
    trySingles(search, ranked, target);
    for (const each of ranked.slice(0, search.pairs)) tryPairs(search, each, target);
  }
}

interface Target {
  label: string;
  isExclusion: boolean;
  /** The cases that should get the label and do not. */
  wrong: readonly number[];
  /** For each case what answering it with the label would change. */
  row: Uint8Array;
  /** What of it a rule changes wherever it stands. */
  lasting: Lasting;
  /** The places a rule may take, from the first to the last. */
  top: number;
  last: number;
  /** Room for what is counted of one rule after the other. */
  counts: Int32Array;
}

/** A trait with the wrong cases it is true of. */
interface Ranked {
  readonly trait: number;
  readonly count: number;
  readonly rank: number;
}

const rankings = new WeakMap<Support, readonly Ranked[]>();

/** Those that are true of many of some cases and of few others come first. */
function rankedTraits(window: Window, support: Support): readonly Ranked[] {
  const known = rankings.get(support);
  if (known !== undefined) return known;
  const ranked: Ranked[] = [];
  for (const [at, trait] of support.traits.entries()) {
    const count = support.counts[at] as number;
    ranked.push({ trait, count, rank: count ** 2 / window.sizeOf(trait) });
  }
  ranked.sort((left, right) => right.rank - left.rank || left.trait - right.trait);
  rankings.set(support, ranked);
  return ranked;
}

function trySingles(search: Search, ranked: readonly Ranked[], target: Target): void {
  const { window, contest } = search;
  const bound = { fixes: 0, breaks: 0, idle: 0 };
  for (const { trait, count } of ranked) {
    const { words, emptiness } = window.traits[trait] as Trait;
    if (!contest.mayWin(count, frameWords + words)) continue;
    contest.simulated(window.sizeOf(trait));
    bound.fixes = count;
    bound.breaks = window.countIn(trait, target.lasting.broken);
    bound.idle = window.countIn(trait, target.lasting.idled);
    const terms = { words: frameWords + words + 1, emptiness, isExclusion: target.isExclusion };
    if (contest.couldWin(bound, terms)) tryRule(search, target, { last: trait });
  }
}

function tryPairs(search: Search, { trait: first, count }: Ranked, target: Target): void {
  const { board, window, contest } = search;
  const { wrong, isExclusion } = target;
  const trait = window.traits[first] as Trait;
  const least = frameWords + trait.words;
  if (!contest.mayWin(count, least)) return;
  const cases = holdersOf(window, first);
  const inFirst = createCaseSet(board.cases.length, cases);
  const both = wrong.filter((each) => hasCase(inFirst, each));
  const { traits, counts, words } = window.supportOf(both, Math.max(leastFixes, contest.leastFixes));
  if (traits.length === 0) return;
  const { broken, idled } = lastingEffects(board, { ...target, cases });
  const bound = { fixes: 0, breaks: 0, idle: 0 };
  const terms = { words: 0, emptiness: 0, isExclusion };
  for (let at = 0; at < traits.length; at += 1) {
    const place = traits[at] as number;
    bound.fixes = counts[at] as number;
    if (place === first) continue;
    const length = least + (words[at] as number);
    if (!contest.mayWin(bound.fixes, length)) continue;
    contest.simulated(window.countIn(place, inFirst));
    bound.breaks = window.countIn(place, broken);
    bound.idle = window.countIn(place, idled);
    terms.words = length + 2;
    terms.emptiness = emptinessOfPair(trait, window.traits[place] as Trait);
    if (contest.couldWin(bound, terms)) tryRule(search, target, { first: { trait: first, inFirst }, last: place });
  }
}

/** Cases that a rule for them breaks, or changes for nothing, wherever it stands: no rule before its last place takes them. */
interface Lasting {
  broken: CaseSet;
  idled: CaseSet;
}

function lastingEffects(
  board: Board,
  { row, last, cases }: Pick<Target, "row" | "last"> & { cases: Iterable<number> },
): Lasting {
  const [broken, idled] = [createCaseSet(row.length), createCaseSet(row.length)];
  for (const each of cases) {
    if ((board.fired[each] as number) < last) continue;
    if (row[each] === effects.break) addCase(broken, each);
    else if (row[each] === effects.idle) addCase(idled, each);
  }
  return { broken, idled };
}

/** What a rule asks for: one trait or two, with the cases that the first is true of. */
interface Ground {
  first?: { trait: number; inFirst: CaseSet };
  last: number;
}

/** For each rule and effect how many cases a rule on this ground would change so, were it before all. */
function countsOn({ board, window }: Search, { row, counts }: Target, { first, last }: Ground): Int32Array {
  const { starts, holders } = window;
  counts.fill(0);
  for (let at = starts[last] as number; at < (starts[last + 1] as number); at += 1) {
    const each = holders[at] as number;
    if (first !== undefined && !hasCase(first.inFirst, each)) continue;
    const cell = 4 * (board.fired[each] as number) + (row[each] as number);
    counts[cell] = (counts[cell] as number) + 1;
  }
  return counts;
}

/** Tries a rule at every place, from last to first: the rules before a place keep their cases. */
function tryRule(search: Search, target: Target, ground: Ground): void {
  const { board, window, contest, home } = search;
  const { label, isExclusion, top, last } = target;
  const { listing } = board;
  const second = window.traits[ground.last] as Trait;
  const first = ground.first === undefined ? undefined : (window.traits[ground.first.trait] as Trait);
  const counts = countsOn(search, target, ground);
  const words = frameWords + (first === undefined ? 0 : first.words + 1) + second.words + 1;
  const emptiness = first === undefined ? second.emptiness : emptinessOfPair(first, second);
  const tally = { fixes: 0, breaks: 0, idle: 0 };
  const numbers = { tally, words, emptiness, isExclusion };
  let more = 0;
  for (let place = listing.entries.length; place >= top; place -= 1) {
    const fixes = counts[4 * place + effects.fix] as number;
    more = place < last ? fixes : more + fixes;
    tally.fixes += fixes;
    tally.breaks += counts[4 * place + effects.break] as number;
    tally.idle += counts[4 * place + effects.idle] as number;
    if (more === 0 || place > last || !contest.wouldWin(numbers)) continue;
    const traits = first === undefined ? [second] : [first, second];
    contest.enter({ ...numbers, tally: { ...tally }, ...ruleAt({ listing, place, home }, traits, label) });
  }
}

interface Site {
  listing: Listing;
  place: number;
  home: string;
}

function ruleAt({ listing, place, home }: Site, traits: readonly Trait[], answer: string) {
  const condition: Condition = { all: traits.map((trait) => [trait.clause]), unless: [] };
  const id = freeId(listing);
  const entry = { id, skill: skillAt(listing, place, home), condition, answer, fresh: true, moved: false };
  return {
    operator: place === placesOfRules(listing).last ? "add_rule" : "add_before",
    place: id,
    marks: marksOfAddition(answer, condition),
    apply: () => insertEntry(listing, place, entry),
  };
}
