import { z } from "zod";
import { createDraw, permutation } from "../../state/draw.ts";
import { StateError } from "../../state/errors.ts";

/** Where the next draw goes on: how many categories were drawn, and how many tasks of each. Nothing at the start. */
export const CategoryOffsets = z.strictObject({
  categories: z.int().nonnegative(),
  tasks: z.record(z.string(), z.int().nonnegative()),
});
export type CategoryOffsets = z.infer<typeof CategoryOffsets>;

export const noOffsets: CategoryOffsets = { categories: 0, tasks: {} };

/** How much is drawn at once; EvoSkill's defaults are 3 categories of 2 tasks each [C]. */
export interface CategoryDraw {
  categories: number;
  perCategory: number;
}

/**
 * Draws the next tasks category by category (EvoSkill's round-robin [C]): the categories in turn, by name, and of each its tasks in turn,
 * each with an offset of its own that goes on from draw to draw. No category and no task comes twice in a draw, so a small one
 * gives fewer. `tasks` are what the lists hold, mostly indices of train tasks. Throws a `StateError` where there is nothing to draw from.
 */
export function drawCategories<Task>(
  pools: Readonly<Record<string, readonly Task[]>>,
  offsets: CategoryOffsets,
  { categories, perCategory }: CategoryDraw,
): { tasks: Task[]; offsets: CategoryOffsets } {
  const names = namesOf(pools);
  if (names.length === 0) throw new StateError("There is no category with a task to draw.");
  const count = Math.min(categories, names.length);
  const tasks: Task[] = [];
  const drawn = new Map(Object.entries(offsets.tasks));
  for (let turn = 0; turn < count; turn += 1) {
    const name = names[(offsets.categories + turn) % names.length] as string;
    const pool = pools[name] as readonly Task[];
    const taken = Math.min(perCategory, pool.length);
    const start = drawn.get(name) ?? 0;
    for (let step = 0; step < taken; step += 1) tasks.push(pool[(start + step) % pool.length] as Task);
    // Below the pool's size, so that numbers do not grow with the run.
    drawn.set(name, (start + taken) % pool.length);
  }
  const next = (offsets.categories + count) % names.length;
  return { tasks, offsets: { categories: next, tasks: Object.fromEntries(drawn) } };
}

/** The offsets after so many draws of this kind, without making them. Ours [R]: so that what is remembered of a run does not grow with it. */
export function offsetsAfter<Task>(
  draws: number,
  pools: Readonly<Record<string, readonly Task[]>>,
  { categories, perCategory }: CategoryDraw,
): CategoryOffsets {
  const names = namesOf(pools);
  if (names.length === 0 || draws === 0) return noOffsets;
  const turns = draws * Math.min(categories, names.length);
  const tasks = names.map((name, place) => {
    const size = (pools[name] as readonly Task[]).length;
    const drawn = Math.ceil(Math.max(0, turns - place) / names.length);
    return [name, (drawn * Math.min(perCategory, size)) % size] as const;
  });
  return { categories: turns % names.length, tasks: Object.fromEntries(tasks) };
}

/** The train tasks of each category, in an order by the seed and the generation, 0 for the same in all; "" is the category of those without one, and of all tasks where none is given. */
export function categoryPools(
  categories: readonly string[],
  { size, seed, generation = 0 }: { size: number; seed: number; generation?: number },
): Record<string, number[]> {
  const pools = new Map<string, number[]>();
  for (const task of permutation(size, createDraw(seed, generation, "train-order"))) {
    const name = categories[task] ?? "";
    const pool = pools.get(name) ?? [];
    pool.push(task);
    pools.set(name, pool);
  }
  return Object.fromEntries(pools);
}

/** The categories with a task, by name. */
function namesOf(pools: Readonly<Record<string, readonly unknown[]>>): string[] {
  return Object.keys(pools)
    .filter((name) => (pools[name] as readonly unknown[]).length > 0)
    .toSorted();
}
