import type { Item, Value } from "./grammar/act.ts";
import { sizes } from "../../state/sizes.ts";
import { compilePattern, isFound, matchesOf, mostMatches, searchedIn, type Match } from "./patterns/pattern.ts";
import { foldCapitals, probeFor, type Probe } from "./probe.ts";

export type Names = ReadonlyMap<string, Value>;

/** What is looked for: texts, the longer ones first, and patterns. */
interface Wanted {
  readonly probes: readonly Probe[];
  readonly patterns: readonly RegExp[];
}

const compiled = new WeakMap<readonly Item[], Wanted>();
/** For fewer texts it is no less work to find out first which may be there. */
const fewProbes = 3;

/** Where any of the items is in a text, in order, without overlaps: of two at one place the longer one. */
export function findItems(text: string, items: readonly Item[], names: Names): Match[] {
  const { probes, patterns } = wantedBy(items, names);
  const ofTexts = placesOfTexts(text, probes);
  if (patterns.length === 0) return ofTexts;
  const [first] = patterns as [RegExp];
  if (probes.length === 0 && patterns.length === 1) return matchesOf(first, text);
  const matches = [ofTexts, ...patterns.map((pattern) => matchesOf(pattern, text))].flat();
  const kept: Match[] = [];
  for (const match of matches.toSorted((left, right) => left.start - right.start || right.end - left.end)) {
    if (match.start >= (kept.at(-1)?.end ?? 0)) kept.push(match);
  }
  return kept;
}

/** The first of the places `findItems` gives. */
export function findFirstItem(text: string, items: readonly Item[], names: Names): Match | undefined {
  const { probes, patterns } = wantedBy(items, names);
  const searched = searchedIn(text);
  let first = firstText(searched, likely(searched, probes), 0);
  for (const pattern of patterns) {
    const [match] = matchesOf(pattern, text, 1);
    if (match === undefined) continue;
    const isBefore = first === undefined || match.start < first.start;
    if (isBefore || (match.start === first?.start && match.end > first.end)) first = match;
  }
  return first;
}

/** Whether any of the items is in a text. */
export function holdsItem(text: string, items: readonly Item[], names: Names): boolean {
  const { probes, patterns } = wantedBy(items, names);
  const searched = searchedIn(text);
  return (
    likely(searched, probes).some((probe) => probe.isIn(searched)) || patterns.some((pattern) => isFound(pattern, text))
  );
}

/** Where texts are, the first places without overlaps. */
function placesOfTexts(text: string, probes: readonly Probe[]): Match[] {
  const searched = searchedIn(text);
  const places: Match[] = [];
  const open = likely(searched, probes).map((probe) => ({ probe, next: probe.find(searched, 0) }));
  let at = 0;
  for (;;) {
    let first: Match | undefined;
    for (const each of open) {
      if (each.next !== undefined && each.next.start < at) each.next = each.probe.find(searched, at);
      if (each.next !== undefined && (first === undefined || each.next.start < first.start)) first = each.next;
    }
    if (first === undefined) return places;
    places.push(first);
    if (places.length >= mostMatches) return places;
    at = first.end;
  }
}

/** Of two texts at one place the one that comes first. */
function firstText(text: string, probes: readonly Probe[], from: number): Match | undefined {
  let first: Match | undefined;
  for (const probe of probes) {
    const match = probe.find(text, from);
    if (match !== undefined && (first === undefined || match.start < first.start)) first = match;
  }
  return first;
}

/** Those that may be in a text. */
function likely(text: string, probes: readonly Probe[]): readonly Probe[] {
  if (probes.length < fewProbes) return probes;
  const folded = foldCapitals(text);
  return probes.filter((probe) => probe.mayBeIn(folded));
}

function wantedBy(items: readonly Item[], names: Names): Wanted {
  const known = compiled.get(items);
  if (known !== undefined) return known;
  const texts = items
    .flatMap((item) => textsOf(item, names))
    .filter((text) => text !== "" && text.length <= sizes.lookedFor);
  const wanted = {
    probes: texts.toSorted((left, right) => right.length - left.length).map(probeFor),
    patterns: items.flatMap((item) => (item.kind === "pattern" ? [compilePattern(item.source)] : [])),
  };
  if (items.every(({ kind }) => kind !== "name")) compiled.set(items, wanted);
  return wanted;
}

function textsOf(item: Item, names: Names): readonly string[] {
  if (item.kind === "text") return [item.text];
  if (item.kind === "pattern") return [];
  const value = names.get(item.name) ?? item.name;
  return typeof value === "object" ? value : [String(value)];
}
