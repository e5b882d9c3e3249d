import type { Act, Item, Value } from "../../../agents/procedure/grammar/act.ts";
import { mostMatches, type Match } from "../../../agents/procedure/patterns/pattern.ts";
import type { Case } from "../window.ts";
import { tryActs } from "./performer.ts";

type MatchesOf = (item: Item) => (each: Case) => readonly Match[];

/**
 * What an act takes of a text, put together from where each of its items is by itself: with an item more or less no text
 * is searched again. Undefined for other acts, and where an item may overlap itself.
 */
export function createTake(act: Act, matchesOf: MatchesOf): ((each: Case) => Value | undefined) | undefined {
  if (act.kind !== "take" || act.items.length === 0 || !act.items.every(isApart)) return undefined;
  const texts = act.items.flatMap((item) => (item.kind === "text" ? [item] : []));
  const longestFirst = texts.toSorted((left, right) => right.text.length - left.text.length).map(matchesOf);
  const patterns = act.items.filter(({ kind }) => kind === "pattern").map(matchesOf);
  const chosen: Act = { ...act, items: [] };
  return (each) => {
    const lists = longestFirst.map((matches) => matches(each));
    const others = patterns.map((matches) => matches(each));
    const all = [...lists, ...others];
    if (all.every(({ length }) => length === 0)) return undefined;
    if (all.some(({ length }) => length >= mostMatches)) return tryActs([act], each.text).value;
    // At one place the longer item is found, as it is looked for first.
    const ofTexts = withoutOverlaps(lists.flat().toSorted((left, right) => left.start - right.start));
    const found = others.length === 0 ? ofTexts : longest([...ofTexts, ...others.flat()]);
    return found.length === 0
      ? undefined
      : tryActs(
          [chosen],
          found.map(({ text }) => text),
        ).value;
  };
}

/** Of two at one place the longer one. */
function longest(matches: readonly Match[]): Match[] {
  return withoutOverlaps(matches.toSorted((left, right) => left.start - right.start || right.end - left.end));
}

function withoutOverlaps(ascending: readonly Match[]): Match[] {
  let end = 0;
  return ascending.filter((match) => {
    if (match.start < end) return false;
    end = match.end;
    return true;
  });
}

/** Whether two places of an item cannot overlap: a word, or what does not end as it begins. Patterns are searched one by one anyway. */
function isApart(item: Item): boolean {
  if (item.kind !== "text") return item.kind === "pattern";
  if (item.text === "" || item.text.includes("*")) return false;
  if (/^\p{L}+$/u.test(item.text)) return true;
  const text = item.text.toUpperCase().toLowerCase().replaceAll(/\s+/g, " ");
  return !text.split("").some((_, place) => place > 0 && text.endsWith(text.slice(0, place)));
}
