import type { Message } from "../../../agents/procedure/message.ts";
import { countShared, createCaseSet, gatherShared, hasCase, type CaseSet } from "../case-sets.ts";
import { once } from "../../../agents/procedure/once.ts";
import type { Grade, Phrasebook, Trait } from "./phrasebook.ts";

/**
 * Traits with the cases each is true of: those of a trait stand in `holders`
 * from its place in `starts` to the next one's, ascending.
 */
export interface TraitList {
  readonly traits: readonly Trait[];
  readonly starts: Int32Array;
  readonly holders: Int32Array;
}

/** An inverted index: traits to cases, cases to traits. Traits and cases are named by their places. */
export interface TraitIndex extends TraitList {
  /** For each case the traits that are true of it, ascending. */
  readonly traitsOf: readonly Int32Array[];
  /** The grades there are. */
  readonly grades: readonly Grade[];
  /** How many cases a trait is true of. */
  sizeOf(trait: number): number;
  /** How many of some cases each trait is true of, for those that are of `least` or more. */
  supportOf(cases: readonly number[], least?: number): Support;
  /** How many cases of a set a trait is true of; counting ends at `limit`. */
  countIn(trait: number, set: CaseSet, limit?: number): number;
  /** For each trait how many cases it shares with one of them. */
  sharedWith(trait: number): (other: number) => number;
  /** Writes the cases of a set that a trait is true of, ascending; how many they are. */
  gather(trait: number, set: CaseSet, into: Int32Array): number;
  /** The cases that a trait is true of; not to be changed. */
  setOf(trait: number): CaseSet;
}

/** The cases a trait is true of, ascending. */
function holdersOf({ starts, holders }: TraitList, trait: number): Int32Array {
  return holders.subarray(starts[trait], starts[trait + 1]);
}

/** How many of some cases traits are true of, in order of appearance. */
export interface Support {
  readonly traits: Int32Array;
  readonly counts: Int32Array;
  /** The grade of each of these traits, by its number. */
  readonly grades: Int32Array;
}

/** A trait of fewer cases is no ground for a rule. */
export const leastSupport = 2;
/** Looking up so many cases takes as long as one word of a set. */
const holdersPerWord = 3;
/** So many answers are remembered. */
const mostSupports = 4000;
const mostShared = 64;

/** For each phrase of a book how many messages have it, and whether it is worth listing. */
type Keep = (phrase: number, counts: Int32Array) => boolean;

/** What enough messages mention, or begin with. */
export function listPhrases(messages: readonly Message[], book: Phrasebook, keep: Keep = () => true): TraitList {
  const rows = book.rowsOf(messages);
  const counts = new Int32Array(book.size);
  const met = countPhrases(rows, counts);
  const kept = met.filter((phrase) => (counts[phrase] as number) >= leastSupport && keep(phrase, counts));
  const starts = startsOf(kept.map((phrase) => counts[phrase] as number));
  for (const phrase of met) counts[phrase] = 0;
  for (let place = 0; place < kept.length; place += 1) counts[kept[place] as number] = (starts[place] as number) + 1;
  const holders = new Int32Array(starts.at(-1) as number);
  placeHolders(rows, counts, holders);
  return { traits: kept.map((phrase) => book.traitOf(phrase)), starts, holders };
}

/** How many rows hold each phrase; the phrases in order of appearance. */
function countPhrases(rows: readonly Int32Array[], counts: Int32Array): number[] {
  const met: number[] = [];
  for (const row of rows) {
    for (let at = 0; at < row.length; at += 1) {
      const phrase = row[at] as number;
      if (counts[phrase] === 0) met.push(phrase);
      counts[phrase] = (counts[phrase] as number) + 1;
    }
  }
  return met;
}

/** `next` says for each phrase where its next holder goes, by one more; 0 where the phrase is left out. */
function placeHolders(rows: readonly Int32Array[], next: Int32Array, holders: Int32Array): void {
  for (let each = 0; each < rows.length; each += 1) {
    const row = rows[each] as Int32Array;
    for (let at = 0; at < row.length; at += 1) {
      const phrase = row[at] as number;
      const free = next[phrase] as number;
      if (free === 0) continue;
      holders[free - 1] = each;
      next[phrase] = free + 1;
    }
  }
}

export function listTraits(found: readonly { trait: Trait; cases: readonly number[] }[]): TraitList {
  const starts = startsOf(found.map(({ cases }) => cases.length));
  return {
    traits: found.map(({ trait }) => trait),
    starts,
    holders: Int32Array.from(found.flatMap(({ cases }) => cases)),
  };
}

function startsOf(sizes: ArrayLike<number>): Int32Array<ArrayBuffer> {
  const starts = new Int32Array(sizes.length + 1);
  for (let place = 0; place < sizes.length; place += 1)
    starts[place + 1] = (starts[place] as number) + (sizes[place] as number);
  return starts;
}

