import type { Act, Item } from "../../../agents/procedure/act.ts";
import { effects, type Board, type Tally } from "../board.ts";
import type { Contest } from "../contest.ts";
import { splitActs, wordsOfActs } from "../extraction/acts.ts";
import type { Finder } from "../extraction/finders.ts";
import { poolOf } from "../extraction/pool.ts";
import { actsOf, textItem } from "../extraction/normaliser.ts";
import { replaceEntry, type Entry } from "../listing.ts";
import { marksOfExtraction } from "../marks.ts";
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
    const reached = [...board.cases.keys()].filter(
      (each) => (board.fired[each] as number) >= place && meets(board.cases[each] as Case),
    );
    const isWrong = new Set(board.wrong);
    const wrong = reached.filter((each) => isWrong.has(each));
    if (!contest.mayWin(wrong.length, 0)) continue;
    const site = { place, entry, extraction, reached, wrong };
    extendItems(search, site);
    const failing = wrong.filter((each) => board.fired[each] === place);
    if (failing.length >= leastWrong) replaceActs(search, { ...site, wrong: failing });
  }
}

/** One more text for a list of texts, such as the words to look for or the marks to look behind. */
function extendItems(search: Search, site: Site): void {
  const { board, contest, notebook } = search;
  const [act] = site.extraction;
  if (act === undefined || !("items" in act)) return;
  const known = act.items.map(({ kind, ...item }) => ("text" in item && kind === "text" ? item.text : undefined));
  if (known.length === 0 || known.includes(undefined)) return;
  const votes = new Map<string, number>();
  for (const each of site.wrong) {
    const texts = notebook
      .leadsOf(board.cases[each] as Case)
      .locators.flatMap((locator) => textOf(locator.acts[0], act));
    for (const text of new Set(texts)) if (!known.includes(text)) votes.set(text, (votes.get(text) ?? 0) + 1);
  }
  const leading = [...votes].toSorted(([, left], [, right]) => right - left).slice(0, mostWays);
  const findBefore = notebook.finderOf(site.extraction);
  for (const [text, support] of leading) {
    if (!contest.mayWin(support + slack, 1)) break;
    const items: Item[] = [...act.items, textItem(text)];
    const acts = [{ ...act, items }, ...site.extraction.slice(1)];
    const holds = notebook.holderOf(textItem(text));
    const find = notebook.finderOf(acts);
    // Where a text does not hold the new item, it changes nothing.
    const finder: Finder = (each) => (holds(each) ? find(each) : findBefore(each));
    offer(search, site, { operator: "extend_items", acts, find: finder });
  }
}

/** The one text an act of the same kind looks for. */
function textOf(act: Act | undefined, like: Act): string[] {
  if (act === undefined || act.kind !== like.kind || !("items" in act) || act.items.length !== 1) return [];
  const [item] = act.items;
  return item?.kind === "text" ? [item.text] : [];
}

function replaceActs(search: Search, site: Site): void {
  const { board, contest, notebook } = search;
  const pool = poolOf(
    site.wrong.map((each) => board.cases[each] as Case),
    notebook,
  );
  const { locating, normalising } = splitActs(site.extraction);
  for (const normaliser of pool.normalisers) {
    offer(search, site, { operator: "change_normaliser", acts: [...locating, ...actsOf(normaliser)] });
  }
  for (const locator of pool.locators.slice(0, mostWays)) {
    if (!contest.mayWin((pool.supportOf(locator) ?? 0) + slack, 0)) continue;
    offer(search, site, { operator: "change_pattern", acts: [...locator.acts, ...normalising] });
  }
}

function offer(
  { board, contest, notebook }: Search,
  site: Site,
  { operator, acts, find }: { operator: string; acts: readonly Act[]; find?: Finder },
) {
  const { place, entry, extraction } = site;
  const tally = tallyOf(board, site, find ?? notebook.finderOf(acts));
  contest.simulated(site.reached.length);
  const words = wordsOfActs(acts) - wordsOfActs(extraction);
  const numbers = { tally, words, emptiness: 0, isExclusion: operator === "change_pattern" };
  if (!contest.wouldWin(numbers)) return;
  contest.enter({
    ...numbers,
    operator,
    place: entry.id,
    marks: marksOfExtraction(entry.condition, acts),
    apply: () => replaceEntry(board.listing, place, { ...entry, extraction: acts }),
  });
}

/** Where the changed rule finds nothing, the case falls to the rules after it. */
function tallyOf(board: Board, { place, reached }: Site, find: Finder): Tally {
  const counts = [0, 0, 0, 0];
  for (const each of reached) {
    const answer = find(board.cases[each] as Case);
    const released = board.fired[each] === place ? (board.withoutRule[each] as number) : effects.none;
    const effect = answer === undefined ? released : board.effect(each, answer);
    counts[effect] = (counts[effect] as number) + 1;
  }
  return { fixes: counts[effects.fix] ?? 0, breaks: counts[effects.break] ?? 0, idle: counts[effects.idle] ?? 0 };
}
