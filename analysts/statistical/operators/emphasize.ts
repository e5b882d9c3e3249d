import type { Board } from "../board.ts";
import type { Contest } from "../contest.ts";
import { wordsOf, type Forecast } from "../forecast.ts";
import { replaceEntry, type Entry } from "../listing.ts";
import { markOfImportance } from "../marks.ts";

interface Search {
  board: Board;
  contest: Contest;
  forecast: Forecast;
}

/** Marks a rule IMPORTANT: it is overlooked less often, and each of those marked before a little more. */
export function emphasizeRules({ board, contest, forecast }: Search): void {
  for (const [rule, entry] of board.listing.entries.entries()) {
    if (entry.steps !== undefined || entry.important === true) continue;
    const marked: Entry = { ...entry, important: true };
    contest.simulated(board.cases.length);
    contest.enter({
      operator: "set_important",
      place: entry.id,
      tally: { fixes: 0, breaks: 0, idle: 0 },
      forecast: forecast.gainOfMark(rule),
      words: wordsOf(marked) - wordsOf(entry),
      emptiness: 0,
      isExclusion: false,
      marks: [markOfImportance(entry.id)],
      apply: () => replaceEntry(board.listing, rule, marked),
    });
  }
}
