import type { Act, Item, Value } from "../../../agents/procedure/grammar/act.ts";
import { findFirstItem, findItems } from "../../../agents/procedure/items.ts";
import { compilePattern, PatternError, type Match } from "../../../agents/procedure/patterns/pattern.ts";
import { textOfValue } from "../../../agents/procedure/perform.ts";
import { once } from "../once.ts";
import type { Case } from "../window.ts";
import { extract, noNames, tryActs } from "./performer.ts";
import { createTake } from "./takes.ts";

/** What acts find in a case; undefined where they find nothing. */
export type Finder = (each: Case) => string | undefined;

export interface Finders {
  /** What the section Extract makes of a case with these acts. */
  finderOf(acts: readonly Act[]): Finder;
  /** Whether an item is in the text of a case. */
  holderOf(item: Item): (each: Case) => boolean;
  /** How many results are remembered. */
  readonly size: number;
}

type Work = (each: Case) => Value | undefined;

/** Acts of which each works on nothing but what the one before it made. */
const plainKinds: ReadonlySet<Act["kind"]> = new Set<Act["kind"]>([
  "take",
  "take-after",
  "take-before",
  "take-between",
  "remove",
  "ignore",
  "keep",
  "replace",
  "remove-spaces",
  "remove-outer-punctuation",
  "lower-case",
  "number-words",
  "format",
]);

/** Performs acts once for each case, and the acts they begin with once for all that begin so. */
export function createFinders(): Finders {
  const memory = createMemory();
  const { remembered } = memory;
  const works = new Map<string, Work>();
  const finders = new Map<string, Finder>();
  const found = new WeakMap<readonly Act[], Finder>();
  const firsts = new Map<string, (each: Case) => Match | undefined>();
  const firstOf = (item: Item) =>
    once(firsts, keyOf(item), () => {
      // One list for all texts: its expressions are compiled once.
      const items = [item];
      return remembered(({ text }) => findFirstItem(text, items, noNames));
    });
  const places = new Map<string, (each: Case) => readonly Match[]>();
  const matchesOf = (item: Item) =>
    once(places, keyOf(item), () => {
      const items = [item];
      return remembered(({ text }) => findItems(text, items, noNames));
    });
  const workOf = (acts: readonly Act[], keys: readonly string[]): Work => {
    if (acts.length === 0) return ({ text }) => text;
    return once(works, keys.join(), () => {
      const before = workOf(acts.slice(0, -1), keys.slice(0, -1));
      const last = acts.slice(-1);
      if (!last.every(mayRun)) return () => undefined;
      const [act] = acts as [Act];
      const part = acts.length === 1 ? (firstPart(act, firstOf) ?? createTake(act, matchesOf)) : undefined;
      if (part !== undefined) return remembered(part);
      return remembered((each) => {
        const value = before(each);
        return value === undefined ? undefined : tryActs(last, value).value;
      });
    });
  };
  return {
    finderOf(acts) {
      const old = found.get(acts);
      if (old !== undefined) return old;
      const keys = acts.map(keyOf);
      const finder = once(finders, keys.join(), () => {
        if (!acts.every(isPlain)) return remembered(({ text }) => extract(acts, text));
        const work = workOf(acts, keys);
        return remembered((each) => textFound(work(each)));
      });
      found.set(acts, finder);
      return finder;
    },
    holderOf: (item) => {
      const first = firstOf(item);
      return (each) => first(each) !== undefined;
    },
    get size() {
      return memory.size;
    },
  };
}

/** Works out each result once for each case, and counts them. */
function createMemory() {
  let size = 0;
  return {
    remembered<Result>(compute: (each: Case) => Result): (each: Case) => Result {
      const results: (Result | null)[] = [];
      return (each) => {
        const known = results[each.serial];
        if (known !== undefined) return known === null ? (undefined as Result) : known;
        const result = compute(each);
        while (results.length <= each.serial) results.push(undefined as Result);
        results[each.serial] = result === undefined ? null : result;
        size += 1;
        return result;
      };
    },
    get size() {
      return size;
    },
  };
}

/** What an act makes of a text, worked out from where each of its items is first found; undefined for other acts. */
function firstPart(act: Act, firstOf: (item: Item) => (each: Case) => Match | undefined): Finder | undefined {
  const isPart = act.kind === "take-after" || act.kind === "take-before";
  if (!isPart && (act.kind !== "take" || act.choice !== "first" || act.items.length === 0)) return undefined;
  const longestFirst = act.items.toSorted((left, right) => lengthOf(right) - lengthOf(left));
  const firsts = longestFirst.map(firstOf);
  return (each) => {
    let first: Match | undefined;
    for (const [place, firstOfItem] of firsts.entries()) {
      const match = firstOfItem(each);
      if (match === undefined) continue;
      const isLonger = longestFirst[place]?.kind === "pattern" && first !== undefined && match.end > first.end;
      const isBetter = first === undefined || match.start < first.start || (match.start === first.start && isLonger);
      if (isBetter) first = match;
    }
    if (first === undefined) return undefined;
    if (!isPart) return first.text;
    return (
      (act.kind === "take-after" ? each.text.slice(first.end) : each.text.slice(0, first.start)).trim() || undefined
    );
  };
}

/** Texts, the longer first, then patterns in their order. */
function lengthOf(item: Item): number {
  return item.kind === "text" ? item.text.length : 0;
}

function textFound(value: Value | undefined): string | undefined {
  const found = value === undefined ? "" : textOfValue(value);
  return found === "" ? undefined : found;
}

function isPlain(act: Act): boolean {
  if ("name" in act && act.name !== undefined) return false;
  if ("items" in act && act.items.some(({ kind }) => kind === "name")) return false;
  return plainKinds.has(act.kind);
}

/** Whether its patterns may run. */
function mayRun(act: Act): boolean {
  try {
    for (const item of "items" in act ? act.items : []) if (item.kind === "pattern") compilePattern(item.source);
    return true;
  } catch (error) {
    if (error instanceof PatternError) return false;
    throw error;
  }
}

const keys = new WeakMap<Act | Item, string>();

function keyOf(part: Act | Item): string {
  const key = keys.get(part) ?? JSON.stringify(part);
  keys.set(part, key);
  return key;
}
