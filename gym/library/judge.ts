import type { Visibility } from "../../policies/visibility.ts";
import { createDraw } from "../../state/draw.ts";
import type { SkillFolder } from "../../skills/folder.ts";
import { createRetriever } from "../../skills/library/retrieval.ts";
import type { Task } from "../../state/task.ts";
import { createReader, successChance, type Prompt } from "../compliance.ts";
import { cueOf } from "../cue.ts";
import { demandOf, type Demand } from "../requests.ts";
import { readSkills } from "../skill.ts";
import type { World } from "../world.ts";

export interface Judging {
  /** Which skills an agent sees; undefined for all. */
  visibility: Visibility | undefined;
  /** Of what the visibility draws. */
  seed: number;
}

/** The exact chances of success in 0..1 on tasks, one each, with the skills that each task is shown. */
export function createLibraryJudge(
  world: World,
  tasks: readonly Task[],
  { visibility, seed }: Judging,
): (skills: readonly SkillFolder[]) => number[] {
  const questions = tasks.map(({ input }) => input);
  const demands = questions.map((input) => demandOf(world, input));
  const draw = createDraw(seed, 0, "visibility/judge");
  return (skills) => {
    const seen = visibility?.of(skills) ?? { skills };
    const readers = new Map<string, (demand: Demand) => Prompt[]>();
    return demands.map((demand, index) => {
      const names = seen.decide?.({ index, questions }, draw);
      const key = names === undefined ? "" : JSON.stringify(names.toSorted());
      const shown = names === undefined ? seen.skills : seen.skills.filter(({ name }) => names.includes(name));
      const read = readers.get(key) ?? createReader(world, readSkills(shown));
      readers.set(key, read);
      return successChance(demand, read(demand));
    });
  };
}

export function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** For each task the skills that have a true directive for it, and at most so many that retrieval finds, the best first. */
export function routesIn(
  world: World,
  tasks: readonly Task[],
  { skills, most }: { skills: readonly SkillFolder[]; most: number },
): Array<{ right: string[]; shown: string[] }> {
  const { bullets } = readSkills(skills);
  const retriever = createRetriever(skills);
  return tasks.map(({ input }) => {
    const { wanted } = demandOf(world, input);
    const isTrue = ({ cue, step }: (typeof bullets)[number]) =>
      cue === cueOf("trigger", wanted.get(step)?.trigger ?? "");
    const right = [...new Set(bullets.filter(isTrue).map(({ skill }) => skill))];
    return { right, shown: retriever.find(input, most).map(({ name }) => name) };
  });
}

/** Skills all of whose directives others have too, and skills that have another step for a cue of another one. */
export function clashesIn(skills: readonly SkillFolder[]): { redundant: string[]; conflicting: string[] } {
  const { bullets } = readSkills(skills);
  const own = (name: string) => bullets.filter(({ skill }) => skill === name);
  const others = (name: string) => bullets.filter(({ skill }) => skill !== name);
  const names = skills.map(({ name }) => name);
  return {
    redundant: names.filter((name) =>
      own(name).every(({ cue, step }) => others(name).some((other) => other.cue === cue && other.step === step)),
    ),
    conflicting: names.filter((name) =>
      own(name).some(({ cue, step }) => others(name).some((other) => other.cue === cue && other.step !== step)),
    ),
  };
}
