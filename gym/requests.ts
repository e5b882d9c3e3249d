import { draw } from "../state/draw.ts";
import type { Task } from "../state/task.ts";
import { cueOf, type Cue } from "./cue.ts";
import type { Family, Rule, World } from "./world.ts";

/** Context A is where a run learns. `shifted` is context B: marks mislead. `composition` asks for three steps or four. */
export type GymSuite = "train" | "validation" | "test" | "shifted" | "composition";

/** Chances that a request calls for one, two, three or four steps. */
const chances = [0.35, 0.35, 0.2, 0.1];
const harderChances = [0, 0, 2 / 3, 1 / 3];
const zipf = 0.7;

/** What a request asks for, as nature knows it: the cues in its text, and the rules its triggers stand for, by step. */
export interface Demand {
  readonly cues: ReadonlySet<Cue>;
  readonly wanted: ReadonlyMap<string, Rule>;
}

/** Tasks of a suite, the same for the same world; a longer list begins with the shorter one. */
export function createTasks(world: World, suite: GymSuite, size: number): Task[] {
  return Array.from({ length: size }, (_, index) => createTask(world, suite, index));
}

function createTask({ seed, options, families }: World, suite: GymSuite, index: number): Task {
  const chance = (purpose: string, at = 0) => draw(seed, index, `${suite}/${purpose}`, at);
  const family = families[Math.floor(chance("family") * families.length)] as Family;
  const count = place(suite === "composition" ? harderChances : chances, chance("count")) + 1;
  const needed = drawRules(family, count, (at) => chance("rule", at));
  const marked = family.rules.filter((rule, at) => {
    const isNeeded = needed.includes(rule);
    return chance("mark", at) < markChance(options.correlation, suite === "shifted", isNeeded);
  });
  const number = Math.floor(chance("case") * options.cases);
  const list = (words: string[]) => words.map((word) => `\`${word}\``).join(", ");
  const marks = marked.length === 0 ? "It has no mark." : `It is marked with ${list(marked.map(({ mark }) => mark))}.`;
  return {
    id: `${suite}-${index}`,
    input: `The ${family.name} desk sends a request that belongs to case number \`${number}\`.\nIt calls for ${list(needed.map(({ trigger }) => trigger))}.\n${marks}`,
    expected: needed.map(({ step }) => step),
    meta: { family: family.name, context: suite === "shifted" ? "B" : "A" },
  };
}

function markChance(correlation: number, isShifted: boolean, isNeeded: boolean): number {
  if (isShifted) return isNeeded ? 1 - correlation : 0.3;
  return isNeeded ? correlation : 0.35 * (1 - correlation);
}

/** Rules without replacement, by their Zipf weights, in the order the family lists them. */
function drawRules({ rules }: Family, count: number, chance: (at: number) => number): Rule[] {
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

/** Reads a request. Only what `createTasks` writes is understood; any other text asks for nothing. */
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
