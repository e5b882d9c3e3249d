import type { Act } from "../../../agents/procedure/grammar/act.ts";
import type { Clause, Condition } from "../../../agents/procedure/grammar/sentence.ts";
import { effects, type Board } from "../board.ts";
import { countShared, gatherShared, type CaseSet } from "../case-sets.ts";
import type { Contest } from "../contest.ts";
import { actsOf, lengthOf } from "../extraction/normaliser.ts";
import type { Finder } from "../extraction/finders.ts";
import { leadingMarks } from "../extraction/lexicons.ts";
import type { Locator } from "../extraction/locators.ts";
import { marksOfExtraction } from "../extraction/marks.ts";
import { freeId, insertEntry, skillAt } from "../listing.ts";
import type { Notebook } from "../notebook.ts";
import type { Grade, Trait } from "../traits/phrasebook.ts";
import { reachOf, type Reach } from "./reach.ts";
import type { Case, Window } from "../window.ts";

interface Search {
  board: Board;
  window: Window;
  contest: Contest;
  home: string;
  notebook: Notebook;
}

/** Cases that are treated alike: those of one field, or all. */
interface Group {
  readonly clause: Clause | undefined;
  readonly cases: readonly number[];
  readonly words: number;
  /** Ways to find one of the values that several of them expect. */
  lexicons(marks: readonly Locator[]): readonly Locator[];
}

interface Candidate {
  readonly acts: readonly Act[];
  readonly words: number;
  /** How many wrong cases of the group it answers rightly. */
  readonly fixes: number;
  answerTo(each: number): string | undefined;
}

const frameWords = 4;
const leastFixes = 2;
const guarded = 8;

/** New rules of Extract: a locator and a normaliser, or a constant, for the cases of a field or for all, guarded or not. */
export function addExtractions(search: Search): void {
  for (const group of groupsOf(search)) {
    const { board, contest } = search;
    const inGroup = new Set(group.cases);
    const wrong = board.wrong.filter((each) => inGroup.has(each));
    if (!contest.mayWin(wrong.length, frameWords) || wrong.length < leastFixes) continue;
    const candidates = [...extractions(search, group, wrong), ...constants(search, group, wrong)];
    const promising = candidates.toSorted((left, right) => right.fixes - left.fixes || left.words - right.words);
    const known = new Map<Candidate, Effects>();
    const withEffects = (candidate: Candidate): Effects => {
      const own = known.get(candidate) ?? effectsOf(board, candidate, group.cases);
      known.set(candidate, own);
      contest.simulated(group.cases.length);
      return own;
    };
    for (const candidate of promising) {
      if (contest.mayWin(candidate.fixes, candidate.words))
        tryAt(search, withEffects(candidate), { group, fixes: candidate.fixes, guard: undefined });
    }
    for (const candidate of promising.slice(0, guarded)) {
      if (contest.mayWin(candidate.fixes, candidate.words + 3)) guardCandidate(search, withEffects(candidate), group);
    }
  }
}

const groups = new WeakMap<Window, readonly Group[]>();

function groupsOf({ window, notebook }: Search): readonly Group[] {
  const known = groups.get(window) ?? createGroups(window, notebook);
  groups.set(window, known);
  return known;
}

function createGroups(window: Window, { createLexicons }: Notebook): Group[] {
  const all = { clause: undefined, cases: [...window.cases.keys()], words: 0 };
  const fields = window.fields.map(({ trait, cases }) => ({ clause: trait.clause, cases, words: trait.words }));
  return (fields.length > 0 ? fields : [all]).map((group) => {
    let lexicons: ReturnType<typeof createLexicons> | undefined;
    const create = () => createLexicons(group.cases.map((each) => window.cases[each] as Case));
    return { ...group, lexicons: (marks) => (lexicons ??= create())(marks) };
  });
}

