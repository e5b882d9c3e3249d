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
}

export function listingOf(skills: readonly SkillFolder[]): Listing {
  const { rules, otherwise } = compileSkills(skills);
  return {
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

/** The first `r<number>` above all that are taken; `r0` is kept for the Otherwise. */
export function freeId({ entries, otherwise }: Listing): string {
  const taken = [...entries, ...(otherwise === undefined ? [] : [otherwise])].map(({ id }) =>
    Number(/^r(\d+)$/.exec(id)?.[1] ?? 0),
  );
  return `r${Math.max(0, ...taken) + 1}`;
}

/** The skill a rule put at this place belongs to; `home` where the list is empty. */
export function skillAt({ entries }: Listing, place: number, home: string): string {
  return (entries[place - 1] ?? entries[place])?.skill ?? home;
}

export function insertEntry({ entries, otherwise }: Listing, place: number, entry: Entry): Listing {
  return { entries: entries.toSpliced(place, 0, entry), otherwise };
}

export function replaceEntry({ entries, otherwise }: Listing, place: number, entry: Entry): Listing {
  return { entries: entries.with(place, entry), otherwise };
}

export function removeEntry({ entries, otherwise }: Listing, place: number): Listing {
  return { entries: entries.toSpliced(place, 1), otherwise };
}
