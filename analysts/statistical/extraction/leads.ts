import type { Act } from "../../../agents/procedure/act.ts";
import { compilePattern, PatternError } from "../../../agents/procedure/pattern.ts";
import type { Case } from "../window.ts";
import { locatorsOf, type Locator } from "./locators.ts";
import { createNormalising, normalisersBetween, type Normaliser } from "./normaliser.ts";
import { extract } from "./performer.ts";
import { spansOf } from "./spans.ts";

/** What one case suggests: ways to find its expected value, and what makes of it what is expected. */
export interface Leads {
  readonly locators: readonly Locator[];
  readonly normalisers: readonly Normaliser[];
}

/** Remembers across proposals what cases suggest and what locators find; both depend on nothing else. */
export interface Notebook {
  leadsOf(each: Case): Leads;
  find(locator: Pick<Locator, "key" | "acts">, text: string): string | undefined;
  normalising(normaliser: Normaliser): (raw: string) => string | undefined;
}

const capacity = 2500;

export function createNotebook(): Notebook {
  const leads = createCache<Leads>(capacity);
  const found = createCache<Map<string, string | undefined>>(capacity);
  const usable = createCache<boolean>(10 * capacity);
  const acts = createCache<readonly Act[]>(capacity);
  const normalisings = createCache<(raw: string) => string | undefined>(capacity);
  return {
    leadsOf: (each) => leads(`${each.expected}\n${each.text}`, () => readLeads(each)),
    normalising: (normaliser) => normalisings(JSON.stringify(normaliser), () => createNormalising(normaliser)),
    find(locator, text) {
      if (!usable(locator.key, () => isUsable(locator))) return undefined;
      const finds = found(locator.key, () => new Map());
      if (finds.has(text)) return finds.get(text);
      const value = extract(
        acts(locator.key, () => locator.acts),
        text,
      );
      finds.set(text, value);
      return value;
    },
  };
}

/** Whether its patterns may run. */
function isUsable({ acts }: Pick<Locator, "acts">): boolean {
  const patterns = acts.flatMap((act) => ("items" in act ? act.items : [])).filter(({ kind }) => kind === "pattern");
  try {
    for (const item of patterns) if (item.kind === "pattern") compilePattern(item.source);
    return true;
  } catch (error) {
    if (error instanceof PatternError) return false;
    throw error;
  }
}

/** Keeps the last `size` results. */
function createCache<Result>(size: number): (key: string, make: () => Result) => Result {
  const kept = new Map<string, Result>();
  return (key, make) => {
    const known = kept.get(key);
    if (known !== undefined) return known;
    const made = make();
    if (kept.size >= size) kept.delete(kept.keys().next().value as string);
    kept.set(key, made);
    return made;
  };
}

function readLeads({ text, expected }: Case): Leads {
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
