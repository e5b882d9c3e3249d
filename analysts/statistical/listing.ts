import { compileSkills, type Instruction } from "../../agents/procedure/interpret.ts";
import type { Condition, Sentence } from "../../agents/procedure/sentence.ts";
import type { SkillFolder } from "../../skills/folder.ts";

/** A rule of the list under study. `fresh` rules are not in the skill yet, `moved` ones are in another place of it. */
export interface Entry {
  readonly skill: string;
  readonly id: string;
  readonly condition: Condition;
  readonly answer: string;
  readonly fresh: boolean;
  readonly moved: boolean;
}

/** The Otherwise of the list. */
export interface Default {
  readonly skill: string;
  readonly id: string;
  readonly answer: string;
  readonly fresh: boolean;
}

/** The rules of all skills as the agent executes them, open to changes. Never mutated: a change makes a new one. */
export interface Listing {
  readonly entries: readonly Entry[];
  readonly otherwise: Default | undefined;
  /** The highest `r<number>` there was, so that an id is never given twice. */
  readonly highest: number;
}

export function listingOf(skills: readonly SkillFolder[]): Listing {
  const { rules, otherwise } = compileSkills(skills);
  const all = otherwise === undefined ? rules : [...rules, otherwise];
  return {
    highest: Math.max(0, ...all.map(numberOf)),
    entries: rules.flatMap(entryOf),
    otherwise: otherwise && { skill: otherwise.skill, id: otherwise.id, answer: otherwise.answer, fresh: false },
  };
}

function entryOf({ skill, id, answer, sentence }: Instruction): Entry[] {
  if (sentence.kind !== "when") return [];
  return [{ skill, id, answer, condition: sentence.condition, fresh: false, moved: false }];
}

export function sentenceOf(rule: Entry | Default): Sentence {
  const acts = [{ kind: "answer" as const, text: rule.answer }];
  return "condition" in rule ? { kind: "when", condition: rule.condition, acts } : { kind: "otherwise", acts };
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
