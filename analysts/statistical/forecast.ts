import { noAnswer } from "../../agents/procedure/interpret.ts";
import { printSentence } from "../../agents/procedure/grammar/printer.ts";
import { emphasisFactor } from "../../agents/procedure/slip.ts";
import { effects, type Board, type Tally } from "./board.ts";
import type { Dilution } from "./dilution.ts";
import { sentenceOf, type Entry } from "./listing.ts";

/** A rule that holds for other cases than now. */
export interface Shift {
  readonly rule: number;
  readonly gained: readonly number[];
  readonly lost: readonly number[];
}

export interface Outcome {
  /** What a faithful agent would answer otherwise than now. */
  readonly tally: Tally;
  /** Right answers more to be expected of an agent that overlooks rules as often as now; fewer where negative. */
  readonly gain: number;
}

/** Plays a listing for an agent that overlooks each rule that holds with a certain probability. */
export interface Forecast {
  /** Right answers that one word more is expected to cost; 0 where nothing is overlooked. */
  readonly wordCost: number;
  afterShifts(shifts: readonly Shift[]): Outcome;
  /** The gain of marking a rule IMPORTANT. */
  gainOfMark(rule: number): number;
}

/** A step in the probability of overlooking, for the slope of what it costs. */
const step = 0.01;
/** What is left of a chance that is not followed any further. */
const negligible = 0.001;

/**
 * Nothing says where the rate of overlooking began to rise, so a word is charged its share of it: the rate over the words
 * of the skill, times the right answers that would be lost if the rate rose by 1. `drift` counts the words the listing has
 * more than the skill that was rolled out.
 */
export function createForecast(board: Board, dilution: Dilution, drift: number): Forecast {
  const { rate: measured, words, markedElsewhere } = dilution;
  const perWord = measured / Math.max(1, words);
  const rate = Math.max(0, measured + perWord * drift);
  const { entries } = board.listing;
  const holding = once(() => holdersByCase(board));
  const isMarked = (rule: number): boolean => entries[rule]?.important === true;
  const skips = (base: number, isImportant: (rule: number) => boolean): number[] =>
    skipsOf(entries, { rate: base, isImportant, markedElsewhere });
  const now = skips(rate, isMarked);
  const rightsWith = (chances: readonly number[]): number[] =>
    holding().map((rules, place) => play(board, place, { rules, skips: chances }).right);
  const rightsNow = once(() => rightsWith(now));
  const slopeOf = (later: readonly number[]): number =>
    Math.max(0, sumOf(rightsNow()) - sumOf(rightsWith(later))) / step;
  return {
    wordCost: measured === 0 ? 0 : slopeOf(skips(rate + step, isMarked)) * perWord,
    gainOfMark(rule) {
      const marked = skips(rate, (each) => each === rule || isMarked(each));
      const rights = rightsNow();
      return sumOf(rightsWith(marked).map((right, place) => right - (rights[place] as number)));
    },
    afterShifts(shifts) {
      const counts = [0, 0, 0, 0];
      let gain = 0;
      const [holders, rights] = [holding(), rightsNow()];
      const turns = shifts.map((shift) => turnOf(shift, board.cases.length));
      for (const place of new Set(shifts.flatMap(({ gained, lost }) => [...gained, ...lost]))) {
        const rules = shifted(holders[place] as number[], place, turns);
        const { right, answer } = play(board, place, { rules, skips: now });
        gain += right - (rights[place] as number);
        const effect = board.effect(place, answer);
        counts[effect] = (counts[effect] as number) + 1;
      }
      const [fixes = 0, breaks = 0, idle = 0] = [effects.fix, effects.break, effects.idle].map((each) => counts[each]);
      return { tally: { fixes, breaks, idle }, gain };
    },
  };
}

interface Marking {
  rate: number;
  isImportant(rule: number): boolean;
  markedElsewhere: number;
}

/** For each rule the probability that it is overlooked where it holds. Steps are not. */
function skipsOf(entries: readonly Entry[], { rate, isImportant, markedElsewhere }: Marking): number[] {
  const marked = markedElsewhere + entries.filter((_, rule) => isImportant(rule)).length;
  const factor = emphasisFactor(marked);
  return entries.map(({ steps }, rule) =>
    steps !== undefined ? 0 : Math.min(1, rate * (isImportant(rule) ? factor : 1)),
  );
}

interface Play {
  rules: readonly number[];
  skips: readonly number[];
}

/** The probability of a right answer to a case for which these rules hold, and the answer of a faithful agent. */
function play(board: Board, place: number, { rules, skips }: Play): { right: number; answer: string } {
  const expected = board.cases[place]?.expected;
  const last = board.listing.otherwise?.answer ?? noAnswer;
  let [reach, right] = [1, 0];
  let first: string | undefined;
  for (const rule of rules) {
    const answers = board.answersOf(rule);
    const answer = typeof answers === "string" ? answers : answers[place];
    first ??= answer;
    const skip = skips[rule] as number;
    if (answer === expected) right += reach * (1 - skip);
    reach *= skip;
    if (reach < negligible) break;
  }
  return { right: last === expected ? right + reach : right, answer: first ?? last };
}

/** For each case the rules that hold, ascending. */
function holdersByCase({ cases, holds }: Board): number[][] {
  const rules = cases.map((): number[] => []);
  for (const [rule, row] of holds.entries()) {
    for (let place = 0; place < row.length; place += 1) if (row[place] === 1) rules[place]?.push(rule);
  }
  return rules;
}

/** A shift by case: 1 where the rule holds from now on, -1 where it no longer does. */
interface Turn {
  readonly rule: number;
  readonly row: Int8Array;
}

function turnOf({ rule, gained, lost }: Shift, cases: number): Turn {
  const row = new Int8Array(cases);
  for (const place of gained) row[place] = 1;
  for (const place of lost) row[place] = -1;
  return { rule, row };
}

function shifted(rules: readonly number[], place: number, turns: readonly Turn[]): readonly number[] {
  return turns.reduce((now, { rule, row }) => {
    if (row[place] === 0) return now;
    const others = now.filter((each) => each !== rule);
    return row[place] === 1 ? [...others, rule].toSorted((left, right) => left - right) : others;
  }, rules);
}

/** What is worked out when it is first asked for. */
function once<Result>(compute: () => Result): () => Result {
  let result: { value: Result } | undefined;
  return () => (result ??= { value: compute() }).value;
}

function sumOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, each) => sum + each, 0);
}

const lengths = new WeakMap<Entry, number>();

/** Words of a rule's sentence. */
export function wordsOf(rule: Entry): number {
  const words = lengths.get(rule) ?? printSentence(sentenceOf(rule)).split(" ").length;
  lengths.set(rule, words);
  return words;
}
