import { createDraw, permutation } from "../../state/draw.ts";
import type { Episode } from "../../state/evidence.ts";
import type { Sampling } from "../sampling.ts";

/** The phase of general skills, the first; those after it are the types of tasks, in their order. */
export const generalPhase = 1;

/** Whether a phase searches a tree for one type of task. */
export function isTreePhase(episode: Pick<Episode, "number"> | null | undefined): boolean {
  return (episode?.number ?? generalPhase) > generalPhase;
}

/**
 * The train tasks of each type, at most so many types: those with the most tasks first, of equal ones by name (ours [R]). `categories` holds
 * the type of each task, "" for none, which is a type as well.
 */
export function tasksByType(categories: readonly string[], most: number): number[][] {
  const types = new Map<string, number[]>();
  for (const [task, type] of categories.entries()) types.set(type, [...(types.get(type) ?? []), task]);
  const ordered = [...types].toSorted(
    ([name, tasks], [other, others]) => others.length - tasks.length || (name < other ? -1 : 1),
  );
  return ordered.slice(0, most).map(([, tasks]) => tasks);
}

/**
 * In the first phase tasks of all types, drawn afresh for each generation; in the phase of a type the tasks of that type, in an order by the seed, in turn. `key` names
 * the type in the meta of a task.
 */
export function typeSampling({ key, types }: { key: string; types: number }): Sampling {
  return {
    name: `sampling.types ${key}, at most ${types}`,
    version: 1,
    category: key,
    decide({ size, generation, settings, categories = [], episode }) {
      const { seed, batch } = settings;
      if (!isTreePhase(episode)) return permutation(size, createDraw(seed, generation, "minibatch")).slice(0, batch);
      const { number, step } = episode as Episode;
      const own = tasksByType(categories, types)[number - generalPhase - 1] ?? [];
      const order = permutation(own.length, createDraw(seed, number, "type-order")).map((at) => own[at] as number);
      const taken = Math.min(batch, order.length);
      return Array.from({ length: taken }, (_, at) => order[((step - 1) * taken + at) % order.length] as number);
    },
  };
}
