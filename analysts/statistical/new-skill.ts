import { descriptionFrom, minimalSkill } from "../../skills/minimal.ts";
import { nameFrom } from "../../skills/name.ts";
import type { SkillFolder } from "../../skills/folder.ts";
import { createBoard, createPlayer } from "./board.ts";
import { insertEntry, placesOfRules, removeEntry, sectionOf, type Entry, type Listing } from "./listing.ts";
import type { Notebook } from "./notebook.ts";
import type { Case } from "./window.ts";

/** A listing some of whose new rules stand in a skill that is not there yet. */
export interface Separated {
  listing: Listing;
  skill: string;
  /** How many cases were played anew to find it. */
  simulations: number;
}

/**
 * Moves the new rules for one answer into a skill of their own: the answer that most cases get by them, of those that no skill of the program gives
 * yet or, with `isAny`, of all, if no more cases are answered wrongly in the order that skills are read in. Undefined if there is none. EvoSkill's action `create`
 * (arXiv 2603.02766) for the embedded analyst; the rule is ours [R].
 */
export function separateSkill(
  { before, after, skills, isAny }: { before: Listing; after: Listing; skills: readonly SkillFolder[]; isAny: boolean },
  { cases, notebook }: { cases: readonly Case[]; notebook: Pick<Notebook, "testOf" | "finderOf"> },
): Separated | undefined {
  const known = new Set(isAny ? [] : [before.otherwise?.answer, ...before.entries.map(({ answer }) => answer)]);
  const player = createPlayer(cases, notebook);
  const board = createBoard(after, cases, player);
  const gains = new Map<string, number>();
  for (const [place, entry] of after.entries.entries()) {
    if (!entry.fresh || sectionOf(entry) !== "Rules" || known.has(entry.answer)) continue;
    const right = board.taken[place]?.filter((each) => cases[each]?.expected === entry.answer).length ?? 0;
    gains.set(entry.answer, (gains.get(entry.answer) ?? 0) + right);
  }
  let simulations = 0;
  for (const [answer] of [...gains].toSorted(([, a], [, b]) => b - a)) {
    const skill = freeName(answer, skills);
    const isMoved = (entry: Entry) => entry.fresh && sectionOf(entry) === "Rules" && entry.answer === answer;
    const listing = moved(after, isMoved, skill);
    simulations += cases.length;
    if (createBoard(listing, cases, player).wrong.length <= board.wrong.length) return { listing, skill, simulations };
  }
  return undefined;
}

/**
 * Moves rules of a skill that only tasks of one group reach into a skill of their own: at most `most`, of the group with the most cases where no more
 * cases are answered wrongly then, and where the skill keeps a rule. Undefined if there is none. Bayesian-Agent's action `split` for the
 * embedded analyst; which rules go is ours [R].
 */
export function splitSkill(
  { listing, skills, skill, groups, most }: Splitting,
  { cases, notebook }: { cases: readonly Case[]; notebook: Pick<Notebook, "testOf" | "finderOf"> },
): Separated | undefined {
  const player = createPlayer(cases, notebook);
  const board = createBoard(listing, cases, player);
  const groupOf = new Map(groups.flatMap((tasks, group) => tasks.map((task) => [task, group] as const)));
  const own = listing.entries.filter((entry) => entry.skill === skill && sectionOf(entry) === "Rules");
  const parts = groups.map((_, group) => {
    const reached = own.flatMap((entry) => {
      const taken = board.taken[listing.entries.indexOf(entry)] ?? [];
      const isOwn = taken.length > 0 && taken.every((each) => groupOf.get((cases[each] as Case).task) === group);
      return isOwn ? [{ entry, cases: taken.length }] : [];
    });
    return { rules: reached.slice(0, most), size: reached.reduce((sum, one) => sum + one.cases, 0) };
  });
  let simulations = 0;
  for (const { rules } of parts.toSorted((a, b) => b.size - a.size)) {
    const [first] = rules;
    if (first === undefined || rules.length === own.length) continue;
    const name = freeName(first.entry.answer, skills);
    const chosen = new Set(rules.map(({ entry }) => entry));
    const split = moved(listing, (entry) => chosen.has(entry), name);
    simulations += cases.length;
    const { wrong } = createBoard(split, cases, player);
    if (wrong.length <= board.wrong.length) return { listing: split, skill: name, simulations };
  }
  return undefined;
}

interface Splitting {
  listing: Listing;
  skills: readonly SkillFolder[];
  skill: string;
  /** Tasks that belong together, by their ids. */
  groups: ReadonlyArray<readonly string[]>;
  most: number;
}

/** A name made of the answer, with a number where skills have it already. */
function freeName(answer: string, skills: readonly SkillFolder[]): string {
  const base = nameFrom(answer);
  const taken = new Set(skills.map(({ name }) => name.normalize("NFKC")));
  for (let number = 1; ; number += 1) {
    const ending = number === 1 ? "" : `-${number}`;
    const name = `${base.slice(0, 64 - ending.length).replace(/-$/, "")}${ending}`;
    if (!taken.has(name)) return name;
  }
}

/** Some of the rules, in their order, at the place that a skill of this name has among the others. */
function moved(listing: Listing, isMoved: (entry: Entry) => boolean, skill: string): Listing {
  const rules = listing.entries.filter(isMoved);
  let rest = listing;
  for (let place = listing.entries.length - 1; place >= 0; place -= 1)
    if (isMoved(listing.entries[place] as Entry)) rest = removeEntry(rest, place);
  const { first, last } = placesOfRules(rest);
  const after = rest.entries.slice(first, last).filter((entry) => entry.skill < skill).length;
  return rules.reduce(
    (made, rule, index) => insertEntry(made, first + after + index, { ...rule, skill, fresh: true }),
    rest,
  );
}

/** A skill without rules for messages with these answers. */
export function skillForAnswers(name: string, answers: readonly string[]): SkillFolder {
  return minimalSkill(name, descriptionFrom(`When to answer ${answers.join(", ")}.`));
}
