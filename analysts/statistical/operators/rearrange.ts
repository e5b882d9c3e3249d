import { firstFrom, tallyOf, type Board, type Tally } from "../board.ts";
import type { Contest } from "../contest.ts";
import { insertEntry, removeEntry, type Entry } from "../listing.ts";
import { markOfDefault, markOfRemoval } from "../marks.ts";
import { wordsIn } from "../readability.ts";
import { labelsOf } from "./support.ts";

interface Search {
  board: Board;
  contest: Contest;
  home: string;
}

const frameWords = 5;
const defaultId = "r0";

/** Changes that write no new condition: delete a rule, move one, answer something else where none holds. */
export function rearrange(search: Search): void {
  setDefault(search);
  for (const place of search.board.listing.entries.keys()) {
    deleteRule(search, place);
    for (let target = 0; target < search.board.listing.entries.length; target += 1) {
      if (target !== place) moveRule(search, place, target);
    }
  }
}

function setDefault({ board, contest, home }: Search): void {
  const { otherwise, entries } = board.listing;
  const open = [...board.fired.keys()].filter((each) => board.fired[each] === entries.length);
  for (const label of labelsOf(board)) {
    contest.simulated(open.length);
    const skill = otherwise?.skill ?? entries.at(-1)?.skill ?? home;
    contest.enter({
      operator: "set_default",
      place: otherwise?.id ?? defaultId,
      // Whatever stands last is wrong for some: cases it leaves wrong are no reason against it.
      tally: { ...tallyOf(board.effectOf(label), open), idle: 0 },
      words: otherwise === undefined ? 3 : 0,
      emptiness: 0,
      marks: [markOfDefault(label)],
      apply: () => ({ entries, otherwise: { id: defaultId, skill, fresh: true, ...otherwise, answer: label } }),
    });
  }
}

function deleteRule({ board, contest }: Search, place: number): void {
  const entry = board.listing.entries[place] as Entry;
  const taken = [...board.fired.keys()].filter((each) => board.fired[each] === place);
  const tally = tallyOf(board.withoutRule, taken);
  contest.simulated(taken.length);
  if (tally.fixes === 0) return;
  contest.enter({
    operator: "delete_rule",
    place: entry.id,
    tally,
    words: -(wordsIn(entry.condition) + frameWords),
    emptiness: 0,
    marks: [markOfRemoval(entry.id)],
    apply: () => removeEntry(board.listing, place),
  });
}

/** `target` is the rule's place after the move. */
function moveRule({ board, contest }: Search, place: number, target: number): void {
  const { listing } = board;
  const entry = listing.entries[place] as Entry;
  if (listing.entries[target]?.skill !== entry.skill) return;
  const tally = target < place ? tallyOfRise(board, place, target) : tallyOfFall(board, place, target);
  contest.simulated(tally.fixes + tally.breaks + tally.idle);
  if (!contest.wouldWin({ tally, words: 0, emptiness: 0 })) return;
  contest.enter({
    operator: "move_rule",
    place: entry.id,
    tally,
    words: 0,
    emptiness: 0,
    marks: [markOfRemoval(entry.id)],
    apply: () => insertEntry(removeEntry(listing, place), target, { ...entry, moved: true }),
  });
}

/** Moved up, a rule takes what the rules it passes took from it. */
function tallyOfRise({ listing, fired, holds, effectOf }: Board, place: number, target: number): Tally {
  const gained = [...fired.keys()].filter((each) => {
    const rule = fired[each] as number;
    return rule >= target && rule < place && holds[place]?.[each] === 1;
  });
  return tallyOf(effectOf((listing.entries[place] as Entry).answer), gained);
}

/** Moved down, it loses what the rules it passes hold for. */
function tallyOfFall({ fired, holds, withoutRule }: Board, place: number, target: number): Tally {
  const lost = [...fired.keys()].filter(
    (each) => fired[each] === place && firstFrom(holds, each, place + 1) <= target,
  );
  return tallyOf(withoutRule, lost);
}
