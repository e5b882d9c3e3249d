import type { Act, Choice, Item } from "../../../agents/procedure/grammar/act.ts";
import { once } from "../../../agents/procedure/once.ts";
import type { Case } from "../window.ts";
import type { Finders } from "./finders.ts";
import { chain, takeItems, type Locator } from "./locators.ts";
import { textItem } from "./normaliser.ts";
import { spansOf } from "./spans.ts";

/** A value that one case alone expects says nothing of other cases. */
const leastSupport = 2;
/** Where fewer cases hold their answer in the text, answers are names given to texts, not values found in them. */
const leastHeld = 0.5;
const leastItems = 2;
const mostItems = 60;
const mostMarks = 4;
const word = /^\p{L}[\p{L}\p{M}'’.-]*(?: [\p{L}\p{M}'’.-]+){0,2}$/u;

/**
 * Ways to find one of the values that several of some cases expect: anywhere, after a mark and before one. Values that are
 * found where another one is expected more often than not are left out, and there are none where most answers are not in
 * the text.
 */
export function createLexicons(
  cases: readonly Case[],
  finders: Pick<Finders, "finderOf" | "holderOf">,
): (marks: readonly Locator[]) => readonly Locator[] {
  const items = itemsOf(cases, finders);
  if (items.length < leastItems) return () => [];
  const [first, last] = [listOf("first", items), listOf("last", items)];
  const anywhere = (["first", "last"] as const).flatMap((choice) => pruned(choice, { items, cases, finders }));
  const chains = new Map<string, Locator>();
  const chained = (mark: Locator, list: Locator): Locator => once(chains, mark.key, () => chain(mark, list));
  return (marks) => [
    ...anywhere,
    ...marks.filter(isMark("take-after")).map((mark) => chained(mark, first)),
    ...marks.filter(isMark("take-before")).map((mark) => chained(mark, last)),
  ];
}

const isMark =
  (kind: Act["kind"]) =>
  ({ acts }: Locator): boolean =>
    acts.length === 1 && acts[0]?.kind === kind;

/** The marks of locators that find no more than where one stands, the leading ones of each kind. */
export function leadingMarks(locators: readonly Locator[]): Locator[] {
  return (["take-after", "take-before"] as const).flatMap((kind) => locators.filter(isMark(kind)).slice(0, mostMarks));
}

function itemsOf(cases: readonly Case[], { holderOf }: Pick<Finders, "holderOf">): Item[] {
  const counts = new Map<string, number>();
  let numbers = 0;
  let held = 0;
  for (const each of cases) {
    const value = each.expected.toLowerCase();
    if (!isHeld(each)) continue;
    held += 1;
    if (/^\d+$/.test(value)) numbers += 1;
    else if (word.test(value) && holderOf(textItem(value))(each)) counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  if (held < leastHeld * cases.length) return [];
  const common = [...counts]
    .filter(([, count]) => count >= leastSupport)
    .toSorted(([one, left], [other, right]) => right - left || (one < other ? -1 : 1))
    .slice(0, mostItems);
  const words = common.map(([value]) => textItem(value));
  return numbers >= leastSupport && words.length > 0 ? [...words, { kind: "pattern", source: "\\d+" }] : words;
}

const known = new WeakMap<Case, boolean>();

/** Whether a text holds its answer. */
function isHeld(each: Case): boolean {
  const held = known.get(each) ?? spansOf(each.text, each.expected.toLowerCase()).length > 0;
  known.set(each, held);
  return held;
}

interface Ground {
  items: readonly Item[];
  cases: readonly Case[];
  finders: Pick<Finders, "finderOf">;
}

function pruned(choice: Choice, { items, cases, finders }: Ground): Locator[] {
  const whole = listOf(choice, items);
  const find = finders.finderOf(whole.acts);
  const balance = new Map<string, number>();
  for (const each of cases) {
    const found = find(each)?.toLowerCase();
    if (found === undefined) continue;
    balance.set(found, (balance.get(found) ?? 0) + (found === each.expected.toLowerCase() ? 1 : -1));
  }
  const kept = items.filter((item) => item.kind !== "text" || (balance.get(item.text) ?? 0) > 0);
  if (kept.length < leastItems) return [];
  return kept.length === items.length ? [whole] : [listOf(choice, kept)];
}

function listOf(choice: Choice, items: readonly Item[]): Locator {
  return takeItems(choice, items, 3 + wordsIn(items));
}

function wordsIn(items: readonly Item[]): number {
  return items.reduce((words, item) => words + (item.kind === "text" ? item.text.split(" ").length : 1), 0);
}