/** Only those that can win: what they repair is counted first, what they break later. */
function extractions({ board, contest, notebook }: Search, group: Group, wrong: readonly number[]): Candidate[] {
  const cases = wrong.map((each) => board.cases[each] as Case);
  const pool = notebook.poolOf(cases);
  const locators = [...pool.locators, ...group.lexicons(leadingMarks(pool.locators))];
  const normalisings = pool.normalisers.map((normaliser) => ({ normaliser, make: notebook.normalising(normaliser) }));
  return locators.flatMap((locator): Candidate[] => {
    if (!contest.mayWin(1.5 * pool.supportOf(locator) + 1, frameWords + locator.words)) return [];
    const find = notebook.finderOf(locator.acts);
    const findings = findingsIn(cases, find);
    return normalisings.flatMap(({ normaliser, make }) => {
      const words = frameWords + group.words + locator.words + 2 * lengthOf(normaliser);
      contest.simulated(wrong.length);
      const most = findings.raws.length;
      if (most < leastFixes || !contest.mayWin(most, words)) return [];
      const fixes = countFixes(findings, make);
      if (fixes < leastFixes || !contest.mayWin(fixes, words)) return [];
      const answerTo = (each: number): string | undefined => {
        const raw = find(board.cases[each] as Case);
        return raw === undefined ? undefined : make(raw);
      };
      return { acts: [...locator.acts, ...actsOf(normaliser)], words, fixes, answerTo };
    });
  });
}

/** What is found in cases, and what those expect; cases in which nothing is found are left out. */
interface Findings {
  readonly raws: readonly string[];
  readonly expected: readonly string[];
}

function findingsIn(cases: readonly Case[], find: Finder): Findings {
  const [raws, expected]: [string[], string[]] = [[], []];
  for (const each of cases) {
    const raw = find(each);
    if (raw === undefined) continue;
    raws.push(raw);
    expected.push(each.expected);
  }
  return { raws, expected };
}

function countFixes({ raws, expected }: Findings, make: (raw: string) => string | undefined): number {
  let fixes = 0;
  for (let at = 0; at < raws.length; at += 1) if (make(raws[at] as string) === expected[at]) fixes += 1;
  return fixes;
}

/** Where messages have fields, an answer for what no other rule of a field finds. */
function* constants({ board }: Search, group: Group, wrong: readonly number[]): Generator<Candidate> {
  if (group.clause === undefined) return;
  const counts = new Map<string, number>();
  for (const each of wrong) {
    const { expected } = board.cases[each] as Case;
    counts.set(expected, (counts.get(expected) ?? 0) + 1);
  }
  for (const [text, fixes] of counts) {
    if (fixes < leastFixes) continue;
    yield { acts: [{ kind: "answer", text }], words: 2 + frameWords + group.words, fixes, answerTo: () => text };
  }
}

interface Effects extends Candidate {
  /** For each case what answering it changes; nothing outside of the group. */
  readonly row: Uint8Array;
  /** Lasting is what no rule of the listing takes. */
  readonly reach: Reach;
}

function effectsOf(board: Board, candidate: Candidate, cases: readonly number[]): Effects {
  const row = new Uint8Array(board.cases.length);
  for (const each of cases) row[each] = board.effect(each, candidate.answerTo(each));
  const { length } = board.listing.entries;
  return { ...candidate, row, reach: reachOf(row, (each) => board.fired[each] === length) };
}

/** The best traits of the cases a candidate repairs, each as a guard. */
function guardCandidate(search: Search, candidate: Effects, group: Group): void {
  const { window, contest } = search;
  const { guards } = window;
  const fixed = group.cases.filter((each) => candidate.row[each] === effects.fix);
  const { traits, counts, grades } = guards.supportOf(fixed, Math.max(leastFixes, contest.leastFixes));
  const wordsOf = (grade: number): number => (guards.grades[grade] as Grade).words;
  const mayWin = (at: number): boolean =>
    contest.mayWin(counts[at] as number, candidate.words + wordsOf(grades[at] as number) + 1);
  const promising: number[] = [];
  for (let at = 0; at < traits.length; at += 1) {
    const isNarrower =
      (counts[at] as number) < candidate.fixes || guards.sizeOf(traits[at] as number) < group.cases.length;
    if (isNarrower && mayWin(at)) promising.push(at);
  }
  promising.sort((left, right) => (traits[left] as number) - (traits[right] as number));
  for (const at of promising) {
    const trait = traits[at] as number;
    if (mayWin(at)) tryAt(search, candidate, { group, fixes: counts[at] as number, guard: trait });
  }
}

