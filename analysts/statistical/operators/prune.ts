import type { Clause, Condition, Group } from "../../../agents/procedure/grammar/sentence.ts";
import type { Board, Player } from "../board.ts";
import type { Contest } from "../contest.ts";
import { wordsOf, type Forecast, type Outcome, type Shift } from "../forecast.ts";
import { removeEntry, replaceEntry, type Entry } from "../listing.ts";
import { markOfRemoval, marksOfChange } from "../marks.ts";

interface Search {
  board: Board;
  player: Player;
  contest: Contest;
  forecast: Forecast;
}

interface Site {
  rule: number;
  entry: Entry;
}

/**
 * Leaves out what has no effect on the window worth its words: whole rules, and phrases, alternatives, requirements and
 * exceptions of a rule, all of one rule in one change.
 */
export function pruneRules(search: Search): void {
  for (const [rule, entry] of search.board.listing.entries.entries()) {
    if (entry.steps !== undefined) continue;
    pruneRule(search, { rule, entry });
    pruneCondition(search, { rule, entry });
  }
}

function pruneRule({ board, contest, forecast }: Search, { rule, entry }: Site): void {
  const lost = casesWith(board.holds[rule] as Uint8Array, 1);
  const { tally, gain } = forecast.afterShifts([{ rule, gained: [], lost }]);
  contest.simulated(lost.length);
  contest.enter({
    operator: "prune",
    place: entry.id,
    tally,
    forecast: gain,
    words: -wordsOf(entry),
    emptiness: 0,
    isExclusion: false,
    marks: [markOfRemoval(entry.id)],
    apply: () => removeEntry(board.listing, rule),
  });
}

function casesWith(holds: Uint8Array, value: 0 | 1): number[] {
  return [...holds.keys()].filter((place) => holds[place] === value);
}

function pruneCondition({ board, player, contest, forecast }: Search, { rule, entry }: Site): void {
  const before = board.holds[rule] as Uint8Array;
  let pruned = entry;
  let outcome: Outcome | undefined;
  for (let part = 0; ;) {
    const candidate = shorterRules(pruned)[part];
    if (candidate === undefined) break;
    const shift = shiftOf(rule, before, player(candidate).holds);
    const reached = forecast.afterShifts([shift]);
    contest.simulated(shift.gained.length + shift.lost.length);
    const saved = (wordsOf(pruned) - wordsOf(candidate)) * contest.wordCost;
    if (reached.gain - (outcome?.gain ?? 0) + saved <= 0) part += 1;
    else [pruned, outcome] = [candidate, reached];
  }
  if (outcome === undefined) return;
  contest.enter({
    operator: "prune",
    place: entry.id,
    tally: outcome.tally,
    forecast: outcome.gain,
    words: wordsOf(pruned) - wordsOf(entry),
    emptiness: 0,
    isExclusion: false,
    marks: marksOfChange(entry.id, entry.condition, pruned.condition),
    apply: () => replaceEntry(board.listing, rule, pruned),
  });
}

function shiftOf(rule: number, before: Uint8Array, after: Uint8Array): Shift {
  const [gained, lost]: [number[], number[]] = [[], []];
  for (let place = 0; place < before.length; place += 1) {
    if (before[place] !== after[place]) (after[place] === 1 ? gained : lost).push(place);
  }
  return { rule, gained, lost };
}

/** Kept, so that each is played and counted once however often the list around it changes. */
const shorter = new WeakMap<Entry, Entry[]>();

function shorterRules(entry: Entry): Entry[] {
  const known = shorter.get(entry) ?? withOnePartLess(entry.condition).map((condition) => ({ ...entry, condition }));
  shorter.set(entry, known);
  return known;
}

/** One requirement stays. */
function withOnePartLess({ all, unless }: Condition): Condition[] {
  const fewer = all.length > 1 ? all.map((_, index) => ({ all: all.toSpliced(index, 1), unless })) : [];
  const smaller = all.flatMap((group, index) =>
    shorterGroups(group)
      .filter((each) => each.length > 0)
      .map((each) => ({ all: all.with(index, each), unless })),
  );
  return [...fewer, ...smaller, ...shorterGroups(unless).map((each) => ({ all, unless: each }))];
}

function shorterGroups(group: Group): Group[] {
  return group.flatMap((clause, index) => [
    group.toSpliced(index, 1),
    ...shorterClauses(clause).map((each) => group.with(index, each)),
  ]);
}

function shorterClauses(clause: Clause): Clause[] {
  const least = "least" in clause ? clause.least : 1;
  if (!("phrases" in clause) || clause.phrases.length <= least) return [];
  return clause.phrases.map((_, index) => ({ ...clause, phrases: clause.phrases.toSpliced(index, 1) }));
}
