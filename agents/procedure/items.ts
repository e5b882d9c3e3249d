import type { Item, Value } from "./grammar/act.ts";
import { sizes } from "../../state/sizes.ts";
import { compilePattern, isFound, matchesOf, type Match } from "./patterns/pattern.ts";

export type Names = ReadonlyMap<string, Value>;

const compiled = new WeakMap<readonly Item[], RegExp[]>();

/** Where any of the items is in a text, in order, without overlaps: of two at one place the longer one. */
export function findItems(text: string, items: readonly Item[], names: Names): Match[] {
  const expressions = expressionsOf(items, names);
  if (expressions.length === 1) return matchesOf(expressions[0] as RegExp, text);
  const matches = expressions.flatMap((expression) => matchesOf(expression, text));
  const kept: Match[] = [];
  for (const match of matches.toSorted((left, right) => left.start - right.start || right.end - left.end)) {
    if (match.start >= (kept.at(-1)?.end ?? 0)) kept.push(match);
  }
  return kept;
}

/** The first of the places `findItems` gives. */
export function findFirstItem(text: string, items: readonly Item[], names: Names): Match | undefined {
  let first: Match | undefined;
  for (const expression of expressionsOf(items, names)) {
    const [match] = matchesOf(expression, text, 1);
    if (match === undefined) continue;
    const isBefore = first === undefined || match.start < first.start;
    if (isBefore || (match.start === first?.start && match.end > first.end)) first = match;
  }
  return first;
}

/** Whether any of the items is in a text. */
export function holdsItem(text: string, items: readonly Item[], names: Names): boolean {
  return expressionsOf(items, names).some((expression) => isFound(expression, text));
}

/** All texts as one expression, each pattern as another. */
function expressionsOf(items: readonly Item[], names: Names): RegExp[] {
  const known = compiled.get(items);
  if (known !== undefined) return known;
  const texts = items
    .flatMap((item) => textsOf(item, names))
    .filter((text) => text !== "" && text.length <= sizes.lookedFor);
  const patterns = items.flatMap((item) => (item.kind === "pattern" ? [compilePattern(item.source)] : []));
  const expressions = texts.length === 0 ? patterns : [expressionOf(texts), ...patterns];
  if (items.every(({ kind }) => kind !== "name")) compiled.set(items, expressions);
  return expressions;
}

function textsOf(item: Item, names: Names): readonly string[] {
  if (item.kind === "text") return [item.text];
  if (item.kind === "pattern") return [];
  const value = names.get(item.name) ?? item.name;
  return typeof value === "object" ? value : [String(value)];
}

function expressionOf(texts: readonly string[]): RegExp {
  const longestFirst = texts.toSorted((left, right) => right.length - left.length);
  return new RegExp(longestFirst.map(sourceOf).join("|"), "giu");
}

/** A text as a pattern of ours: any white space where it has some, no letter next to a letter at its ends. */
function sourceOf(text: string): string {
  const parts = text.split(/(\s+|(?<=[\p{L}\p{N}])\*(?=\s|$))/u).map((part) => {
    if (part === "*") return "[\\p{L}\\p{N}]*";
    return /^\s+$/.test(part) ? "\\s+" : part.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
  });
  const before = /^\p{L}/u.test(text) ? "(?<!\\p{L})" : "";
  const after = /\p{L}$/u.test(text) ? "(?!\\p{L})" : "";
  return before + parts.join("") + after;
}
