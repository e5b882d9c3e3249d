import type { Act } from "../../agents/procedure/grammar/act.ts";
import type { Instruction, Procedure } from "../../agents/procedure/interpret.ts";
import type { SectionName } from "../../agents/procedure/section.ts";
import type { Condition, Statement } from "../../agents/procedure/grammar/sentence.ts";

/**
 * A rule of the list under study. `fresh` rules are not in the skill yet, `moved` ones are in another place of it. One of
 * Rules answers with `answer`; one of Extract does `extraction` and is passed over where that finds nothing; the first
 * entry may be all of Steps in one.
 */
export interface Entry {
  readonly skill: string;
  readonly id: string;
  readonly condition: Condition;
  /** Empty outside of Rules. */
  readonly answer: string;
  readonly extraction?: readonly Act[];
  readonly steps?: readonly Step[];
  /** Marked IMPORTANT. */
  readonly important?: true;
  readonly fresh: boolean;
  readonly moved: boolean;
}

/** A line of Steps. */
export interface Step {
  readonly id: string;
  readonly condition: Condition;
  readonly acts: readonly Act[];
  readonly important?: true;
  readonly fresh: boolean;
}

export const always: Condition = { all: [], unless: [] };

/** The Otherwise of the list. */
export interface Default {
  readonly skill: string;
  readonly id: string;
  readonly answer: string;
  readonly important?: true;
  readonly fresh: boolean;
}

/** The rules of all skills as the agent executes them, open to changes. Never mutated: a change makes a new one. */
export interface Listing {
  readonly entries: readonly Entry[];
  readonly otherwise: Default | undefined;
  /** The highest `r<number>` there was, so that an id is never given twice. */
  readonly highest: number;
}

const listings = new WeakMap<Procedure, Listing>();

export function listingOf(procedure: Procedure): Listing {
  const known = listings.get(procedure) ?? createListing(procedure);
  listings.set(procedure, known);
  return known;
}

function createListing({ rules, otherwise, sections }: Procedure): Listing {
  return {
    highest: Math.max(0, ...Object.values(sections).flat().map(numberOf)),
    entries: [...stepsOf(sections.Steps), ...rules.flatMap(entryOf), ...sections.Extract.flatMap(extractionOf)],
    otherwise: otherwise && defaultOf(otherwise),
  };
}

function defaultOf({ skill, id, answer, sentence }: Instruction): Default {
  return { skill, id, answer, ...markOf(sentence), fresh: false };
}

function entryOf({ skill, id, answer, sentence }: Instruction): Entry[] {
  if (sentence.kind !== "when") return [];
  return [{ skill, id, answer, condition: sentence.condition, ...markOf(sentence), fresh: false, moved: false }];
}

function markOf({ important }: Statement): { important?: true } {
  return important === true ? { important } : {};
}

function extractionOf({ skill, id, sentence }: Instruction<Statement>): Entry[] {
  if (sentence.kind === "otherwise") return [];
  const { acts: extraction } = sentence;
  const entry = { skill, id, condition: conditionOf(sentence), answer: "", extraction, ...markOf(sentence) };
  return [{ ...entry, fresh: false, moved: false }];
}

/** The Steps of the first skill that has any, where none of them is an Otherwise. */
function stepsOf(lines: readonly Instruction<Statement>[]): Entry[] {
  const [first] = lines;
  const own = lines.filter(({ skill }) => skill === first?.skill);
  if (first === undefined || own.some(({ sentence }) => sentence.kind === "otherwise")) return [];
  const steps = own.map(({ id, sentence }) => ({
    id,
    condition: conditionOf(sentence),
    acts: sentence.acts,
    ...markOf(sentence),
    fresh: false,
  }));
  return [{ skill: first.skill, id: first.id, condition: always, answer: "", steps, fresh: false, moved: false }];
}

function conditionOf(sentence: Statement): Condition {
  return sentence.kind === "when" ? sentence.condition : always;
}

export function sentenceOf(rule: Entry | Default | Step): Statement {
  const said = { acts: actsOf(rule), ...(rule.important === true ? { important: rule.important } : {}) };
  if (!("condition" in rule)) return { kind: "otherwise", ...said };
  const { condition } = rule;
  return condition.all.length === 0 ? { kind: "always", ...said } : { kind: "when", condition, ...said };
}

function actsOf(rule: Entry | Default | Step): readonly Act[] {
  if ("acts" in rule) return rule.acts;
  return ("extraction" in rule ? rule.extraction : undefined) ?? [{ kind: "answer", text: rule.answer }];
}

/** The section an entry stands in. */
export function sectionOf({ extraction, steps }: Entry): SectionName {
  if (steps !== undefined) return "Steps";
  return extraction === undefined ? "Rules" : "Extract";
}

/** The first place a rule of Rules may take, and the last: before what Extract does. */
export function placesOfRules({ entries }: Listing): { first: number; last: number } {
  const extraction = entries.findIndex((entry) => sectionOf(entry) === "Extract");
  return {
    first: entries.findLastIndex((entry) => sectionOf(entry) === "Steps") + 1,
    last: extraction === -1 ? entries.length : extraction,
  };
}

/** The next `r<number>`; `r0` is kept for the Otherwise. */
export function freeId({ highest }: Listing): string {
  return `r${highest + 1}`;
}

function numberOf({ id }: { id: string }): number {
  return Number(/^r(\d{1,9})$/.exec(id)?.[1] ?? 0);
}

/** The skill a rule put at this place belongs to; `home` where the list is empty. */
export function skillAt({ entries }: Listing, place: number, home: string): string {
  return (entries[place - 1] ?? entries[place])?.skill ?? home;
}

export function insertEntry(listing: Listing, place: number, entry: Entry): Listing {
  const highest = Math.max(listing.highest, numberOf(entry));
  return { ...listing, highest, entries: listing.entries.toSpliced(place, 0, entry) };
}

export function replaceEntry(listing: Listing, place: number, entry: Entry): Listing {
  return { ...listing, entries: listing.entries.with(place, entry) };
}

export function removeEntry(listing: Listing, place: number): Listing {
  return { ...listing, entries: listing.entries.toSpliced(place, 1) };
}
