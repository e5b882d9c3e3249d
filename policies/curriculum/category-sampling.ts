import { z } from "zod";
import type { Sampling } from "../sampling.ts";
import { categoryPools, drawCategories, offsetsAfter } from "./categories.ts";

/** How many batches were drawn. */
const Draws = z.strictObject({ draws: z.int().nonnegative() });

/**
 * Draws train tasks by category: `categories` of them in turn, by name, and of each as many tasks as make a batch, in an order by the seed, in turn (EvoSkill, arXiv
 * 2603.02766 [C]). `key` names the category in the meta of a task; tasks without it are one category more [R]. With fewer categories than asked for,
 * each gives more tasks [R].
 */
export function categorySampling({ key, categories }: { key: string; categories: number }): Sampling {
  return {
    name: `sampling.categories ${key}`,
    version: 1,
    category: key,
    memory: {
      schema: Draws,
      start: { draws: 0 },
      maxBytes: 100,
      learn(memory, { batch, epoch }) {
        const { draws } = Draws.parse(memory);
        return { draws: batch.tasks === 0 || epoch?.reflects === true ? draws : draws + 1 };
      },
    },
    decide({ size, settings, categories: given = [] }, memory) {
      const pools = categoryPools(given, { size, seed: settings.seed });
      const count = Math.min(categories, Object.keys(pools).length, settings.batch);
      const plan = { categories: count, perCategory: Math.floor(settings.batch / count) };
      return drawCategories(pools, offsetsAfter(Draws.parse(memory).draws, pools, plan), plan).tasks;
    },
  };
}
