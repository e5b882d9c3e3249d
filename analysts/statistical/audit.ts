import { mainFile, type SkillFolder } from "../../skills/folder.ts";
import type { Deficiency } from "../../state/study.ts";
import { createBoard, createPlayer, effects } from "./board.ts";
import { listingOf, removeEntry, type Entry } from "./listing.ts";
import type { Notebook } from "./notebook.ts";
import type { Case } from "./window.ts";

/** Fewer rollouts say nothing about a rule that has no effect on them. */
const leastCases = 100;

/** Cases whose very message has another label in another task: nothing a skill says is right for both. */
export function noisyTasks(cases: readonly Case[]): Set<string> {
  const isRival = ({ expected }: Case, other: Case): boolean => other.expected !== expected;
  const doubtful = cases.filter((each) => each.alike.some((other) => isRival(each, other)));
  const given = new Set(doubtful);
  const noisy = doubtful.filter((each) => each.alike.some((other) => isRival(each, other) && given.has(other)));
  return new Set(noisy.map(({ task }) => task));
}

/** The rules without all of which a faithful agent would answer every case as it does with them; the later ones go first. */
export function redundantRules(
  cases: readonly Case[],
  skills: readonly SkillFolder[],
  notebook: Notebook,
): Deficiency[] {
  if (cases.length < leastCases) return [];
  const player = createPlayer(cases, notebook);
  const redundant: Entry[] = [];
  let listing = listingOf(notebook.compile(skills));
  let board = createBoard(listing, cases, player);
  for (let rule = listing.entries.length - 1; rule >= 0; rule -= 1) {
    const { fired, withoutRule } = board;
    const matters = cases.some((_, place) => fired[place] === rule && withoutRule[place] !== effects.none);
    const entry = listing.entries[rule] as Entry;
    if (matters || entry.steps !== undefined) continue;
    redundant.push(entry);
    listing = removeEntry(listing, rule);
    board = createBoard(listing, cases, player);
  }
  return redundant.toReversed().flatMap((entry) => {
    const skill = skills.find(({ name }) => name === entry.skill);
    return skill === undefined ? [] : [deficiencyOf(entry, skill, cases.length)];
  });
}

function deficiencyOf({ id }: Entry, skill: SkillFolder, cases: number): Deficiency {
  return {
    skill: skill.name,
    file: mainFile(skill),
    place: id,
    defect: "incorrect",
    category: "redundant_rule",
    severity: "low",
    tasks: [],
    plan: `Delete ${id}: all of the last ${cases} tasks would be answered alike.`,
    extra: { dimension: "knowledge", issue: "outdated" },
  };
}
