import type { Condition } from "../../../agents/procedure/grammar/sentence.ts";
import { effects, type Board } from "../board.ts";
import type { Contest } from "../contest.ts";
import { freeId, insertEntry, placesOfRules, skillAt, type Listing } from "../listing.ts";
import { marksOfAddition } from "../marks.ts";
import { emptinessOfPair } from "../readability.ts";
import type { Trait, Window } from "../window.ts";
import { labelsOf, supportOf } from "./support.ts";

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

interface Target {
  label: string;
  wrong: readonly number[];
  tryTraits(traits: readonly Trait[]): void;
}

/**
 * New rules: one trait or two, for each label that is answered wrongly, at the place in the list that does most good. A
 * place before other rules is taken only where it is better than a later one.
 */
export function addRules(search: Search): void {
  const { board, window, contest } = search;
  const tryTraits = createTrial(search);
  for (const label of labelsOf(board)) {
    const wrong = board.wrong.filter((place) => board.cases[place]?.expected === label);
    const support = supportOf(window, wrong);
    const ranked = support.traits
      .filter((trait) => support.count(trait) >= leastFixes)
      .map((place) => ({ place, trait: window.traits[place] as Trait }))
      .map(({ place, trait }) => ({ place, trait, rank: support.count(place) ** 2 / trait.cases.length }))
      .toSorted((left, right) => right.rank - left.rank || left.place - right.place);
    for (const { place, trait } of ranked) {
      if (contest.mayWin(support.count(place), frameWords + trait.words)) tryTraits([trait], label);
    }
    const target = { label, wrong, tryTraits: (traits: readonly Trait[]) => tryTraits(traits, label) };
    for (const { place } of ranked.slice(0, search.pairs)) tryPairs(search, place, target);
  }
}

function tryPairs({ window, contest }: Search, first: number, { wrong, tryTraits }: Target): void {
  const trait = window.traits[first] as Trait;
  const inFirst = new Set(trait.cases);
  const support = supportOf(
    window,
    wrong.filter((place) => inFirst.has(place)),
  );
  for (const place of support.traits) {
    const count = support.count(place);
    const second = window.traits[place] as Trait;
    if (place === first || count < leastFixes) continue;
    if (contest.mayWin(count, frameWords + trait.words + second.words)) tryTraits([trait, second]);
  }
}

/** Tries a rule at every place, from last to first: the rules before a place keep their cases. */
function createTrial({ board, contest, home }: Search): (traits: readonly Trait[], label: string) => void {
  const { listing, fired } = board;
  const { first: top, last } = placesOfRules(listing);
  const end = listing.entries.length;
  const counts = new Int32Array(4 * (end + 1));
  const both = new Int32Array(board.cases.length);
  return (traits, label) => {
    const [first, second] = traits as [Trait, Trait | undefined];
    const shared = second === undefined ? first.cases.length : intersect(first.cases, second.cases, both);
    const cases = second === undefined ? first.cases : both;
    const row = board.effectOf(label);
    contest.simulated(shared);
    counts.fill(0);
    for (let at = 0; at < shared; at += 1) {
      const each = cases[at] as number;
      const cell = 4 * (fired[each] as number) + (row[each] as number);
      counts[cell] = (counts[cell] as number) + 1;
    }
    const words = frameWords + first.words + 1 + (second === undefined ? 0 : second.words + 1);
    // What answers like the Otherwise only keeps other rules from cases.
    const isExclusion = label === listing.otherwise?.answer;
    const emptiness = second === undefined ? first.emptiness : emptinessOfPair(first, second);
    let [fixes, breaks, idle] = [0, 0, 0];
    let more = 0;
    for (let place = end; place >= top; place -= 1) {
      if (place < last) more = 0;
      more += counts[4 * place + effects.fix] as number;
      fixes += counts[4 * place + effects.fix] as number;
      breaks += counts[4 * place + effects.break] as number;
      idle += counts[4 * place + effects.idle] as number;
      if (more === 0 || place > last) continue;
      const numbers = { tally: { fixes, breaks, idle }, words, emptiness, isExclusion };
      if (contest.wouldWin(numbers)) contest.enter({ ...numbers, ...ruleAt({ listing, place, home }, traits, label) });
    }
  };
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

/** What two ascending lists share, written into a third; gives how many. */
function intersect(left: Int32Array, right: Int32Array, into: Int32Array): number {
  let [here, there, shared] = [0, 0, 0];
  while (here < left.length && there < right.length) {
    const difference = (left[here] as number) - (right[there] as number);
    if (difference === 0) {
      into[shared] = left[here] as number;
      shared += 1;
    }
    if (difference <= 0) here += 1;
    if (difference >= 0) there += 1;
  }
  return shared;
}
