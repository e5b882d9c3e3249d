import type { Act, Value } from "../../../agents/procedure/grammar/act.ts";
import { compileCondition } from "../../../agents/procedure/compile.ts";
import type { Condition } from "../../../agents/procedure/grammar/sentence.ts";
import { effects, type Board, type Tally } from "../board.ts";
import type { Contest } from "../contest.ts";
import { wordsOfActs } from "../extraction/acts.ts";
import { follow, goThrough } from "../extraction/performer.ts";
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
import type { Notebook } from "../notebook.ts";
import { findPipelines } from "../procedure/pipelines.ts";
import { kindLessons } from "../procedure/kinds.ts";
import { lexiconLines, unlearned } from "../procedure/lexicon.ts";
import { endOf } from "../procedure/lists.ts";
import type { Case } from "../window.ts";

interface Search {
  board: Board;
  contest: Contest;
  home: string;
  notebook: Pick<Notebook, "values">;
}

/** Writes Steps where there are none, and teaches those there are the words they stumble over. */
export function improveSteps(search: Search, isFirst: boolean): void {
  const { board, contest, home, notebook } = search;
  const { listing } = board;
  const steps = listing.entries.findIndex((entry) => sectionOf(entry) === "Steps");
  if (steps !== -1) return teach(search, steps);
  if (!isFirst || !contest.mayWin(board.wrong.length, 0)) return;
  const wrong = board.wrong.map((each) => board.cases[each] as Case);
  for (const pipeline of findPipelines(wrong, notebook.values)) {
    const lines = linesOf(listing, pipeline);
    const tally = tallyFor(board, board.cases.keys(), (each) => follow(lines, board.cases[each] as Case));
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

function tallyFor(board: Board, cases: Iterable<number>, answerTo: (each: number) => string | undefined): Tally {
  const counts = [0, 0, 0, 0];
  for (const each of cases) {
    const effect = board.effect(each, answerTo(each));
    counts[effect] = (counts[effect] as number) + 1;
  }
  return { fixes: counts[effects.fix] ?? 0, breaks: counts[effects.break] ?? 0, idle: counts[effects.idle] ?? 0 };
}

/** Follows changed lines; the lines before the first that a lesson may change are followed once for each case. */
function createFollower(
  board: Board,
  steps: readonly Step[],
): (changed: readonly Step[], each: number) => string | undefined {
  const first = steps.findIndex(({ acts }) => acts[0]?.kind === "ignore");
  const shared = first === -1 ? endOf(steps) : first;
  const values = board.cases.map((each) => goThrough(steps.slice(0, Math.max(0, shared)), each, each.text));
  const rests = new WeakMap<readonly Step[], readonly Step[]>();
  return (changed, each) => {
    const value = values[each] as Value | { readonly answer: string };
    if (typeof value === "object" && "answer" in value) return value.answer;
    const rest = rests.get(changed) ?? changed.slice(Math.max(0, shared));
    rests.set(changed, rest);
    const end = goThrough(rest, board.cases[each] as Case, value);
    return typeof end === "object" && "answer" in end ? end.answer : undefined;
  };
}

/** Whether a line with this condition may change a case: what its text mentions is known, what its value says is not. */
function createConcern(condition: Condition): (each: Case) => boolean {
  const clauses = [...condition.all.flat(), ...condition.unless];
  if (clauses.some(({ about }) => about !== "text")) return () => true;
  const test = compileCondition(condition);
  return ({ body }) => test(body, () => body);
}

/** Lines that leave out some items of the list, for all texts or for those that mention something: an item more or less. */
function teach({ board, contest }: Search, place: number): void {
  const { listing } = board;
  const entry = listing.entries[place] as Entry;
  // Steps that are new have not been rolled out: what they stumble over is seen next time.
  if (entry.fresh || !contest.mayWin(board.wrong.length, 0)) return;
  const own = entry.steps ?? [];
  const freshId = freeId(listing);
  const lessons = [...kindLessons(board, own, freshId), ...lexiconLines(board, own, freshId), ...unlearned(own)];
  const isWrong = new Set(board.wrong);
  const texts = board.cases.map(({ text }) => text.toLowerCase());
  const answerTo = createFollower(board, own);
  for (const { steps, line, condition, marks, words, items } of lessons) {
    const mayConcern = createConcern(condition);
    const touched = [...texts.keys()].filter(
      (each) => mayConcern(board.cases[each] as Case) && items.some((item) => texts[each]?.includes(item)),
    );
    if (!contest.mayWin(touched.filter((each) => isWrong.has(each)).length, words)) continue;
    const tally = tallyFor(board, touched, (each) => answerTo(steps, each));
    contest.simulated(touched.length);
    contest.enter({
      operator: words < 0 ? "shorten_lexicon" : "extend_lexicon",
      // One lesson an edit, though the items of one line share a bullet.
      place: marks.join(),
      tally,
      words,
      emptiness: 0,
      isExclusion: false,
      marks,
      apply: () => {
        const highest = Math.max(listing.highest, Number(/^r(\d+)$/.exec(line)?.[1] ?? 0));
        return { ...replaceEntry(listing, place, { ...entry, steps }), highest };
      },
    });
  }
}
