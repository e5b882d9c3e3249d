import { once } from "../once.ts";
import { readPattern } from "./pattern-safety.ts";

/** Only so much of a text is searched, and only so many places in it are found. */
const longestSearched = 8192;
export const mostMatches = 1000;

export { PatternError } from "./pattern-safety.ts";

const capacity = 5000;
const compiled = new Map<string, RegExp>();

/**
 * The one door from a pattern a skill wrote to a RegExp (global, Unicode, capitals matter). Throws a `PatternError` for
 * what may not run. The expression is shared: set `lastIndex` before use.
 */
export function compilePattern(source: string): RegExp {
  return once(compiled, source, () => new RegExp(readPattern(source), "gu"), capacity);
}

/** A place in a text, and what an act takes there: the first group of a pattern that has one, else all of it. */
export interface Match {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** What of a text is searched. */
export function searchedIn(text: string): string {
  return text.length > longestSearched ? text.slice(0, longestSearched) : text;
}

/** The first places where an expression matches, without empty ones. */
export function matchesOf(expression: RegExp, text: string, most = mostMatches): Match[] {
  const searched = searchedIn(text);
  const matches: Match[] = [];
  expression.lastIndex = 0;
  for (let match = expression.exec(searched); match !== null; match = expression.exec(searched)) {
    const [whole] = match;
    // In the middle of a surrogate pair the next search would go back to where this one was.
    if (whole === "") expression.lastIndex += (searched.codePointAt(match.index) ?? 0) > 0xffff ? 2 : 1;
    else matches.push({ start: match.index, end: match.index + whole.length, text: match[1] ?? whole });
    if (matches.length >= most) break;
  }
  return matches;
}

/** Whether an expression matches anywhere, also where what it matches is empty. */
export function isFound(expression: RegExp, text: string): boolean {
  expression.lastIndex = 0;
  return expression.test(searchedIn(text));
}
