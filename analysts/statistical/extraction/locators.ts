import type { Act, Choice, Item } from "../../../agents/procedure/grammar/act.ts";
import { textItem } from "./normaliser.ts";
import { runsOf, shapeOfRun, shapesOf, type Shape } from "./shapes.ts";
import type { Span } from "./spans.ts";

/** Acts that find a stretch of a text. Two with one key do the same. */
export interface Locator {
  readonly key: string;
  readonly acts: readonly Act[];
  readonly words: number;
  /** The word it looks for, where it looks for one of a list. */
  readonly word?: string;
}

const longestWord = 24;

/**
 * Ways to find a span that may find the same thing in other texts: by its shape, by the words right before and right
 * after it, by both, and by itself as the first word of a list.
 */
export function locatorsOf(text: string, span: Span): Locator[] {
  const value = text.slice(span.start, span.end);
  const before = marksBefore(text, span.start);
  const after = marksAfter(text, span.end);
  const shapes = shapesOf(value);
  return [
    ...shapes
      .flatMap((shape) => inContext(shape, text, span))
      .flatMap((shape) => [take("first", shape), take("last", shape)]),
    ...before.flatMap((mark) => shapes.map((shape) => chain(takeAfter(mark), take("first", shape)))),
    ...after.flatMap((mark) => shapes.map((shape) => chain(takeBefore(mark), take("last", shape)))),
    ...before.flatMap((from) => after.map((to) => chain(takeAfter(from), takeBefore(to)))),
    ...before.map(takeAfter),
    ...after.map(takeBefore),
    ...listed(value),
  ];
}

function locatorOf(act: Act, words: number): Locator {
  return { key: JSON.stringify(act), acts: [act], words };
}

export function takeItems(choice: Choice, items: readonly Item[], words: number): Locator {
  return locatorOf({ kind: "take", choice, items }, words);
}

function take(choice: Choice, { source, cost }: Shape): Locator {
  return takeItems(choice, [{ kind: "pattern", source }], 3 + cost);
}

function takeAfter(mark: string): Locator {
  return locatorOf({ kind: "take-after", items: [textItem(mark)] }, 4 + wordsIn(mark));
}

function takeBefore(mark: string): Locator {
  return locatorOf({ kind: "take-before", items: [textItem(mark)] }, 4 + wordsIn(mark));
}

export function chain(first: Locator, second: Locator): Locator {
  return { key: first.key + second.key, acts: [...first.acts, ...second.acts], words: first.words + second.words };
}

function wordsIn(text: string): number {
  return text.split(" ").length;
}

function listed(value: string): Locator[] {
  const word = value.toLowerCase();
  if (word.length > longestWord || !/^[\p{L}\p{N}]+(?: [\p{L}\p{N}]+)?$/u.test(word)) return [];
  return (["first", "last"] as const).map((choice) => ({ ...takeItems(choice, [textItem(word)], 4), word }));
}

/** The one to three words and marks right before a place, longest last. */
function marksBefore(text: string, start: number): string[] {
  const runs = runsOf(text.slice(0, start));
  return growing(runs.toReversed()).map((part) => part.toReversed().join("").trim().toLowerCase());
}

function marksAfter(text: string, end: number): string[] {
  return growing(runsOf(text.slice(end)))
    .slice(0, 2)
    .map((part) => part.join("").trim().toLowerCase());
}

/** The first one, two and three runs that are not white space, with the white space between them. */
function growing(runs: readonly string[]): string[][] {
  const ends = [...runs.keys()].filter((place) => !/^\s/.test(runs[place] as string)).slice(0, 3);
  return ends.map((end) => runs.slice(0, end + 1)).filter((part) => !part.join("").includes("\n"));
}

/** The shape alone, and with the shape of what stands right beside it: one run or two, or an end of the text. */
function inContext(shape: Shape, text: string, { start, end }: Span): Shape[] {
  const { source, cost } = shape;
  const left = growing(runsOf(text.slice(0, start)).toReversed())
    .slice(0, 2)
    .map((part) => shapeOfRuns(part.toReversed(), "+"));
  const right = growing(runsOf(text.slice(end))).flatMap((part) => [shapeOfRuns(part, "+"), shapeOfRuns(part)]);
  const rest = text.slice(end);
  const atEnd = rest.length < 12 ? [`${shapeOfRuns(runsOf(rest))}$`] : [];
  return [
    shape,
    ...left.map((each) => ({ source: `${each}(${source})`, cost: cost + 1 })),
    ...[...right, ...atEnd].map((each) => ({ source: `(${source})(?=${each})`, cost: cost + 1 })),
  ].filter((each) => each.source.length <= 100);
}

function shapeOfRuns(runs: readonly string[], count?: string): string {
  const sources = runs.map((run) => shapeOfRun(run, count ?? (run.length > 5 ? "+" : `{${run.length}}`)));
  const source = sources.join("").replaceAll(/\[(?:A-Z|a-z|A-Za-z)\]\+/g, "\\p{L}+");
  return /[A-Za-z\d]$/.test(runs.at(-1) ?? "") && count === undefined ? `${source}\\b` : source;
}