interface Frame {
  group: Group;
  /** Cases that the candidate repairs there. */
  fixes: number;
  /** A trait of `guards`. */
  guard: number | undefined;
}

/** Tries a candidate at every place of Extract, from last to first: the rules before a place keep their cases. */
function tryAt(search: Search, candidate: Effects, frame: Frame): void {
  const { board, window, contest } = search;
  const { entries, otherwise } = board.listing;
  const { fixes: most, guard } = frame;
  const trait = guard === undefined ? undefined : (window.guards.traits[guard] as Trait);
  if (guard !== undefined) contest.simulated(window.guards.sizeOf(guard));
  const first = candidate.acts[0];
  const isExclusion = first?.kind === "answer" && first.text === otherwise?.answer;
  const terms = {
    words: candidate.words + (trait === undefined ? 0 : trait.words + 1),
    emptiness: (trait?.emptiness ?? 0) / 2,
    isExclusion,
  };
  const { broken, idled } = candidate.reach;
  const bound = { fixes: most, breaks: countIn(search, guard, broken), idle: countIn(search, guard, idled) };
  if (!contest.couldWin(bound, terms)) return;
  const counts = countsOn(search, candidate, guard);
  let [fixes, breaks, idle] = [0, 0, 0];
  for (let place = entries.length; place >= 0; place -= 1) {
    if (place < entries.length && entries[place]?.extraction === undefined) break;
    const more = counts[4 * place + effects.fix] as number;
    fixes += more;
    breaks += counts[4 * place + effects.break] as number;
    idle += counts[4 * place + effects.idle] as number;
    if (more === 0) continue;
    const numbers = { tally: { fixes, breaks, idle }, ...terms };
    if (contest.wouldWin(numbers)) contest.enter({ ...numbers, ...entryAt(search, candidate.acts, { frame, place }) });
  }
}

/** How many cases of a set a guard lets through. */
function countIn({ window }: Search, guard: number | undefined, set: CaseSet): number {
  return guard === undefined ? countShared(set, set) : window.guards.countIn(guard, set);
}

/** For each rule and effect how many cases the candidate would change so, were it before all. */
function countsOn({ board, window }: Search, { row, reach }: Effects, guard: number | undefined): Int32Array {
  const counts = new Int32Array(4 * (board.listing.entries.length + 1));
  const cases = new Int32Array(row.length);
  const { changed } = reach;
  const found =
    guard === undefined ? gatherShared(changed, changed, cases) : window.guards.gather(guard, changed, cases);
  for (let at = 0; at < found; at += 1) {
    const each = cases[at] as number;
    const cell = 4 * (board.fired[each] as number) + (row[each] as number);
    counts[cell] = (counts[cell] as number) + 1;
  }
  return counts;
}

function entryAt({ board, window, home }: Search, extraction: readonly Act[], site: { frame: Frame; place: number }) {
  const { listing } = board;
  const { group, guard } = site.frame;
  const trait = guard === undefined ? undefined : (window.guards.traits[guard] as Trait);
  const clauses = [group.clause, trait?.clause].filter((clause) => clause !== undefined);
  const condition: Condition = { all: clauses.map((clause) => [clause]), unless: [] };
  const id = freeId(listing);
  const skill = skillAt(listing, site.place, home);
  const entry = { skill, id, condition, answer: "", extraction, fresh: true, moved: false };
  return {
    operator: site.place === listing.entries.length ? "add_extraction" : "add_extraction_before",
    place: id,
    marks: marksOfExtraction(condition, extraction),
    apply: () => insertEntry(listing, site.place, entry),
  };
}
