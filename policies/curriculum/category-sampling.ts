import { z } from "zod";
import { createDraw, permutation } from "../../state/draw.ts";
import type { Sampling } from "../sampling.ts";
import { drawCategories, offsetsAfter } from "./categories.ts";

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
      const pools = new Map<string, number[]>();
      for (const task of permutation(size, createDraw(settings.seed, 0, "train-order"))) {
        const name = given[task] ?? "";
        const pool = pools.get(name) ?? [];
        pool.push(task);
        pools.set(name, pool);
      }
      const count = Math.min(categories, pools.size, settings.batch);
      const plan = { categories: count, perCategory: Math.floor(settings.batch / count) };
      const record = Object.fromEntries(pools);
      return drawCategories(record, offsetsAfter(Draws.parse(memory).draws, record, plan), plan).tasks;
    },
  };
}
