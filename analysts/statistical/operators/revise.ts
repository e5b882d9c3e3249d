import type { Act } from "../../../agents/procedure/grammar/act.ts";
import { effects, type Board, type Tally } from "../board.ts";
import type { Contest } from "../contest.ts";
import { splitActs, wordsOfActs } from "../extraction/acts.ts";
import type { Finder } from "../extraction/finders.ts";
import { marksOfExtraction, marksOfRevision } from "../extraction/marks.ts";
import { widened } from "../extraction/pool.ts";
import { actsOf, joined, normaliserOf, textItem } from "../extraction/normaliser.ts";
import { replaceEntry, type Entry } from "../listing.ts";
import type { Notebook } from "../notebook.ts";
import type { Case } from "../window.ts";

interface Search {
  board: Board;
  contest: Contest;
  notebook: Notebook;
}

interface Site {
  place: number;
  entry: Entry;
  extraction: readonly Act[];
  /** Cases that reach the rule and meet its condition. */
  reached: readonly number[];
  /** Those of them that are answered wrongly. */
  wrong: readonly number[];
  /** How many those are before some are left out. */
  repairable: number;
}

const leastWrong = 2;
const mostWays = 16;
/** Cases a way may repair besides those that suggest it. */
const slack = 1;

/** Changes of what rules of Extract do: one more item for a list of words, another place to look at, another normaliser. */
export function reviseExtractions(search: Search): void {
  const { board, contest, notebook } = search;
  for (const [place, entry] of board.listing.entries.entries()) {
    const { extraction } = entry;
    if (extraction === undefined || extraction[0]?.kind === "answer") continue;
    const meets = notebook.testOf(entry.condition, true);
    const isReached = (each: number): boolean =>
      (board.fired[each] as number) >= place && meets(board.cases[each] as Case);
    const wrong = board.wrong.filter(isReached);
    if (!contest.mayWin(wrong.length, 0)) continue;
    const reached = [...board.cases.keys()].filter(isReached);
    const site = { place, entry, extraction, reached, wrong, repairable: wrong.length };
    extendItems(search, site);
    const failing = wrong.filter((each) => board.fired[each] === place);
    if (failing.length >= leastWrong) replaceActs(search, { ...site, wrong: failing });
    widenActs(search, site);
  }
}

/** More texts for a list of texts, such as the words to look for or the marks to look behind: one, or all that are common. */
function extendItems(search: Search, site: Site): void {
  const { locating } = splitActs(site.extraction);
  for (const [index, act] of locating.entries()) {
    const known = "items" in act ? act.items.flatMap((item) => (item.kind === "text" ? item.text : [])) : [];
    if (known.length > 0) extendList(search, site, { index, known });
  }
}

interface List {
  /** Its act's place in the extraction. */
  index: number;
  known: readonly string[];
}

function extendList(search: Search, site: Site, list: List): void {
  const { contest, notebook } = search;
  const leading = [...votesFor(search, site, list)].toSorted(([, left], [, right]) => right - left).slice(0, mostWays);
  const tryTexts = (texts: readonly string[]): void => {
    const acts = withTexts(site.extraction, list.index, texts);
    const holders = texts.map((text) => notebook.holderOf(textItem(text)));
    // Where a text holds none of the new items, they change nothing.
    const mayChange = (each: number): boolean => holders.some((holds) => holds(search.board.cases[each] as Case));
    offer(search, site, { operator: "extend_items", acts, mayChange });
  };
  for (const [text, support] of leading) {
    if (contest.mayWin(support + slack, 1)) tryTexts([text]);
  }
  const common = leading.filter(([, support]) => support >= leastWrong);
  const support = common.reduce((sum, [, votes]) => sum + votes, 0);
  if (common.length > 1 && contest.mayWin(support + slack, common.length)) tryTexts(common.map(([text]) => text));
}

