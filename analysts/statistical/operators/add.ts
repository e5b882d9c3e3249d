import type { Condition } from "../../../agents/procedure/grammar/sentence.ts";
import { effects, type Board } from "../board.ts";
import { addCase, createCaseSet, hasCase, intersect, type CaseSet } from "../case-sets.ts";
import type { Contest } from "../contest.ts";
import { freeId, insertEntry, placesOfRules, skillAt, type Listing } from "../listing.ts";
import { marksOfAddition } from "../marks.ts";
import { createLineup, createSides, type Lineup, type Sides } from "./lineup.ts";
import { createSieve, leastGain, uncounted } from "./sieve.ts";
import { emptinessOfPair } from "../readability.ts";
import type { Trait } from "../traits/phrasebook.ts";
import type { Support } from "../traits/trait-lists.ts";
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
  const room = {
    counts: new Int32Array(4 * (board.listing.entries.length + 1)),
    cases: new Int32Array(board.cases.length),
    set: createCaseSet(board.cases.length),
    sides: createSides(board.cases.length),
  };
  const lineup = createLineup(board, window);
  for (const label of board.missed) {
    const wrong = board.repairedBy(label);
    if (!search.contest.mayWin(wrong.length, frameWords)) continue;
    // What answers like the Otherwise only keeps other rules from cases.
    const isExclusion = label === board.listing.otherwise?.answer;
    const row = board.effectOf(label);
    const sides = lineup.sidesOf(row);
    const target = { label, isExclusion, wrong, row, changed: changedBy(row), lineup, sides, top: first, last, room };
    const ranked = rankedTraits(window, window.supportOf(wrong, leastFixes));
    trySingles(search, ranked, target);
    for (const each of ranked.slice(0, search.pairs)) tryPairs(search, each, target);
  }
}

function changedBy(row: Uint8Array): CaseSet {
  const changed = createCaseSet(row.length);
  for (let each = 0; each < row.length; each += 1) if (row[each] !== effects.none) addCase(changed, each);
  return changed;
}

interface Target {
  label: string;
  isExclusion: boolean;
  /** The cases that should get the label and do not. */
  wrong: readonly number[];
  /** For each case what answering it with the label would change. */
  row: Uint8Array;
  /** The cases that it would change. */
  changed: CaseSet;
  lineup: Lineup;
  /** The same in the order of the lineup. */
  sides: Sides;
  /** The places a rule may take, from the first to the last. */
  top: number;
  last: number;
  /** Room for what is counted of one rule after the other. */
  room: { counts: Int32Array; cases: Int32Array; set: CaseSet; sides: Sides };
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
  const { lineup, sides, isExclusion, changed: reached } = target;
  for (const { trait, count } of ranked) {
    const { words, emptiness } = window.traits[trait] as Trait;
    if (!contest.mayWin(count, frameWords + words)) continue;
    contest.simulated(window.sizeOf(trait));
    const least = leastGain(contest, count, { words: frameWords + words + 1, emptiness, isExclusion });
    if (lineup.mayGain(trait, sides, count, least)) tryRule(search, target, { reached, last: trait });
  }
}

function tryPairs(search: Search, { trait: first, count }: Ranked, target: Target): void {
  const { window, contest } = search;
  const { wrong, isExclusion, lineup, room } = target;
  const trait = window.traits[first] as Trait;
  const frame = frameWords + trait.words;
  if (!contest.mayWin(count, frame)) return;
  const inFirst = window.setOf(first);
  const both = wrong.filter((each) => hasCase(inFirst, each));
  const { traits, counts, grades } = window.supportOf(both, Math.max(leastFixes, contest.leastFixes));
  if (traits.length === 0) return;
  const reached = intersect(inFirst, target.changed, room.set);
  lineup.narrow(target.sides, first, room.sides);
  const sharedWithFirst = window.sharedWith(first);
  const sieve = createSieve({ contest, grades: window.grades, most: both.length }, (fixes, grade) => {
    if (!contest.mayWin(fixes, frame + grade.words)) return undefined;
    return leastGain(contest, fixes, {
      words: frame + grade.words + 2,
      emptiness: emptinessOfPair(trait, grade),
      isExclusion,
    });
  });
  let simulations = 0;
  for (let at = 0; at < traits.length; at += 1) {
    const last = traits[at] as number;
    if (last === first) continue;
    const fixes = counts[at] as number;
    const least = sieve(fixes, grades[at] as number);
    if (least === uncounted) continue;
    simulations += sharedWithFirst(last);
    if (lineup.mayGain(last, room.sides, fixes, least)) tryRule(search, target, { reached, first, last });
  }
  contest.simulated(simulations);
}

/** What a rule asks for: one trait or two. */
interface Ground {
  /** The cases it would change if it asked for all but the last. */
  reached: CaseSet;
  first?: number;
  last: number;
}

/** For each rule and effect how many cases a rule on this ground would change so, were it before all. */
function countsOn({ board, window }: Search, { row, room }: Target, { reached, last }: Ground): Int32Array {
  const { counts, cases } = room;
  counts.fill(0);
  const found = window.gather(last, reached, cases);
  for (let at = 0; at < found; at += 1) {
    const each = cases[at] as number;
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
  const first = ground.first === undefined ? undefined : (window.traits[ground.first] as Trait);
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
    if (more === 0 || place > last || !contest.mayWin(tally.fixes - tally.breaks, words)) continue;
    if (!contest.wouldWin(numbers)) continue;
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
