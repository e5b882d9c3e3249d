import type { Condition } from "../../../agents/procedure/sentence.ts";
import { effects, type Board } from "../board.ts";
import type { Contest } from "../contest.ts";
import { freeId, insertEntry, skillAt } from "../listing.ts";
import { marksOfAddition } from "../marks.ts";
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
  const perPlace = new Int32Array(4 * (listing.entries.length + 1));
  return (traits, label) => {
    const [first, second] = traits as [Trait, Trait | undefined];
    const cases = second === undefined ? first.cases : intersection(first.cases, second.cases);
    const row = board.effectOf(label);
    contest.simulated(cases.length);
    perPlace.fill(0);
    for (const each of cases) {
      const cell = 4 * (fired[each] as number) + (row[each] as number);
      perPlace[cell] = (perPlace[cell] as number) + 1;
    }
    const words = frameWords + traits.reduce((sum, trait) => sum + trait.words + 1, 0);
    const emptiness = Math.max(...traits.map((trait) => trait.emptiness));
    const at = (place: number, effect: number): number => perPlace[4 * place + effect] as number;
    let tally = { fixes: 0, breaks: 0, idle: 0 };
    for (let place = listing.entries.length; place >= 0; place -= 1) {
      if (at(place, effects.fix) === 0 && place < listing.entries.length) {
        tally = { ...tally, breaks: tally.breaks + at(place, effects.break), idle: tally.idle + at(place, effects.idle) };
        continue;
      }
      tally = {
        fixes: tally.fixes + at(place, effects.fix),
        breaks: tally.breaks + at(place, effects.break),
        idle: tally.idle + at(place, effects.idle),
      };
      if (!contest.wouldWin({ tally, words, emptiness })) continue;
      const condition: Condition = { all: traits.map((trait) => [trait.clause]), unless: [] };
      const id = freeId(listing);
      const entry = { id, skill: skillAt(listing, place, home), condition, answer: label, fresh: true, moved: false };
      contest.enter({
        operator: place === listing.entries.length ? "add_rule" : "add_before",
        place: id,
        tally,
        words,
        emptiness,
        marks: marksOfAddition(label, condition),
        apply: () => insertEntry(listing, place, entry),
      });
    }
  };
}

/** Of two ascending lists. */
function intersection(left: Int32Array, right: Int32Array): number[] {
  const both: number[] = [];
  let [here, there] = [0, 0];
  while (here < left.length && there < right.length) {
    const difference = (left[here] as number) - (right[there] as number);
    if (difference === 0) both.push(left[here] as number);
    if (difference <= 0) here += 1;
    if (difference >= 0) there += 1;
  }
  return both;
}
