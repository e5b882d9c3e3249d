import type { Act, Item, Value } from "../../../agents/procedure/grammar/act.ts";
import { findFirstItem, findItems } from "../../../agents/procedure/items.ts";
import { compilePattern, PatternError, type Match } from "../../../agents/procedure/patterns/pattern.ts";
import { textOfValue } from "../../../agents/procedure/perform.ts";
import { foldCapitals, probeFor } from "../../../agents/procedure/probe.ts";
import { once } from "../../../agents/procedure/once.ts";
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

/** Acts as they follow one another, with what they find. */
interface Chain {
  readonly acts: readonly Act[];
  /** All acts but the last; undefined for no acts. */
  readonly before: Chain | undefined;
  /** One act more, by its number. */
  readonly next: Map<number, Chain>;
  work?: Work;
  finder?: Finder;
}

/** Performs acts once for each case, and the acts they begin with once for all that begin so. */
export function createFinders(): Finders {
  const { remembered, rememberedBy, count } = createMemory();
  const numberOf = createNumbering();
  const none: Chain = { acts: [], before: undefined, next: new Map(), work: ({ text }) => text };
  const found = new WeakMap<readonly Act[], Finder>();
  const { firstOf, matchesOf } = createPlaces(remembered);
  const chainOf = (acts: readonly Act[]): Chain =>
    acts.reduce<Chain>((before, act, place) => {
      const { next } = before;
      return once(next, numberOf(act), () => ({ acts: acts.slice(0, place + 1), before, next: new Map() }));
    }, none);
  const createWork = ({ acts, before }: Chain): Work => {
    const last = acts.slice(-1);
    const [act] = last as [Act];
    if (!mayRun(act)) return () => undefined;
    const part = acts.length === 1 ? (firstPart(act, firstOf) ?? createTake(act, matchesOf)) : undefined;
    if (part !== undefined) return remembered(part);
    const given = workOf(before as Chain);
    const partOf = firstPart(act, firstInText);
    const partOfText = partOf && rememberedBy((text) => partOf({ text, folded: foldCapitals(text) }));
    return remembered((each) => {
      const value = given(each);
      if (value === undefined) return undefined;
      return partOfText !== undefined && typeof value === "string" ? partOfText(value) : tryActs(last, value).value;
    });
  };
  const workOf = (chain: Chain): Work => (chain.work ??= createWork(chain));
  const createFinder = (chain: Chain): Finder => {
    const { acts } = chain;
    if (!acts.every(isPlain)) return remembered(({ text }) => extract(acts, text));
    const work = workOf(chain);
    return remembered((each) => textFound(work(each)));
  };
  return {
    finderOf(acts) {
      const old = found.get(acts);
      if (old !== undefined) return old;
      const chain = chainOf(acts);
      const finder = (chain.finder ??= createFinder(chain));
      found.set(acts, finder);
      return finder;
    },
    holderOf: (item) => {
      const first = firstOf(item);
      return (each) => first(each) !== undefined;
    },
    get size() {
      return count();
    },
  };
}

/** Equal acts have one number. */
function createNumbering(): (act: Act) => number {
  const numbers = new WeakMap<Act, number>();
  const ofKeys = new Map<string, number>();
  return (act) => {
    const known = numbers.get(act);
    if (known !== undefined) return known;
    const number = once(ofKeys, JSON.stringify(act), () => ofKeys.size);
    numbers.set(act, number);
    return number;
  };
}

/** Where an item first is in the text of a case, and all places it is at. */
function createPlaces(remembered: ReturnType<typeof createMemory>["remembered"]) {
  const texts = new WeakMap<Case, Text>();
  const textOf = (each: Case): Text => {
    const known = texts.get(each) ?? { text: each.text, folded: foldCapitals(each.text) };
    texts.set(each, known);
    return known;
  };
  const firsts = new Map<string, (each: Case) => Match | undefined>();
  const places = new Map<string, (each: Case) => readonly Match[]>();
  return {
    firstOf: (item: Item) =>
      once(firsts, keyOf(item), () => {
        const first = firstInText(item);
        return remembered((each) => first(textOf(each)));
      }),
    matchesOf: (item: Item) =>
      once(places, keyOf(item), () => {
        // One list for all texts: its expressions are compiled once.
        const items = [item];
        const mayHold = createGlance(item);
        return remembered((each) => (mayHold(textOf(each)) ? findItems(each.text, items, noNames) : nowhere));
      }),
  };
}

/** A text, and its form without capitals. */
interface Text {
  readonly text: string;
  readonly folded: string;
}

const inTexts = new WeakMap<Item, (text: Text) => Match | undefined>();

/** Whether an item may be in a text. */
function createGlance(item: Item): (text: Text) => boolean {
  if (item.kind !== "text") return () => true;
  const probe = probeFor(item.text);
  return ({ folded }) => probe.mayBeIn(folded);
}

function firstInText(item: Item): (text: Text) => Match | undefined {
  const known = inTexts.get(item) ?? createFirst(item);
  inTexts.set(item, known);
  return known;
}

function createFirst(item: Item): (text: Text) => Match | undefined {
  const items = [item];
  const mayHold = createGlance(item);
  return (text) => (mayHold(text) ? findFirstItem(text.text, items, noNames) : undefined);
}

const nowhere: readonly Match[] = [];

/** Works out each result once, and counts them. */
function createMemory() {
  let size = 0;
  return {
    /** A result for each case. */
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
    /** The same for each text. */
    rememberedBy<Result>(compute: (text: string) => Result): (text: string) => Result {
      const results = new Map<string, Result>();
      return (text) => {
        if (results.has(text)) return results.get(text) as Result;
        const result = compute(text);
        results.set(text, result);
        size += 1;
        return result;
      };
    },
    count: () => size,
  };
}

/** What an act makes of a text, worked out from where each of its items is first found; undefined for other acts. */
function firstPart<Source extends { readonly text: string }>(
  act: Act,
  firstOf: (item: Item) => (source: Source) => Match | undefined,
): ((source: Source) => string | undefined) | undefined {
  const isPart = act.kind === "take-after" || act.kind === "take-before";
  if (!isPart && (act.kind !== "take" || act.choice !== "first" || act.items.length === 0)) return undefined;
  const longestFirst = act.items.toSorted((left, right) => lengthOf(right) - lengthOf(left));
  const firsts = longestFirst.map(firstOf);
  return (each) => {
    let first: Match | undefined;
    for (let place = 0; place < firsts.length; place += 1) {
      const match = firsts[place]?.(each);
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

const keys = new WeakMap<Item, string>();

function keyOf(item: Item): string {
  const key = keys.get(item) ?? JSON.stringify(item);
  keys.set(item, key);
  return key;
}
