import type { Clause, Condition, Group } from "../../../agents/procedure/grammar/sentence.ts";
import type { Board } from "../board.ts";
import type { Contest } from "../contest.ts";
import { wordsOf, type Forecast } from "../forecast.ts";
import { removeEntry, replaceEntry, type Entry } from "../listing.ts";
import { markOfRemoval, marksOfChange } from "../marks.ts";

interface Search {
  board: Board;
  contest: Contest;
  forecast: Forecast;
}

/** Makes one rule of two with the same answer, at the place of either: its condition holds where one of theirs did. */
export function mergeRules(search: Search): void {
  const { entries } = search.board.listing;
  for (const [upper, first] of entries.entries()) {
    for (let lower = upper + 1; lower < entries.length; lower += 1) {
      const condition = unionOf(first, entries[lower] as Entry);
      if (condition === undefined) continue;
      merge(search, { condition, kept: upper, gone: lower });
      merge(search, { condition, kept: lower, gone: upper });
    }
  }
}

function merge(
  { board, contest, forecast }: Search,
  { condition, kept, gone }: { condition: Condition; kept: number; gone: number },
): void {
  const { entries } = board.listing;
  const [old, lost] = [entries[kept] as Entry, entries[gone] as Entry];
  const merged = { ...old, ...(lost.important === true ? { important: lost.important } : {}), condition };
  const [own, others] = [board.holds[kept] as Uint8Array, board.holds[gone] as Uint8Array];
  const moved = [...others.keys()].filter((place) => others[place] === 1);
  const { tally, gain } = forecast.afterShifts([
    { rule: kept, gained: moved.filter((place) => own[place] === 0), lost: [] },
    { rule: gone, gained: [], lost: moved },
  ]);
  contest.simulated(moved.length);
  contest.enter({
    operator: "merge_rules",
    place: old.id,
    tally,
    forecast: gain,
    words: wordsOf(merged) - wordsOf(old) - wordsOf(lost),
    emptiness: 0,
    isExclusion: false,
    marks: [...marksOfChange(old.id, old.condition, condition), markOfRemoval(lost.id)],
    apply: () => removeEntry(replaceEntry(board.listing, kept, merged), gone),
  });
}

/** What holds where either rule does; undefined where they do not do the same, or differ in more than one requirement. */
function unionOf(first: Entry, second: Entry): Condition | undefined {
  const { condition: left } = first;
  const { condition: right } = second;
  const isSame = first.skill === second.skill && first.answer === second.answer && first.steps === second.steps;
  if (!isSame || !isEqual(first.extraction, second.extraction) || !isEqual(left.unless, right.unless)) return undefined;
  const differing = left.all.flatMap((group, index) => (isEqual(group, right.all[index]) ? [] : [index]));
  const [index] = differing;
  if (index === undefined || differing.length > 1 || left.all.length !== right.all.length) return undefined;
  return {
    ...left,
    all: left.all.with(index, (right.all[index] as Group).reduce(withClause, left.all[index] as Group)),
  };
}

const lists: Clause["kind"][] = ["mentions", "starts-with", "ends-with"];

function withClause(group: Group, added: Clause): Group {
  const index = group.findIndex(({ kind, about }) => kind === added.kind && about === added.about);
  const old = group[index];
  if (old === undefined || !("phrases" in old) || !("phrases" in added) || !lists.includes(added.kind)) {
    return [...group, added];
  }
  return group.with(index, { ...old, phrases: [...new Set([...old.phrases, ...added.phrases])] });
}

function isEqual(left: unknown, right: unknown): boolean {
  return JSON.stringify(left) === JSON.stringify(right);
}
