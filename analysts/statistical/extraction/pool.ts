import type { Case } from "../window.ts";
import type { Notebook } from "../notebook.ts";
import { takeItems, type Locator } from "./locators.ts";
import { joined, lengthOf, type Normaliser } from "./normaliser.ts";

export interface Pool {
  readonly locators: readonly Locator[];
  readonly normalisers: readonly Normaliser[];
  /** How many of the cases suggest a locator; all of them for one put together from several. */
  supportOf(locator: Locator): number;
}

const mostLocators = 48;
const mostBags = 4;
const mostNormalisers = 6;
const leastSupport = 2;

/** What the most of some cases suggest; of normalisers also any two in one. */
export function poolOf(cases: readonly Case[], notebook: Notebook): Pool {
  const locators = createBallot<Locator>();
  const normalisers = createBallot<Normaliser>();
  for (const each of cases) {
    const leads = notebook.leadsOf(each);
    for (const locator of leads.locators) locators.vote(locator.key, locator);
    for (const normaliser of leads.normalisers) normalisers.vote(JSON.stringify(normaliser), normaliser);
  }
  const leading = normalisers.ranked((each) => lengthOf(each)).slice(0, mostNormalisers);
  const pairs = leading.flatMap((left) => leading.flatMap((right) => joined(left, right) ?? []));
  const distinct = new Map([...leading, ...pairs].map((each) => [JSON.stringify(each), each]));
  return {
    locators: withUnions(locators.ranked(({ words }) => words, leastSupport).slice(0, mostLocators)),
    normalisers: [...distinct.values()],
    supportOf: ({ key }) => locators.votesFor(key) ?? cases.length,
  };
}

/** Two bags of characters that begin alike also as one: "1,50" and "1 250" together suggest "1 250,50". */
function withUnions(locators: readonly Locator[]): Locator[] {
  const bags = locators.flatMap(({ acts: [act, ...rest] }) => {
    const item = act?.kind === "take" && act.choice === "first" && rest.length === 0 ? act.items[0] : undefined;
    const parts = item?.kind === "pattern" ? /^(\\d|\\p\{L\})\[([^\]]*)\]\*$/.exec(item.source) : null;
    return parts === null ? [] : [{ start: parts[1] as string, members: parts[2] as string }];
  });
  const unions = bags.slice(0, mostBags).flatMap((left, place) =>
    bags.slice(place + 1, mostBags).flatMap((right) => {
      if (left.start !== right.start) return [];
      const members = new Set([...membersOf(left.members), ...membersOf(right.members)]);
      const source = `${left.start}[${[...members].join("")}]*`;
      return [takeItems("first", [{ kind: "pattern", source }], 5)];
    }),
  );
  return [...new Map([...locators, ...unions].map((each) => [each.key, each])).values()];
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
