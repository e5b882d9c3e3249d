import { compileSkills } from "../agents/procedure/interpret.ts";
import type { Clause, Condition } from "../agents/procedure/grammar/sentence.ts";
import { subjectOf } from "../skills/edits.ts";
import type { SkillFolder } from "../skills/folder.ts";
import { shorten } from "../skills/shorten.ts";
import type { Draw } from "../state/draw.ts";
import type { ScoredRollout } from "../state/task.ts";
import type { Analyst, EditBudget, Proposal } from "./analyst.ts";
import { analyzeFailures } from "./statistical/analyze.ts";
import { diagnoseFailures } from "./statistical/diagnose.ts";
import {
  freeId,
  insertEntry,
  listingOf,
  removeEntry,
  replaceEntry,
  skillAt,
  type Entry,
  type Listing,
} from "./statistical/listing.ts";
import { createRepeatTest } from "./statistical/marks.ts";
import { createRewriter } from "./statistical/rewriting/rewrite.ts";
import { createNotebook } from "./statistical/notebook.ts";
import { casesOf, type Case } from "./statistical/window.ts";

/** Takes one of a list at random; undefined of an empty one. */
type Pick = <Item>(items: readonly Item[]) => Item | undefined;

/** Operators by how often they are drawn; adding and extending come more often, as in any search that grows rules. */
const operators = ["add", "add", "add", "extend", "extend", "except", "move", "delete", "default"] as const;

/**
 * The control: writes the same rules with the same operators as the statistical analyst, but draws phrases and labels
 * from the failing tasks, and places from the skill, at random. What it reaches with a gate is the gate's doing.
 */
export function createRandomAnalyst(): Analyst {
  return {
    fingerprint: "random@1",
    analyze: async (rollouts, skills) => analyzeFailures(rollouts, skills, createNotebook()),
    diagnose: async (failures, skills, replay) => diagnoseFailures(failures, skills, replay, createNotebook()),
    propose: async (deficiencies, skills, replay, budget) => {
      const failing = new Set(deficiencies.flatMap(({ tasks }) => tasks));
      return proposeAtRandom(
        skills,
        replay.filter(({ rollout }) => failing.has(rollout.task)),
        budget,
      );
    },
  };
}

function proposeAtRandom(
  skills: readonly SkillFolder[],
  failing: readonly ScoredRollout[],
  budget: EditBudget,
): Proposal {
  const cases = casesOf(failing);
  if (cases.length === 0) return { drafts: [], simulations: 0 };
  const pick = createPick(budget.draw);
  const home = skills.map(({ name }) => name).toSorted()[0] ?? "";
  const isRepeat = createRepeatTest(budget.rejected);
  let listing = listingOf(compileSkills(skills));
  const editsTowards = createRewriter(skills);
  let edits = editsTowards(listing);
  for (let change = 0; change < budget.edits; change += 1) {
    const changed = changeAtRandom(listing, { cases, pick, home });
    const proposed = editsTowards(changed);
    if (proposed.length > budget.edits || proposed.some(isRepeat)) continue;
    [listing, edits] = [changed, proposed];
  }
  const origin = {
    operator: "random",
    target: edits[0] === undefined ? "" : shorten(subjectOf(edits[0]), 80),
    features: { changes: budget.edits },
  };
  return { drafts: edits.length === 0 ? [] : [{ edits, origin }], simulations: 0 };
}

function createPick(draw: Draw): Pick {
  let index = 0;
  return (items) => {
    index += 1;
    return items[Math.floor(draw(index) * items.length)];
  };
}

interface Source {
  cases: readonly Case[];
  pick: Pick;
  home: string;
}

function changeAtRandom(listing: Listing, source: Source): Listing {
  const { cases, pick, home } = source;
  const label = pick(cases)?.expected ?? "";
  const operator = pick(operators);
  if (operator === "default") {
    const { otherwise } = listing;
    return {
      ...listing,
      otherwise: { skill: home, id: "r0", fresh: true, ...otherwise, answer: label },
    };
  }
  if (operator === "add" || listing.entries.length === 0) return addAtRandom(listing, source, label);
  const place = pick([...listing.entries.keys()]) ?? 0;
  const entry = listing.entries[place] as Entry;
  if (operator === "delete") return removeEntry(listing, place);
  if (operator === "move") return moveAtRandom(listing, place, pick);
  const phrase = phraseFrom(source);
  const condition = operator === "extend" ? extended(entry.condition, phrase) : excepted(entry.condition, phrase);
  return replaceEntry(listing, place, { ...entry, condition });
}

function addAtRandom(listing: Listing, source: Source, answer: string): Listing {
  const place = source.pick([...listing.entries.keys(), listing.entries.length]) ?? 0;
  const condition: Condition = { all: [[phraseFrom(source)]], unless: [] };
  const skill = skillAt(listing, place, source.home);
  return insertEntry(listing, place, { skill, id: freeId(listing), condition, answer, fresh: true, moved: false });
}

function moveAtRandom(listing: Listing, place: number, pick: Pick): Listing {
  const entry = listing.entries[place] as Entry;
  const without = removeEntry(listing, place);
  const own = [...listing.entries.keys()].filter((target) => listing.entries[target]?.skill === entry.skill);
  const target = pick(own) ?? place;
  return target === place ? listing : insertEntry(without, target, { ...entry, moved: true });
}

/** One to three neighbouring tokens of a failing task. */
function phraseFrom({ cases, pick }: Source): Clause & { kind: "mentions" } {
  const phrases = [...(pick(cases)?.message.phrases ?? [])];
  return { kind: "mentions", phrases: [pick(phrases) ?? "?"] };
}

function extended(condition: Condition, { phrases }: Clause & { kind: "mentions" }): Condition {
  const [first, ...rest] = condition.all[0] ?? [];
  if (first?.kind !== "mentions") return condition;
  return { ...condition, all: condition.all.with(0, [{ ...first, phrases: [...first.phrases, ...phrases] }, ...rest]) };
}

function excepted(condition: Condition, phrase: Clause & { kind: "mentions" }): Condition {
  return { ...condition, unless: [...condition.unless, phrase] };
}
