import { answerAt, effects, tallyOf, type Board, type Tally } from "../board.ts";
import type { Contest } from "../contest.ts";
import { insertEntry, removeEntry, replaceEntry, sectionOf, type Entry } from "../listing.ts";
import { markOfAnswer, markOfDefault, markOfRemoval } from "../marks.ts";
import { wordsIn } from "../readability.ts";

interface Search {
  board: Board;
  contest: Contest;
  home: string;
}

const frameWords = 5;
const defaultId = "r0";

/** Changes that write no new condition: delete a rule, move it, let it or the Otherwise answer something else. */
export function rearrange(search: Search): void {
  setDefault(search);
  for (const place of search.board.listing.entries.keys()) {
    deleteRule(search, place);
    relabelRule(search, place);
    raiseRule(search, place);
    lowerRule(search, place);
  }
}

/** An answer that one case asks for is not yet what the others want. */
const leastSupport = 2;

function setDefault({ board, contest, home }: Search): void {
  const { otherwise, entries } = board.listing;
  const open = board.taken[entries.length] as readonly number[];
  for (const label of board.missed) {
    contest.simulated(open.length);
    if (board.repairedBy(label).length < leastSupport) continue;
    const tally = tallyOf(board.effectOf(label), open);
    if (tally.fixes < leastSupport) continue;
    const skill = otherwise?.skill ?? entries.at(-1)?.skill ?? home;
    contest.enter({
      operator: "set_default",
      place: otherwise?.id ?? defaultId,
      // Whatever stands last is wrong for some: cases it leaves wrong are no reason against it.
      tally: { ...tally, idle: 0 },
      words: otherwise === undefined ? 3 : 0,
      emptiness: 0,
      isExclusion: false,
      marks: [markOfDefault(label)],
      apply: () => ({
        ...board.listing,
        otherwise: { id: defaultId, skill, fresh: true, ...otherwise, answer: label },
      }),
    });
  }
}

function deleteRule({ board, contest }: Search, place: number): void {
  const entry = board.listing.entries[place] as Entry;
  if (entry.steps !== undefined) return;
  const taken = board.taken[place] as readonly number[];
  const tally = tallyOf(board.withoutRule, taken);
  contest.simulated(taken.length);
  if (tally.fixes === 0) return;
  contest.enter({
    operator: "delete_rule",
    place: entry.id,
    tally,
    words: -(wordsIn(entry.condition) + frameWords),
    emptiness: 0,
    isExclusion: false,
    marks: [markOfRemoval(entry.id)],
    apply: () => removeEntry(board.listing, place),
  });
}

function relabelRule({ board, contest }: Search, place: number): void {
  const entry = board.listing.entries[place] as Entry;
  if (sectionOf(entry) !== "Rules") return;
  const taken = board.taken[place] as readonly number[];
  for (const label of board.missed) {
    contest.simulated(taken.length);
    if (!contest.mayWin(board.repairedBy(label).length, 0)) continue;
    const tally = tallyOf(board.effectOf(label), taken);
    const numbers = { tally, words: 0, emptiness: 0, isExclusion: false };
    if (!contest.wouldWin(numbers)) continue;
    contest.enter({
      ...numbers,
      operator: "set_answer",
      place: entry.id,
      marks: [markOfAnswer(entry.id, label)],
      apply: () => replaceEntry(board.listing, place, { ...entry, answer: label }),
    });
  }
}

/** Moved up, a rule takes what the rules it passes took from it. */
function raiseRule({ board, contest }: Search, place: number): void {
  const holds = board.holds[place] as Uint8Array;
  const answers = board.answersOf(place);
  const counts = [0, 0, 0, 0];
  for (let target = place - 1; target >= 0; target -= 1) {
    for (const each of board.taken[target] as readonly number[])
      if (holds[each] === 1) count(counts, board.effect(each, answerAt(answers, each)));
    enterMove({ board, contest }, { place, target, tally: sumOf(counts) });
  }
}

/** Moved down, a rule loses what the rules it passes hold for. */
function lowerRule({ board, contest }: Search, place: number): void {
  const { holds, taken, withoutRule } = board;
  let kept = taken[place] as readonly number[];
  const counts = [0, 0, 0, 0];
  for (let target = place + 1; target < holds.length; target += 1) {
    const passed = holds[target] as Uint8Array;
    const lost = kept.filter((each) => passed[each] === 1);
    for (const each of lost) count(counts, withoutRule[each] as number);
    if (lost.length > 0) kept = kept.filter((each) => passed[each] !== 1);
    enterMove({ board, contest }, { place, target, tally: sumOf(counts) });
  }
}

function sumOf(counts: readonly number[]): Tally {
  return { fixes: counts[effects.fix] ?? 0, breaks: counts[effects.break] ?? 0, idle: counts[effects.idle] ?? 0 };
}

function count(counts: number[], effect: number): void {
  counts[effect] = (counts[effect] as number) + 1;
}

/** `target` is the rule's place after the move. */
function enterMove({ board, contest }: Pick<Search, "board" | "contest">, move: Move): void {
  const { place, target, tally } = move;
  const { listing } = board;
  const entry = listing.entries[place] as Entry;
  contest.simulated(tally.fixes + tally.breaks + tally.idle);
  if (
    !isSamePart(listing.entries[target], entry) ||
    !contest.wouldWin({ tally, words: 0, emptiness: 0, isExclusion: false })
  )
    return;
  contest.enter({
    operator: "move_rule",
    place: entry.id,
    tally,
    words: 0,
    emptiness: 0,
    isExclusion: false,
    marks: [markOfRemoval(entry.id)],
    apply: () => insertEntry(removeEntry(listing, place), target, { ...entry, moved: true }),
  });
}

/** Rules do not move between skills, nor between Rules and Extract. */
function isSamePart(target: Entry | undefined, entry: Entry): boolean {
  return target?.skill === entry.skill && sectionOf(target) === sectionOf(entry);
}

interface Move {
  place: number;
  target: number;
  tally: Tally;
}