function joinLists(lists: readonly TraitList[]): TraitList {
  const traits = lists.reduce<readonly Trait[]>((all, list) => all.concat(list.traits), []);
  const starts = new Int32Array(traits.length + 1);
  const holders = new Int32Array(lists.reduce((sum, list) => sum + list.holders.length, 0));
  let [trait, at] = [0, 0];
  for (const list of lists) {
    holders.set(list.holders, at);
    for (let place = 0; place < list.traits.length; place += 1) starts[trait++] = at + (list.starts[place] as number);
    at += list.holders.length;
  }
  starts[trait] = at;
  return { traits, starts, holders };
}

/** What it is asked again it remembers: the search asks for the same cases after each change. */
export function createTraitIndex(lists: readonly TraitList[], size: number): TraitIndex {
  const joined = joinLists(lists);
  const { traits, starts, holders } = joined;
  const traitsOf = turned(joined, size);
  const grades = gradesOf(traits);
  const count = createCounter(joined, { traitsOf, grades });
  const supports = new Map<string, Support>();
  const sets: CaseSet[] = [];
  const setOf = (trait: number): CaseSet => (sets[trait] ??= createCaseSet(size, holdersOf(joined, trait)));
  const countIn = (trait: number, set: CaseSet, limit = Infinity): number => {
    const [start, end] = [starts[trait] as number, starts[trait + 1] as number];
    const isLong = end - start > holdersPerWord * set.length;
    if (isLong && limit > set.length) return countShared(setOf(trait), set);
    const stop = isLong ? start + holdersPerWord * set.length : end;
    let found = 0;
    for (let at = start; at < stop; at += 1) {
      if (!hasCase(set, holders[at] as number)) continue;
      found += 1;
      if (found >= limit) return found;
    }
    return stop < end ? countShared(setOf(trait), set) : found;
  };
  const shared = new Map<number, (other: number) => number>();
  const countsWith = (trait: number): ((other: number) => number) => {
    const set = setOf(trait);
    const counts = new Int32Array(traits.length);
    return (other) => (counts[other] ||= countIn(other, set));
  };
  return {
    ...joined,
    traitsOf,
    grades,
    sizeOf: (trait) => (starts[trait + 1] as number) - (starts[trait] as number),
    supportOf: (given, least = 1) =>
      once(supports, `${least} ${given.join()}`, () => count(given, least), mostSupports),
    countIn,
    sharedWith: (trait) => once(shared, trait, () => countsWith(trait), mostShared),
    gather(trait, set, into) {
      const [start, end] = [starts[trait] as number, starts[trait + 1] as number];
      if (end - start > holdersPerWord * set.length) return gatherShared(setOf(trait), set, into);
      let found = 0;
      for (let at = start; at < end; at += 1) {
        const each = holders[at] as number;
        if (hasCase(set, each)) into[found++] = each;
      }
      return found;
    },
    setOf,
  };
}

function gradesOf(traits: readonly Trait[]): Grade[] {
  const grades = new Set<Grade>();
  for (const { grade } of traits) grades.add(grade);
  return [...grades];
}

/** Counts the traits of some cases, for those that are true of `least` or more. */
function createCounter(
  { traits }: TraitList,
  { traitsOf, grades }: Pick<TraitIndex, "traitsOf" | "grades">,
): (given: readonly number[], least: number) => Support {
  const numbers = new Map(grades.map((grade, number) => [grade, number]));
  const gradeOf = new Int32Array(traits.length);
  for (let at = 0; at < traits.length; at += 1) gradeOf[at] = numbers.get((traits[at] as Trait).grade) as number;
  const counts = new Int32Array(traits.length);
  const met = new Int32Array(traits.length);
  return (given, least) => {
    let found = 0;
    for (const each of given) {
      const row = traitsOf[each] as Int32Array;
      for (let at = 0; at < row.length; at += 1) {
        const trait = row[at] as number;
        if (counts[trait] === 0) met[found++] = trait;
        counts[trait] = (counts[trait] as number) + 1;
      }
    }
    let kept = 0;
    for (let at = 0; at < found; at += 1) if ((counts[met[at] as number] as number) >= least) kept += 1;
    const support = { traits: new Int32Array(kept), counts: new Int32Array(kept), grades: new Int32Array(kept) };
    for (let at = 0, to = 0; at < found; at += 1) {
      const trait = met[at] as number;
      const reached = counts[trait] as number;
      counts[trait] = 0;
      if (reached < least) continue;
      support.traits[to] = trait;
      support.counts[to] = reached;
      support.grades[to++] = gradeOf[trait] as number;
    }
    return support;
  };
}

/** For each case the traits that are true of it. */
function turned({ starts, holders }: TraitList, size: number): Int32Array[] {
  const sizes = new Int32Array(size);
  for (let at = 0; at < holders.length; at += 1)
    sizes[holders[at] as number] = (sizes[holders[at] as number] as number) + 1;
  const begins = startsOf(sizes);
  const next = begins.slice();
  const traits = new Int32Array(holders.length);
  for (let trait = 0; trait + 1 < starts.length; trait += 1) {
    for (let at = starts[trait] as number; at < (starts[trait + 1] as number); at += 1) {
      const each = holders[at] as number;
      traits[next[each] as number] = trait;
      next[each] = (next[each] as number) + 1;
    }
  }
  return Array.from(sizes, (_, each) => traits.subarray(begins[each], begins[each + 1]));
}
