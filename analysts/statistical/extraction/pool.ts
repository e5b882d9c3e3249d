import type { Act } from "../../../agents/procedure/grammar/act.ts";
import { once } from "../../../agents/procedure/once.ts";
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

/** Pools what cases suggest: what has one key has one number, by which it is counted. */
export function createPooling(): (cases: readonly Leads[], least: number) => Pool {
  const locators = createBallot<Locator>(({ key }) => key);
  const normalisers = createBallot<Normaliser>(keyOfNormaliser);
  return (cases, least) => {
    locators.count(cases.map((leads) => leads.locators));
    normalisers.count(cases.map((leads) => leads.normalisers));
    const leading = normalisers.ranked((each) => lengthOf(each)).slice(0, mostNormalisers);
    const pairs = leading.flatMap((left) => leading.flatMap((right) => joined(left, right) ?? []));
    const all = leading.reduce((chain, each) => joined(chain, each) ?? chain, plain);
    const distinct = new Map([...leading, ...pairs, all].map((each) => [keyOfNormaliser(each), each]));
    const own = withUnions(locators.ranked(({ words }) => words, least).slice(0, mostLocators));
    const supports = new Map(own.map(({ key }) => [key, locators.votesFor(key)]));
    return {
      locators: own,
      normalisers: [...distinct.values()],
      supportOf: ({ key }) => supports.get(key) ?? cases.length,
    };
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
  /** Counts what each case suggests; what was counted before is forgotten. */
  count(suggested: readonly (readonly Item[])[]): void;
  votesFor(key: string): number | undefined;
  /** The most votes first; the cheaper of two equals. */
  ranked(costOf: (item: Item) => number, least?: number): Item[];
}

function createBallot<Item>(keyOf: (item: Item) => string): Ballot<Item> {
  const numbers = new Map<string, number>();
  const rows = new WeakMap<readonly Item[], Int32Array>();
  const numberOf = (item: Item): number => once(numbers, keyOf(item), () => numbers.size);
  /** By number; of those that have votes, the first of each in order of appearance. */
  let votes = new Int32Array(0);
  let voted: { item: Item; number: number }[] = [];
  return {
    count(suggested) {
      for (const { number } of voted) votes[number] = 0;
      voted = [];
      for (const items of suggested) {
        const row = rows.get(items) ?? Int32Array.from(items, numberOf);
        rows.set(items, row);
        if (votes.length < numbers.size) votes = withRoom(votes, numbers.size);
        for (let at = 0; at < row.length; at += 1) {
          const number = row[at] as number;
          if (votes[number] === 0) voted.push({ item: items[at] as Item, number });
          votes[number] = (votes[number] as number) + 1;
        }
      }
    },
    votesFor: (key) => votes[numbers.get(key) ?? -1] || undefined,
    ranked: (costOf, least = 1) =>
      voted
        .filter(({ number }) => (votes[number] as number) >= least)
        .toSorted(
          (left, right) =>
            (votes[right.number] as number) - (votes[left.number] as number) || costOf(left.item) - costOf(right.item),
        )
        .map(({ item }) => item),
  };
}

function withRoom(votes: Int32Array<ArrayBuffer>, least: number): Int32Array<ArrayBuffer> {
  const wider = new Int32Array(2 * least);
  wider.set(votes);
  return wider;
}
