import type { Act } from "../../../agents/procedure/act.ts";
import { effects, type Board, type Tally } from "../board.ts";
import type { Contest } from "../contest.ts";
import { wordsOfActs } from "../extraction/acts.ts";
import { follow } from "../extraction/performer.ts";
import {
  always,
  freeId,
  insertEntry,
  replaceEntry,
  sectionOf,
  type Entry,
  type Listing,
  type Step,
} from "../listing.ts";
import { findPipelines } from "../procedure/pipelines.ts";
import { lexiconLines, unlearned } from "../procedure/lexicon.ts";
import type { Case } from "../window.ts";

interface Search {
  board: Board;
  contest: Contest;
  home: string;
}

/** Writes Steps where there are none, and teaches those there are the words they stumble over. */
export function improveSteps(search: Search, isFirst: boolean): void {
  const { board, contest, home } = search;
  const { listing } = board;
  const steps = listing.entries.findIndex((entry) => sectionOf(entry) === "Steps");
  if (steps !== -1) return teach(search, steps);
  if (!isFirst || !contest.mayWin(board.wrong.length, 0)) return;
  for (const pipeline of findPipelines(board.wrong.map((each) => board.cases[each] as Case))) {
    const lines = linesOf(listing, pipeline);
    const tally = tallyOf(board, lines);
    contest.simulated(board.cases.length);
    const id = lines[0]?.id ?? "";
    const entry: Entry = { skill: home, id, condition: always, answer: "", steps: lines, fresh: true, moved: false };
    contest.enter({
      operator: "add_steps",
      place: id,
      // A procedure answers everything: that it is not right everywhere yet is no reason against it.
      tally: { ...tally, idle: 0 },
      words: wordsOfActs(pipeline),
      emptiness: 0,
      isExclusion: false,
      marks: [`steps ${JSON.stringify(pipeline)}`],
      apply: () => ({ ...insertEntry(listing, 0, entry), highest: listing.highest + lines.length }),
    });
  }
}

/** One line an act; the answer goes with the act before it. */
function linesOf(listing: Listing, pipeline: readonly Act[]): Step[] {
  const first = Number(freeId(listing).slice(1));
  const last = pipeline.length - 2;
  return pipeline.slice(0, -1).map((act, place) => ({
    id: `r${first + place}`,
    condition: always,
    acts: place === last ? [act, ...pipeline.slice(-1)] : [act],
    fresh: true,
  }));
}

function tallyOf(board: Board, steps: readonly Step[], cases: Iterable<number> = board.cases.keys()): Tally {
  const counts = [0, 0, 0, 0];
  for (const each of cases) {
    const effect = board.effect(each, follow(steps, board.cases[each] as Case));
    counts[effect] = (counts[effect] as number) + 1;
  }
  return { fixes: counts[effects.fix] ?? 0, breaks: counts[effects.break] ?? 0, idle: counts[effects.idle] ?? 0 };
}

/** Lines that leave out some items of the list, for all texts or for those that mention something: an item more or less. */
function teach({ board, contest }: Search, place: number): void {
  const { listing } = board;
  const entry = listing.entries[place] as Entry;
  // Steps that are new have not been rolled out: what they stumble over is seen next time.
  if (entry.fresh || !contest.mayWin(board.wrong.length, 0)) return;
  const lessons = [...lexiconLines(board, entry.steps ?? [], freeId(listing)), ...unlearned(entry.steps ?? [])];
  for (const { steps, line, mark, words, item } of lessons) {
    const touched = [...board.cases.keys()].filter((each) => board.cases[each]?.text.toLowerCase().includes(item));
    const tally = tallyOf(board, steps, touched);
    contest.simulated(touched.length);
    contest.enter({
      operator: words < 0 ? "shorten_lexicon" : "extend_lexicon",
      // One item an edit, though items of one line share a bullet.
      place: mark,
      tally,
      words,
      emptiness: 0,
      isExclusion: false,
      marks: [mark],
      apply: () => {
        const highest = Math.max(listing.highest, Number(/^r(\d+)$/.exec(line)?.[1] ?? 0));
        return { ...replaceEntry(listing, place, { ...entry, steps }), highest };
      },
    });
  }
}
