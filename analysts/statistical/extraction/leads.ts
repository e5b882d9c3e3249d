import type { Case } from "../window.ts";
import { locatorsOf, type Locator } from "./locators.ts";
import { normalisersBetween, type Normaliser } from "./normaliser.ts";
import { spansOf } from "./spans.ts";

/** What one case suggests: ways to find its expected value, and what makes of it what is expected. */
export interface Leads {
  readonly locators: readonly Locator[];
  readonly normalisers: readonly Normaliser[];
}

export function readLeads({ text, expected }: Case): Leads {
  const locators = new Map<string, Locator>();
  const normalisers = new Map<string, Normaliser>();
  for (const span of spansOf(text, expected)) {
    const between = normalisersBetween(text.slice(span.start, span.end), expected);
    if (between.length === 0) continue;
    for (const locator of locatorsOf(text, span)) locators.set(locator.key, locator);
    const isBeside = /^[\p{P}]/u.test(text.slice(span.end)) || /[\p{P}]$/u.test(text.slice(0, span.start));
    const trimmed = isBeside ? between.map((each) => ({ ...each, outer: true })) : [];
    for (const each of [...between, ...trimmed]) normalisers.set(JSON.stringify(each), each);
  }
  return { locators: [...locators.values()], normalisers: [...normalisers.values()] };
}
