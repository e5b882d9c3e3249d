import type { Act } from "../../../agents/procedure/grammar/act.ts";
import type { Case } from "../window.ts";
import { locatorsOf, type Locator } from "./locators.ts";
import { keyOfNormaliser, normalisersBetween, oneOf, type Normaliser } from "./normaliser.ts";
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
    for (const each of [...between, ...trimmed]) normalisers.set(keyOfNormaliser(each), oneOf(each));
  }
  return { locators: [...locators.values()], normalisers: [...normalisers.values()] };
}

/** The texts that locators look for in the last of some acts, where their acts are of these kinds. */
export function textsOfLeads({ locators }: Leads, acts: readonly Act[]): string[] {
  const last = acts.length - 1;
  const alike = locators.filter((locator) => acts.every(({ kind }, place) => locator.acts[place]?.kind === kind));
  return [...new Set(alike.flatMap((locator) => textOf(locator.acts[last])))];
}

/** The one text an act looks for. */
function textOf(act: Act | undefined): string[] {
  if (act === undefined || !("items" in act) || act.items.length !== 1) return [];
  const [item] = act.items;
  return item?.kind === "text" ? [item.text] : [];
}
