import { childrenOf, parsePatternTree, type Node, type Repeat } from "./pattern-tree.ts";
import { longestShared, mostWaysOf } from "./pattern-ways.ts";

/** A pattern that is not run. The message says why and what to write instead. */
export class PatternError extends Error {
  constructor(source: string, problem: string) {
    super(`the pattern /${source}/ ${problem}`);
    this.name = new.target.name;
  }
}

const longestPattern = 120;

/** How many ways there may be to share characters out among the repeats and choices of a pattern. */
const mostWays = 40_000;
/** How many places a pattern may have when its counts are written out. */
const mostPlaces = 2000;

/**
 * Checks a pattern and returns the source to compile. The engine backtracks, so what fails could take forever: a
 * repeated group may not hold a repeat or a choice, and repeats that can take the same characters, as in `.*,.*`, are
 * bounded to 100 characters each, or refused where that is not enough.
 */
export function readPattern(source: string): string {
  const refuse = (problem: string): PatternError => new PatternError(source, problem);
  if (source.length > longestPattern) throw refuse(`is longer than ${longestPattern} characters; shorten it`);
  if (/[\n\r]/.test(source)) throw refuse("contains a line break; write \\n");
  try {
    RegExp(source, "u");
  } catch (error) {
    throw refuse(`is not a valid regular expression: ${(error as Error).message.split(": ").at(-1)}`);
  }
  const tree = parsePatternTree(source, refuse);
  const repeats = repeatsIn(tree, refuse);
  if (placesOf(tree) > mostPlaces) throw refuse("has too many repetitions; use smaller numbers in braces");
  const ways = mostWaysOf(tree);
  if (ways > mostWays)
    throw refuse("has too many repeats or alternatives that can match the same characters; remove some");
  return ways > longestShared ? bounded(source, repeats) : source;
}

/** The repeats without an end. Refuses what may not be repeated and what may not be looked ahead for. */
function repeatsIn(node: Node, refuse: (problem: string) => Error): Repeat[] {
  const inner = childrenOf(node).flatMap((child) => repeatsIn(child, refuse));
  if (node.kind === "look" && (inner.length > 0 || !isSimple(node.body))) {
    throw refuse("has a look-ahead that is too complex; make it shorter, as in (?!\\d)");
  }
  if (node.kind !== "repeat") return inner;
  if (node.most > 1 && !isFixed(node.body)) {
    throw refuse("repeats a group that contains a repeat or an alternative, as in (a+)+; write the repetitions out");
  }
  return node.most === Infinity ? [...inner, node] : inner;
}

/** Whether a part always takes as many characters, in one way. */
function isFixed(node: Node): boolean {
  if (node.kind === "choice" || node.kind === "look") return false;
  if (node.kind === "repeat" && node.least !== node.most) return false;
  return childrenOf(node).every(isFixed);
}

/** Places, edges, fixed counts and choices of them. */
function isSimple(node: Node): boolean {
  if (node.kind === "look" || (node.kind === "repeat" && !isFixed(node))) return false;
  return childrenOf(node).every(isSimple);
}

function placesOf(node: Node): number {
  if (node.kind === "place") return 1;
  const inner = childrenOf(node).reduce((sum, child) => sum + placesOf(child), 0);
  return node.kind === "repeat" ? inner * Math.max(1, node.most === Infinity ? node.least : node.most) : inner;
}

/** The source with an end to every repeat that has none. */
function bounded(source: string, repeats: readonly Repeat[]): string {
  let written = source;
  for (const { start, end, least } of repeats.toSorted((left, right) => right.start - left.start)) {
    const lazy = written.slice(start, end).length > 1 && written[end - 1] === "?" ? "?" : "";
    written = `${written.slice(0, start)}{${least},${Math.max(least, longestShared)}}${lazy}${written.slice(end)}`;
  }
  return written;
}
