import type { SkillFolder } from "../skills/folder.ts";
import type { Task } from "../state/task.ts";
import { createReader, successChance } from "./compliance.ts";
import { cueOf } from "./cue.ts";
import { demandOf } from "./requests.ts";
import { createGymSkill, readSkills, type Directive } from "./skill.ts";
import type { World } from "./world.ts";

/** The true J of skills on a sample of tasks: the mean chance of success in 0..1, exact, without a rollout. */
export function createJudge(world: World, tasks: readonly Task[]): (skills: readonly SkillFolder[]) => number {
  const demands = tasks.map(({ input }) => demandOf(world, input));
  return (skills) => {
    const read = createReader(world, readSkills(skills));
    const sum = demands.reduce((total, demand) => total + successChance(demand, read(demand)), 0);
    return sum / demands.length;
  };
}

/** The true directive of every rule, in the world's order. */
export function trueDirectives({ rules }: World): Directive[] {
  return rules.map(({ trigger, step }) => ({ cue: cueOf("trigger", trigger), step, isImportant: false }));
}

/** A skill that no skill a run finds is expected to beat. */
export interface Reference {
  readonly skill: SkillFolder;
  readonly directives: readonly Directive[];
  readonly score: number;
}

/** Smallest gain in J worth a step of the search: sums of floats differ by less. */
const slack = 1e-12;

/**
 * The reference optimum on a sample: true directives chosen greedily, put at either end, then emphasis toggled and
 * directives dropped while it pays; the same polish of all true directives; the better of both. A lower bound of the
 * optimum, so a regret may be slightly negative.
 */
export function findReference(world: World, tasks: readonly Task[]): Reference {
  const judge = createJudge(world, tasks);
  const referenceOf = (directives: readonly Directive[]): Reference => {
    const skill = createGymSkill(directives);
    return { skill, directives, score: judge([skill]) };
  };
  const all = trueDirectives(world);
  const grown = climb(referenceOf([]), referenceOf, ({ directives }) =>
    all
      .filter(({ cue }) => directives.every((each) => each.cue !== cue))
      .flatMap((directive) => [
        [...directives, directive],
        [directive, ...directives],
      ]),
  );
  const [one, other] = [grown, referenceOf(all)].map((start) =>
    climb(start, referenceOf, ({ directives }) => polished(directives)),
  );
  return (one as Reference).score > (other as Reference).score ? (one as Reference) : (other as Reference);
}

/** Takes the best step for as long as one is better. */
function climb(
  start: Reference,
  referenceOf: (directives: readonly Directive[]) => Reference,
  stepsFrom: (reference: Reference) => Directive[][],
): Reference {
  let best = start;
  for (;;) {
    const next = stepsFrom(best).map(referenceOf);
    const better = next.reduce((top, each) => (each.score > top.score + slack ? each : top), best);
    if (better === best) return best;
    best = better;
  }
}

/** Each directive toggled in emphasis, and each dropped. */
function polished(directives: readonly Directive[]): Directive[][] {
  return directives.flatMap((directive, index) => [
    directives.with(index, { ...directive, isImportant: !directive.isImportant }),
    directives.toSpliced(index, 1),
  ]);
}

/** How far skills stay below the reference in J. */
export function regret(reference: Reference, score: number): number {
  return reference.score - score;
}
