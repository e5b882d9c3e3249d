import { draw } from "../state/draw.ts";
import type { Task } from "../state/task.ts";
import { cueOf, type Cue } from "./cue.ts";
import type { Family, Rule, World } from "./world.ts";

/**
 * Context A is where a run learns. `shifted` is context B: marks mislead. `adversarial` is a trap: the marks are those of the family's most frequent rules that are not needed, and another
 * desk is named. `composition` asks for three steps or four, `across` for rules that only one of two families has, and for others.
 */
export type GymSuite = "train" | "validation" | "test" | "shifted" | "adversarial" | "composition" | "across";

/** Chances that a request calls for one, two, three or four steps. */
const chances = [0.35, 0.35, 0.2, 0.1];
const harderChances = [0, 0, 2 / 3, 1 / 3];
/** Of steps beside one that only the first family has, and one that only the second has. */
const acrossChances = [0.5, 0.35, 0.15];
const zipf = 0.7;
/** Marks of a trap. */
const traps = 2;

/** What a request asks for, as nature knows it: the cues in its text, and the rules its triggers stand for, by step. */
export interface Demand {
  readonly cues: ReadonlySet<Cue>;
  readonly wanted: ReadonlyMap<string, Rule>;
}

/** Tasks of a suite, the same for the same world; a longer list begins with the shorter one. */
export function createTasks(world: World, suite: GymSuite, size: number): Task[] {
  return Array.from({ length: size }, (_, index) => taskAt(world, suite, index));
}

type Chances = (purpose: string, at?: number) => number;

/** The task of a suite at an index. */
export function taskAt(world: World, suite: GymSuite, index: number): Task {
  const { seed, options } = world;
  const chance: Chances = (purpose, at = 0) => draw(seed, index, `${suite}/${purpose}`, at);
  const family = familyAt(world, chance("family"));
  const second = suite === "across" || suite === "adversarial" ? otherThan(world, family, chance("second")) : undefined;
  const needed =
    suite === "across" && second !== undefined
      ? rulesAcross(world, [family, second], chance)
      : drawRules(family.rules, place(suite === "composition" ? harderChances : chances, chance("count")) + 1, (at) =>
          chance("rule", at),
        );
  const marked = suite === "adversarial" ? trapsIn(family, needed) : marksIn(family, needed, { world, suite, chance });
  const number = Math.floor(chance("case") * options.cases);
  const list = (words: string[]) => words.map((word) => `\`${word}\``).join(", ");
  const marks = marked.length === 0 ? "It has no mark." : `It is marked with ${list(marked.map(({ mark }) => mark))}.`;
  const sender =
    suite === "across" ? `The ${family.name} desk and the ${second?.name} desk send` : `The ${family.name} desk sends`;
  const passed = suite === "adversarial" ? `\nThe ${second?.name} desk has passed it on.` : "";
  return {
    id: `${suite}-${index}`,
    input: `${sender} a request that belongs to case number \`${number}\`.\nIt calls for ${list(needed.map(({ trigger }) => trigger))}.\n${marks}${passed}`,
    expected: needed.map(({ step }) => step),
    meta: { family: family.name, context: suite === "shifted" ? "B" : "A" },
  };
}

function familyAt({ families, options: { rare, families: usual } }: World, chance: number): Family {
  const at = chance < rare ? usual : Math.floor(((chance - rare) / (1 - rare)) * usual);
  return families[at] as Family;
}

/** One of the families that are not rare, which is not this one. */
function otherThan({ families, options }: World, family: Family, chance: number): Family {
  const others = families.slice(0, options.families).filter((other) => other !== family);
  return others[Math.floor(chance * others.length)] ?? family;
}

/** A rule that only the first has, one that only the second has, and at most two more of either. */
function rulesAcross({ options: { core } }: World, pair: readonly [Family, Family], chance: Chances): Rule[] {
  const own = pair.flatMap(({ rules }, at) => drawRules(rules.slice(core), 1, () => chance("own", at)));
  const left = [...new Set(pair.flatMap(({ rules }) => rules))].filter((rule) => !own.includes(rule));
  return [...own, ...drawRules(left, place(acrossChances, chance("count")), (at) => chance("rule", at))];
}

function trapsIn({ rules }: Family, needed: readonly Rule[]): Rule[] {
  return rules.filter((rule) => !needed.includes(rule)).slice(0, traps);
}

function marksIn(
  { rules }: Family,
  needed: readonly Rule[],
  { world, suite, chance }: { world: World; suite: GymSuite; chance: Chances },
): Rule[] {
  const all = [...rules, ...needed.filter((rule) => !rules.includes(rule))];
  return all.filter(
    (rule, at) =>
      chance("mark", at) < markChance(world.options.correlation, suite === "shifted", needed.includes(rule)),
  );
}

function markChance(correlation: number, isShifted: boolean, isNeeded: boolean): number {
  if (isShifted) return isNeeded ? 1 - correlation : 0.3;
  return isNeeded ? correlation : 0.35 * (1 - correlation);
}

/** Rules without replacement, by their Zipf weights, in the order the family lists them. */
function drawRules(rules: readonly Rule[], count: number, chance: (at: number) => number): Rule[] {
  const weights = rules.map((_, index) => (index + 1) ** -zipf);
  const taken = new Set<number>();
  while (taken.size < Math.min(count, rules.length)) {
    const left = weights.map((weight, index) => (taken.has(index) ? 0 : weight));
    taken.add(place(left, chance(taken.size)));
  }
  return rules.filter((_, index) => taken.has(index));
}

/** The place a number in [0, 1) falls on, where each place is as wide as its weight. */
function place(weights: readonly number[], chance: number): number {
  let rest = chance * weights.reduce((sum, weight) => sum + weight, 0);
  return weights.findIndex((weight) => (rest -= weight) < 0);
}

/** The desk that sends a request; of two the first. Undefined where none does. */
export function deskOf(input: string): string | undefined {
  return /^The (\S+) desk/.exec(input)?.[1];
}

/** Reads a request. Only what `taskAt` writes is understood; any other text asks for nothing. */
export function demandOf({ rules }: World, input: string): Demand {
  const said = (before: string) => {
    const list = new RegExp(`${before} ((?:\`[^\`]+\`(?:, )?)+)`).exec(input)?.[1] ?? "";
    return [...list.matchAll(/`([^`]+)`/g)].map((match) => match[1] as string);
  };
  const triggers = new Set(said("calls for"));
  const cues = [
    ...[...triggers].map((word) => cueOf("trigger", word)),
    ...said("marked with").map((word) => cueOf("mark", word)),
    ...said("case number").map((word) => cueOf("case", word)),
  ];
  const wanted = rules.filter(({ trigger }) => triggers.has(trigger)).map((rule) => [rule.step, rule] as const);
  return { cues: new Set(cues), wanted: new Map(wanted) };
}
