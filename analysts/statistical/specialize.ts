import type { SkillFolder } from "../../skills/folder.ts";
import { createBoard, createPlayer } from "./board.ts";
import { sectionOf, type Entry, type Listing } from "./listing.ts";
import { freeName, movedTo } from "./new-skill.ts";
import type { Notebook } from "./notebook.ts";
import type { Case } from "./window.ts";

/** Whether a listing has all that it had of some skills, unchanged and in the same order, and no new Steps, which only one skill can have. */
export function createFrozenTest(before: Listing, frozen: readonly string[]): (listing: Listing) => boolean {
  const isFrozen = ({ skill }: { skill: string }) => frozen.includes(skill);
  const kept = before.entries.filter(isFrozen);
  return ({ entries, otherwise }) => {
    const own = entries.filter((entry) => isFrozen(entry) && !entry.fresh);
    const isSame = own.length === kept.length && own.every((entry, place) => entry === kept[place]);
    const isMovable = entries.every((entry) => !entry.fresh || sectionOf(entry) !== "Steps");
    const isOwn = otherwise === before.otherwise || (otherwise !== undefined && !isFrozen(otherwise));
    return isSame && isMovable && isOwn;
  };
}

export interface Specialized {
  listing: Listing;
  /** The skill that it creates, if it does. */
  skill?: string;
  /** How many cases were played anew to find it. */
  simulations: number;
}

/**
 * The listing with all of its new rules in one skill that is not frozen: one that is there, or a new one. Undefined if
 * nothing changed, or if as many cases as before are answered wrongly in the order that skills are read in. MASA's skill of a type of task
 * (arXiv 2605.30723 [S]) for the embedded analyst, which writes Rules and Extract into it; how is ours [R].
 */
export function specialized(
  {
    before,
    after,
    skills,
    frozen,
  }: { before: Listing; after: Listing; skills: readonly SkillFolder[]; frozen: readonly string[] },
  { cases, notebook }: { cases: readonly Case[]; notebook: Pick<Notebook, "testOf" | "finderOf"> },
): Specialized | undefined {
  const isNew = (entry: Entry) => entry.fresh && frozen.includes(entry.skill);
  const first = after.entries.find(isNew);
  if (first === undefined) return after === before ? undefined : { listing: after, simulations: 0 };
  const [open] = skills
    .map(({ name }) => name)
    .filter((name) => !frozen.includes(name))
    .toSorted();
  const skill = open ?? freeName(nameFor(after.entries.filter(isNew)), skills);
  const listing = movedTo(after, isNew, skill);
  const player = createPlayer(cases, notebook);
  const [old, made] = [before, listing].map((each) => createBoard(each, cases, player).wrong.length) as [
    number,
    number,
  ];
  const created = open === undefined ? { skill } : {};
  return made < old ? { listing, ...created, simulations: 2 * cases.length } : undefined;
}

/** The first answer, or, where nothing is answered but found, the skill that finds such things so far. */
function nameFor(entries: readonly Entry[]): string {
  const [first] = entries;
  return entries.find(({ answer }) => answer !== "")?.answer ?? `${first?.skill} extraction`;
}
