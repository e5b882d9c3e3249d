import type { Act } from "../../../agents/procedure/grammar/act.ts";
import type { Leads } from "./leads.ts";
import { takeItems, type Locator } from "./locators.ts";
import { joined, keyOfNormaliser, lengthOf, plain, type Normaliser } from "./normaliser.ts";

export interface Pool {
  readonly locators: readonly Locator[];
  readonly normalisers: readonly Normaliser[];
  /** How many of the cases suggest a locator; all of them for one put together from several. */
  supportOf(locator: Locator): number;
}

const mostLocators = 48;
const mostBags = 4;
const mostNormalisers = 6;
const bagWords = 4;

/** What the most of some cases suggest, each locator at least so many; of normalisers also any two in one. */
export function createPool(cases: readonly Leads[], least: number): Pool {
  const locators = createBallot<Locator>();
  const normalisers = createBallot<Normaliser>();
  for (const leads of cases) {
    for (const locator of leads.locators) locators.vote(locator.key, locator);
    for (const normaliser of leads.normalisers) normalisers.vote(keyOfNormaliser(normaliser), normaliser);
  }
  const leading = normalisers.ranked((each) => lengthOf(each)).slice(0, mostNormalisers);
  const pairs = leading.flatMap((left) => leading.flatMap((right) => joined(left, right) ?? []));
  const all = leading.reduce((chain, each) => joined(chain, each) ?? chain, plain);
  const distinct = new Map([...leading, ...pairs, all].map((each) => [keyOfNormaliser(each), each]));
  return {
    locators: withUnions(locators.ranked(({ words }) => words, least).slice(0, mostLocators)),
    normalisers: [...distinct.values()],
    supportOf: ({ key }) => locators.votesFor(key) ?? cases.length,
  };
}

interface Bag {
  readonly start: string;
  readonly members: string;
}

/** Bags of characters that begin alike also as one: "1,50" and "1 250" together suggest "1 250,50". */
function withUnions(locators: readonly Locator[]): Locator[] {
  const bags = locators.flatMap(({ acts }) => bagOf(acts) ?? []);
  const leading = bags.slice(0, mostBags);
  const pairs = leading.flatMap((left, place) => leading.slice(place + 1).flatMap((right) => union([left, right])));
  const widest = leading.slice(0, 1).flatMap((first) => union([first, ...bags]));
  // The widest first: of two that do the same in these texts it does more in others.
  return [...new Map([...widest, ...pairs, ...locators].map((each) => [each.key, each])).values()];
}

/** The bag of characters that acts take the first of. */
function bagOf([act, ...rest]: readonly Act[]): Bag | undefined {
  const item = act?.kind === "take" && act.choice === "first" && rest.length === 0 ? act.items[0] : undefined;
  const parts = item?.kind === "pattern" ? /^(\\d|\\p\{L\})\[([^\]]*)\]\*$/.exec(item.source) : null;
  return parts === null ? undefined : { start: parts[1] as string, members: parts[2] as string };
}

/** The bag of what acts take the first of, where that is digits and single marks between them: "1,50" as a kind. */
function bagOfKind([act, ...rest]: readonly Act[]): Bag | undefined {
  const item = act?.kind === "take" && act.choice === "first" && rest.length === 0 ? act.items[0] : undefined;
  const marks = item?.kind === "pattern" ? /^\\d\+((?:(?:\\?[.,'’ ])\\d\+)+)$/.exec(item.source)?.[1] : undefined;
  if (marks === undefined) return undefined;
  return { start: "\\d", members: `\\d${[...new Set(marks.match(/[.,'’ ]/g))].join("")}` };
}

/** One bag for all that begin like the first. */
function union(bags: readonly Bag[]): Locator[] {
  const start = bags[0]?.start;
  const alike = bags.filter((bag) => bag.start === start);
  const members = new Set(alike.flatMap((bag) => membersOf(bag.members)));
  if (alike.length < 2) return [];
  if (members.has("\\s")) members.delete(" ");
  return [takeItems("first", [{ kind: "pattern", source: `${start}[${[...members].join("")}]*` }], bagWords)];
}

/** What finds all that some acts find, where those take a bag of characters, and what some cases suggest. */
export function widened(acts: readonly Act[], pool: Pick<Pool, "locators">): Locator[] {
  const own = bagOf(acts) ?? bagOfKind(acts);
  const bags = pool.locators.flatMap((locator) => bagOf(locator.acts) ?? []);
  return own === undefined ? [] : [...bags.flatMap((bag) => union([own, bag])), ...union([own, own, ...bags])];
}

function membersOf(bag: string): string[] {
  return bag.match(/\\p\{L\}|\\.|./gsu) ?? [];
}

interface Ballot<Item> {
  vote(key: string, item: Item): void;
  votesFor(key: string): number | undefined;
  /** The most votes first; the cheaper of two equals. */
  ranked(costOf: (item: Item) => number, least?: number): Item[];
}

function createBallot<Item>(): Ballot<Item> {
  const votes = new Map<string, { item: Item; count: number }>();
  return {
    vote(key, item) {
      const known = votes.get(key);
      if (known === undefined) votes.set(key, { item, count: 1 });
      else known.count += 1;
    },
    votesFor: (key) => votes.get(key)?.count,
    ranked: (costOf, least = 1) =>
      [...votes.values()]
        .filter(({ count }) => count >= least)
        .toSorted((left, right) => right.count - left.count || costOf(left.item) - costOf(right.item))
        .map(({ item }) => item),
  };
}