/** How many of the wrong cases suggest each text that the list lacks. */
function votesFor({ board, notebook }: Search, { extraction, wrong }: Site, { index, known }: List) {
  const begin = extraction.slice(0, index + 1);
  const votes = new Map<string, number>();
  for (const each of wrong) {
    for (const text of notebook.textsFor(board.cases[each] as Case, begin)) {
      if (!known.includes(text)) votes.set(text, (votes.get(text) ?? 0) + 1);
    }
  }
  return votes;
}

function withTexts(acts: readonly Act[], index: number, texts: readonly string[]): readonly Act[] {
  const act = acts[index];
  if (act === undefined || !("items" in act)) return acts;
  return acts.with(index, { ...act, items: [...act.items, ...texts.map(textItem)] });
}

/** Another pattern, another normaliser, or both. */
function replaceActs(search: Search, site: Site): void {
  const { board, contest, notebook } = search;
  const cases = site.wrong.map((each) => board.cases[each] as Case);
  const pool = notebook.poolOf(cases);
  const { locating, normalising } = splitActs(site.extraction);
  for (const normaliser of pool.normalisers) {
    offer(search, site, { operator: "change_normaliser", acts: [...locating, ...actsOf(normaliser)] });
  }
  for (const locator of pool.locators.slice(0, mostWays)) {
    if (!contest.mayWin((pool.supportOf(locator) ?? 0) + slack, 0)) continue;
    offer(search, site, { operator: "change_pattern", acts: [...locator.acts, ...normalising] });
  }
}

/** What the rule does, made to do for one more way of writing: a wider bag of characters, more acts of the normaliser. */
function widenActs(search: Search, site: Site): void {
  const { board, notebook } = search;
  const { locating, normalising } = splitActs(site.extraction);
  const own = normaliserOf(normalising);
  if (own === undefined) return;
  const cases = site.wrong.map((each) => board.cases[each] as Case);
  const pool = notebook.poolOf(cases, 1);
  const chains = [own, ...pool.normalisers.flatMap((each) => joined(own, each) ?? [])];
  const locators = [locating, ...widened(locating, pool).map(({ acts }) => acts)];
  const normalisers = new Map(chains.map((each) => [JSON.stringify(each), actsOf(each)]));
  for (const first of locators) {
    for (const second of normalisers.values()) {
      const acts = [...first, ...second];
      if (wordsOfActs(acts) > wordsOfActs(site.extraction) || first !== locating) {
        offer(search, site, { operator: "widen_extraction", acts });
      }
    }
  }
}

function offer(
  { board, contest, notebook }: Search,
  site: Site,
  { operator, acts, mayChange }: { operator: string; acts: readonly Act[]; mayChange?: (each: number) => boolean },
) {
  const { place, entry, extraction, reached, repairable } = site;
  contest.simulated(reached.length);
  const words = wordsOfActs(acts) - wordsOfActs(extraction);
  if (!contest.mayWin(repairable, words)) return;
  const changed = mayChange === undefined ? reached : reached.filter(mayChange);
  const tally = tallyOf(board, { place, reached: changed }, notebook.finderOf(acts));
  const numbers = { tally, words, emptiness: 0, isExclusion: operator === "change_pattern" && tally.breaks > 0 };
  if (!contest.wouldWin(numbers)) return;
  contest.enter({
    ...numbers,
    operator,
    place: entry.id,
    marks: entry.fresh ? marksOfExtraction(entry.condition, acts) : marksOfRevision(entry.id, extraction, acts),
    apply: () => replaceEntry(board.listing, place, { ...entry, extraction: acts }),
  });
}

/** Where the changed rule finds nothing, the case falls to the rules after it. */
function tallyOf(board: Board, { place, reached }: Pick<Site, "place" | "reached">, find: Finder): Tally {
  const counts = [0, 0, 0, 0];
  for (const each of reached) {
    const answer = find(board.cases[each] as Case);
    const released = board.fired[each] === place ? (board.withoutRule[each] as number) : effects.none;
    const effect = answer === undefined ? released : board.effect(each, answer);
    counts[effect] = (counts[effect] as number) + 1;
  }
  return { fixes: counts[effects.fix] ?? 0, breaks: counts[effects.break] ?? 0, idle: counts[effects.idle] ?? 0 };
}
